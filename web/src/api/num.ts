import type { Num } from "./types_gen"

/** A number from its JSON form; absent values become NaN. */
export function toNumber(value: Num | null | undefined): number {
  if (typeof value === "number") return value
  if (value === "Infinity") return Infinity
  if (value === "-Infinity") return -Infinity
  return NaN
}
