/** Smoothing from none to almost all, fine where it matters: near one. */
export function Slider({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  // The slider moves in -log(1 - weight), so that 0.9 to 0.99 has as much room as 0 to 0.9.
  const place = Math.min(1, -Math.log10(1 - Math.min(0.999, value)) / 3)
  return (
    <span className="inline-flex items-center gap-2">
      <input
        type="range" aria-label={label} aria-valuetext={value.toFixed(3)} min={0} max={1} step={0.005} value={place}
        onChange={(event) => { const at = Number(event.target.value); onChange(at === 0 ? 0 : Math.min(0.999, 1 - 10 ** (-3 * at))) }}
        onDoubleClick={() => onChange(0)}
        className="h-4 w-20 cursor-default accent-accent"
      />
      <span className="w-9 font-mono text-[11.5px] text-text-2">{value === 0 ? "off" : value.toFixed(value >= 0.985 ? 3 : 2)}</span>
    </span>
  )
}
