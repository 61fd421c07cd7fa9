import { CircleAlert, CircleCheck, X } from "lucide-react"
import { useEffect } from "react"
import { create } from "zustand"
import { popupClass } from "./Popover"
import { cn } from "./cn"

export interface Toast {
  id: number
  text: string
  bad: boolean
  undo?: () => void | Promise<unknown>
}

let next = 1
const useToasts = create<{ items: Toast[] }>(() => ({ items: [] }))

/** Say what was done, with a way back when there is one. */
export function toast(text: string, options: { undo?: () => void | Promise<unknown>; bad?: boolean } = {}): void {
  const item: Toast = { id: next++, text, bad: options.bad === true, ...(options.undo ? { undo: options.undo } : {}) }
  useToasts.setState(({ items }) => ({ items: [...items.slice(-3), item] }))
}

function dismiss(id: number): void {
  useToasts.setState(({ items }) => ({ items: items.filter((item) => item.id !== id) }))
}

export function Toasts() {
  const items = useToasts((state) => state.items)
  return (
    <div role="region" aria-label="Notices" aria-live="polite" className="pointer-events-none fixed right-4 bottom-4 left-4 z-50 flex flex-col items-end gap-2">
      {items.map((item) => <Notice key={item.id} item={item} />)}
    </div>
  )
}

function Notice({ item }: { item: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(item.id), item.undo || item.bad ? 10_000 : 4_000)
    return () => clearTimeout(timer)
  }, [item])
  return (
    <div role={item.bad ? "alert" : "status"} className={cn(popupClass, "pointer-events-auto flex max-w-[480px] min-w-64 items-center gap-2 py-1.5 pr-1.5 pl-3")}>
      {item.bad ? <CircleAlert size={16} className="shrink-0 text-bad" /> : <CircleCheck size={16} className="shrink-0 text-ok" />}
      <span className="min-w-0 flex-1 break-words">{item.text}</span>
      {item.undo ? (
        <button type="button" className="h-6 shrink-0 rounded-control px-2 font-medium text-accent hover:bg-hover" onClick={() => { dismiss(item.id); void item.undo?.() }}>Undo</button>
      ) : null}
      <button type="button" aria-label="Dismiss" className="inline-flex size-6 shrink-0 items-center justify-center rounded-control text-text-3 hover:bg-hover hover:text-text" onClick={() => dismiss(item.id)}><X size={14} /></button>
    </div>
  )
}
