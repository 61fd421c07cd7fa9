// Images, tables, pages and histograms that the run logged, by key, each with a slider over its steps. The sliders move
// together: each shows its last step that is not after the chosen one.
import { useQuery } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useCallback, useDeferredValue, useMemo } from "react"
import { errorText } from "~/api/errors"
import type { RunPlaceSearch } from "~/domains/tracking/search"
import { matcher } from "~/domains/tracking/workspace/sections"
import { useSetSearch } from "~/link"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { plural } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { SkeletonRows } from "~/ui/Skeleton"
import type { TabProps } from "../RunPage"
import { mediaKeys } from "./files"
import { MediaPanel } from "./MediaPanel"

export function Media({ ws, run }: TabProps) {
  const search = useSearch({ strict: false }) as RunPlaceSearch
  const set = useSetSearch<RunPlaceSearch>()
  const names = Object.keys(run.metrics).filter((key) => key.startsWith("media/")).map((key) => key.slice("media/".length))
  const { data, error } = useQuery(mediaKeys(ws, run.id, names))
  const wanted = useDeferredValue(search.panels ?? "")
  const fits = useMemo(() => matcher(wanted), [wanted])
  const onStep = useCallback((step: number | undefined) => set({ step }), [set])
  const keys = data ?? (names.length > 0 ? names : undefined)
  if (error && !keys) return <Trouble text={errorText(error)} />
  if (!keys) return <SkeletonRows rows={6} className="p-4" />
  if (keys.length === 0) return <EmptyState title="No media" command={'mw.log({"samples": mw.Image(array, caption="epoch 1")})'}>Images, figures, tables, histograms and pages that a run logs are shown here, step by step.</EmptyState>
  const shown = keys.filter(fits)
  return (
    <div className="flex flex-col">
      <div className="sticky top-0 z-20 flex flex-wrap items-center gap-3 border-b bg-bg px-3 py-1.5 sm:px-4">
        <SearchInput mono value={search.panels ?? ""} invalid={fits.fault !== undefined} onChange={(panels) => set({ panels: panels || undefined })} label="Search media" placeholder="Search media by regular expression" className="min-w-44 flex-1 sm:max-w-80" />
        <span className="text-dense text-text-3">{plural(shown.length, "key")}</span>
        {search.step === undefined ? null : <Button small className="ml-auto" onClick={() => onStep(undefined)}>Latest steps</Button>}
      </div>
      <div className="grid grid-cols-1 gap-3 px-3 py-3 sm:px-4 xl:grid-cols-2">
        {shown.map((key) => <MediaPanel key={key} ws={ws} run={run} name={key} step={search.step} onStep={onStep} />)}
      </div>
    </div>
  )
}
