// A histogram as the SDK stores it: counts in equal bins.
import { count, number } from "~/ui/format"

interface Data {
  edges: number[]
  counts: number[]
  odd: number
}

export function histogramOf(data: unknown): Data | null {
  if (typeof data !== "object" || data === null) return null
  const { edges, counts, not_finite: odd } = data as Record<string, unknown>
  const numbers = (list: unknown): list is number[] => Array.isArray(list) && list.length > 0 && list.every((each) => typeof each === "number")
  return numbers(edges) && numbers(counts) && edges.length === counts.length + 1 ? { edges, counts, odd: typeof odd === "number" ? odd : 0 } : null
}

export function HistogramView({ edges, counts, odd }: Data) {
  const most = Math.max(1, ...counts)
  const total = counts.reduce((sum, each) => sum + each, 0)
  const width = 100 / counts.length
  return (
    <figure className="m-0 flex flex-col gap-1">
      <svg viewBox="0 0 100 40" preserveAspectRatio="none" role="img" aria-label={`Histogram of ${count(total)} values from ${edges[0]} to ${edges.at(-1)}`} className="h-48 w-full text-accent">
        {counts.map((each, at) => (
          <rect key={at} x={at * width + width * 0.06} width={width * 0.88} y={40 - (each / most) * 39} height={(each / most) * 39} fill="currentColor" opacity={0.85}>
            <title>{`${number(edges[at] ?? 0)} to ${number(edges[at + 1] ?? 0)}: ${count(each)}`}</title>
          </rect>
        ))}
      </svg>
      <figcaption className="flex justify-between border-t pt-1 font-mono text-dense text-text-3">
        <span>{number(edges[0] ?? 0)}</span>
        <span className="font-sans">{count(total)} values{odd > 0 ? `, ${count(odd)} not finite` : ""}, most {count(most)}</span>
        <span>{number(edges.at(-1) ?? 0)}</span>
      </figcaption>
    </figure>
  )
}
