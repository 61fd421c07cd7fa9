import { cn } from "./cn"

/** Keeps the place of what is being loaded. Give it the size of what comes. It does not move: dozens on a screen would be
 * as many layers to composite, just when everything else wants to be painted. */
export function Skeleton({ className }: { className?: string }) {
  return <div aria-hidden className={cn("rounded-control bg-hover", className)} />
}

export function SkeletonRows({ rows = 8, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className={cn("flex flex-col", className)}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="flex h-9 items-center gap-4 border-b px-3">
          <Skeleton className="h-3 w-1/4" /><Skeleton className="h-3 w-16" /><Skeleton className="ml-auto h-3 w-24" />
        </div>
      ))}
    </div>
  )
}
