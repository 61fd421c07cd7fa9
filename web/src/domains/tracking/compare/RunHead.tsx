import { EllipsisVertical, Equal, FileDiff } from "lucide-react"
import { Link } from "~/link"
import { paths } from "~/paths"
import { Menu, MenuItem, MenuSeparator } from "~/ui/Menu"
import { Badge } from "~/ui/Status"
import { Dot } from "../table/cells"
import type { Run } from "~/api/types_gen"

export interface RunHeadProps {
  ws: string
  run: Run
  /** Of its set-up, when another run shares it. */
  letter: string | null
  baseline: boolean
  onBaseline: () => void
  onRemove: () => void
  onOnly: (() => void) | null
}

/** The head of a run's column: its name, what it shares with others, what can be done with it. */
export function RunHead({ ws, run, letter, baseline, onBaseline, onRemove, onOnly }: RunHeadProps) {
  const name = run.name || run.id
  return (
    <div className="flex h-full min-w-0 flex-1 flex-col justify-center gap-0.5 pr-1 pl-2.5">
      <div className="flex min-w-0 items-center gap-1.5">
        <Dot id={run.id} />
        <Link to={paths.run(ws, run.id)} title={name} className="min-w-0 flex-1 truncate text-body font-medium text-text hover:text-accent hover:underline">{name}</Link>
        <Menu align="end" trigger={<button type="button" aria-label={`Run ${name}`} className="inline-flex h-5 w-4 shrink-0 cursor-default items-center justify-center rounded-control hover:bg-hover hover:text-text"><EllipsisVertical size={13} /></button>}>
          <MenuItem onSelect={onBaseline}>{baseline ? "Not the baseline" : "Make it the baseline"}</MenuItem>
          {onOnly ? <MenuItem onSelect={onOnly}>Keep one run of this set-up</MenuItem> : null}
          <MenuSeparator />
          <MenuItem danger onSelect={onRemove}>Take out of the comparison</MenuItem>
        </Menu>
      </div>
      <div className="flex items-center gap-1.5 overflow-hidden font-normal">
        {baseline ? <Badge>baseline</Badge> : null}
        {letter === null ? null : <span title="Runs with this letter have the same params, code, data and packages" className="inline-flex items-center gap-1 whitespace-nowrap"><Equal size={11} aria-hidden />set-up {letter}</span>}
        {run.origin?.git?.dirty ? <Link to={paths.run(ws, run.id, "code")} className="inline-flex items-center gap-1 whitespace-nowrap text-accent hover:underline"><FileDiff size={12} aria-hidden />diff</Link> : null}
      </div>
    </div>
  )
}
