import { DAYS, type Activity } from "./recent"

const WIDTH = 5
const GAP = 2
const HEIGHT = 20

/** Runs a day over a fortnight, as bars; those that failed in the colour of failure, at the foot. */
export function ActivityBars({ activity }: { activity: Activity | undefined }) {
  const days = activity?.days ?? Array<number>(DAYS).fill(0)
  const most = Math.max(4, ...days)
  const total = days.reduce((sum, value) => sum + value, 0)
  const bad = (activity?.bad ?? []).reduce((sum, value) => sum + value, 0)
  const label = `${total} runs in ${DAYS} days${bad > 0 ? `, ${bad} failed` : ""}`
  return (
    <svg role="img" aria-label={label} width={DAYS * (WIDTH + GAP) - GAP} height={HEIGHT} className="block">
      <title>{label}</title>
      {days.map((value, day) => {
        const height = value === 0 ? 1 : Math.max(2, (value / most) * HEIGHT)
        const failed = value === 0 ? 0 : ((activity?.bad[day] ?? 0) / value) * height
        const x = day * (WIDTH + GAP)
        return (
          <g key={day}>
            <rect x={x} y={HEIGHT - height} width={WIDTH} height={height} rx={1} fill={value === 0 ? "var(--border)" : "var(--accent)"} opacity={value === 0 ? 1 : 0.75} />
            {failed > 0 ? <rect x={x} y={HEIGHT - failed} width={WIDTH} height={failed} rx={1} fill="var(--bad)" /> : null}
          </g>
        )
      })}
    </svg>
  )
}
