import { useMemo } from "react"
import { number } from "~/charts/format"

interface Props {
  values: ArrayLike<number>
  /** A CSS colour; none for the text's. */
  color?: string
  width?: number
  height?: number
  /** What it is of, for those who do not see it. */
  label: string
}

/** A line as small as a word, for cells of tables. NaN interrupts it; the last point is marked. */
export function Sparkline({ values, color = "currentColor", width = 72, height = 18, label }: Props) {
  const { path, end, last } = useMemo(() => trace(values, width, height), [values, width, height])
  return (
    <svg role="img" aria-label={`${label}: ${end ? `last ${number(last)}` : "no points"}`} width={width} height={height} viewBox={`0 0 ${width} ${height}`} style={{ display: "block" }}>
      <path d={path} fill="none" stroke={color} strokeWidth={1.25} strokeLinejoin="round" strokeLinecap="round" />
      {end ? <circle cx={end[0]} cy={end[1]} r={1.75} fill={color} /> : null}
    </svg>
  )
}

function trace(values: ArrayLike<number>, width: number, height: number) {
  let low = Infinity
  let high = -Infinity
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!
    if (!Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  const y = (value: number) => (high > low ? height - 2.5 - ((value - low) / (high - low)) * (height - 5) : height / 2)
  const stride = Math.max(1, Math.floor(values.length / (width * 2)))
  let path = ""
  let down = false
  let end: [number, number] | null = null
  let last = NaN
  for (let at = 0; at < values.length; at += at + stride < values.length || at === values.length - 1 ? stride : values.length - 1 - at) {
    const value = values[at]!
    if (!Number.isFinite(value)) {
      down = false
      continue
    }
    const x = values.length > 1 ? 2 + (at / (values.length - 1)) * (width - 4) : width / 2
    path += `${down ? "L" : "M"}${x.toFixed(1)} ${y(value).toFixed(1)}`
    down = true
    end = [x, y(value)]
    last = value
  }
  return { path, end, last }
}
