import { useCallback, useEffect, useMemo, useState } from "react"
import { hover, publish, spent } from "~/charts/bus"
import { made, runIds } from "~/charts/gallery/data"
import { Line } from "~/charts/Line"
import { assign, styleOf } from "~/charts/palette"
import { busy } from "~/charts/schedule"
import { ink } from "~/charts/theme"

const query = new URLSearchParams(location.search)

/** Many charts at once; `window.bench` has the handles for the measuring script. */
export function Bench({ charts }: { charts: number }) {
  const count = Number(query.get("lines") ?? 100)
  const buckets = Number(query.get("buckets") ?? 1000)
  const ids = useMemo(() => runIds(count), [count])
  const looks = useMemo(() => assign(ids), [ids])
  const frames = useMemo(
    () => Array.from({ length: charts }, (_, at) => made(ids, { metric: `metric/${at}`, kind: at % 2 ? "accuracy" : "loss", buckets })),
    [charts, ids, buckets],
  )
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [zoom, setZoom] = useState<[number, number] | null>(null)
  const style = useCallback(
    (key: string) => ({ ...styleOf(looks.get(key)!, ink().theme), hidden: hidden.has(key) }),
    [looks, hidden],
  )
  useEffect(() => {
    Object.assign(window, { bench: { ids, setHidden, setZoom, hover, publish, spent, busy } })
  }, [ids])
  return (
    <main style={{ display: "grid", gridTemplateColumns: `repeat(${query.get("columns") ?? 4}, 1fr)`, gap: 8, padding: 8 }}>
      {frames.map((grid, at) => (
        <div key={at} style={{ height: Number(query.get("height") ?? 200) }}>
          <Line grid={grid} title={`metric/${at}`} style={style} range={zoom} onZoom={setZoom} band={query.has("band")} />
        </div>
      ))}
    </main>
  )
}
