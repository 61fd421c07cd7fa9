import { createContext, useContext } from "react"

const NONE: readonly string[] = []
const Context = createContext<readonly string[]>(NONE)
export const MetricKeysProvider = Context.Provider

/** The metrics that runs of the filter have, in natural order. */
export function useMetricKeys(): readonly string[] {
  return useContext(Context)
}
