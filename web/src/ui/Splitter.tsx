import { useRef } from "react"

export interface SplitterProps {
  /** Width of the pane before it, in pixels. */
  value: number
  onChange: (value: number) => void
  min?: number
  max?: number
  label: string
}

/** A handle between two panes; drag it, or use the arrow keys. */
export function Splitter({ value, onChange, min = 160, max = 800, label }: SplitterProps) {
  const start = useRef({ x: 0, value: 0 })
  const clamp = (next: number) => Math.round(Math.min(max, Math.max(min, next)))
  return (
    <div
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={min}
      aria-valuemax={max}
      tabIndex={0}
      className="group relative z-10 -mx-[3px] w-[7px] shrink-0 cursor-col-resize touch-none"
      onPointerDown={(event) => { start.current = { x: event.clientX, value }; event.currentTarget.setPointerCapture(event.pointerId) }}
      onPointerMove={(event) => { if (event.currentTarget.hasPointerCapture(event.pointerId)) onChange(clamp(start.current.value + event.clientX - start.current.x)) }}
      onKeyDown={(event) => {
        if (event.key === "ArrowLeft") onChange(clamp(value - 16))
        if (event.key === "ArrowRight") onChange(clamp(value + 16))
      }}
    >
      <div className="mx-[3px] h-full w-px bg-border group-hover:bg-accent group-focus-visible:bg-accent" />
    </div>
  )
}
