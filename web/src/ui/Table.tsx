import { ArrowDown, ArrowUp } from "lucide-react"
import type { ComponentProps, ReactNode } from "react"
import { cn } from "./cn"

/** A plain table of rows; long lists use `useRows` of VirtualList.tsx. */
export function Table({ label, children, className }: { label: string; children: ReactNode; className?: string }) {
  return <table aria-label={label} className={cn("w-full border-separate border-spacing-0 text-body", className)}>{children}</table>
}

export interface ThProps extends ComponentProps<"th"> {
  numeric?: boolean
  sort?: "asc" | "desc" | undefined
  onSort?: () => void
}

export function Th({ numeric, sort, onSort, className, children, ...rest }: ThProps) {
  return (
    <th
      scope="col"
      {...rest}
      {...(onSort ? { "aria-sort": sort === "asc" ? "ascending" as const : sort === "desc" ? "descending" as const : "none" as const } : {})}
      className={cn("sticky top-0 z-10 h-8 border-b bg-bg px-3 text-left text-dense font-medium whitespace-nowrap text-text-3", numeric && "text-right", className)}
    >
      {onSort ? (
        <button type="button" onClick={onSort} className={cn("inline-flex cursor-default items-center gap-1 hover:text-text", sort && "text-text")}>
          {children}
          {sort === "asc" ? <ArrowUp size={12} /> : sort === "desc" ? <ArrowDown size={12} /> : null}
        </button>
      ) : children}
    </th>
  )
}

export function Td({ numeric, mono, className, ...rest }: ComponentProps<"td"> & { numeric?: boolean; mono?: boolean }) {
  return <td {...rest} className={cn("h-9 max-w-0 truncate border-b px-3", numeric && "text-right", (numeric ?? mono) && "font-mono text-dense", className)} />
}

export function Tr({ className, ...rest }: ComponentProps<"tr">) {
  return <tr {...rest} className={cn("group hover:bg-hover", className)} />
}
