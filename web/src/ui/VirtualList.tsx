import { useVirtualizer, type Virtualizer } from "@tanstack/react-virtual"
import { useRef, type ReactNode, type RefObject } from "react"
import { cn } from "./cn"

/** Rows of equal height of which only the visible ones exist. `scroll` is the element that scrolls. */
export function useRows(count: number, height: number, scroll: RefObject<HTMLElement | null>, overscan = 12): Virtualizer<HTMLElement, Element> {
  // A virtualizer changes under the same identity, which the compiler must not memoize.
  return useVirtualizer<HTMLElement, Element>({ count, getScrollElement: () => scroll.current, estimateSize: () => height, overscan })
}

/** A long list. `row` draws the row of an index; give it the height you promised. */
export function VirtualList({ count, height, row, label, className }: { count: number; height: number; row: (index: number) => ReactNode; label: string; className?: string }) {
  const scroll = useRef<HTMLDivElement>(null)
  const rows = useRows(count, height, scroll)
  return (
    <div ref={scroll} role="list" aria-label={label} tabIndex={0} className={cn("overflow-auto", className)}>
      <div className="relative w-full" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map((item) => (
          <div key={item.key} role="listitem" aria-setsize={count} aria-posinset={item.index + 1} className="absolute top-0 left-0 w-full" style={{ height, transform: `translateY(${item.start}px)` }}>
            {row(item.index)}
          </div>
        ))}
      </div>
    </div>
  )
}
