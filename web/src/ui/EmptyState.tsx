import type { ReactNode } from "react"
import { Command } from "./CopyButton"

/** Nothing here yet: a title, one sentence, and the one command that fills it. */
export function EmptyState({ title, children, command, actions }: { title: string; children?: ReactNode; command?: string; actions?: ReactNode }) {
  return (
    <div className="mx-auto flex w-full max-w-[560px] flex-col items-center gap-2 px-4 py-14 text-center">
      <h2 className="m-0 text-title font-semibold">{title}</h2>
      {children ? <p className="m-0 text-text-2">{children}</p> : null}
      {command ? <div className="mt-3 w-full"><Command text={command} /></div> : null}
      {actions ? <div className="mt-2 flex gap-2">{actions}</div> : null}
    </div>
  )
}

/** Something went wrong with what should be here; says what helps, and tries again. */
export function Trouble({ title = "This could not be loaded", text, actions }: { title?: string; text: string; actions?: ReactNode }) {
  return (
    <div role="alert" className="mx-auto flex max-w-[560px] flex-col items-center gap-2 px-4 py-10 text-center">
      <h2 className="m-0 text-title font-semibold">{title}</h2>
      <p className="m-0 break-words text-text-2">{text}</p>
      {actions ? <div className="mt-2 flex gap-2">{actions}</div> : null}
    </div>
  )
}
