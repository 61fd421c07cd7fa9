// The overview: what the run was given and what came of it on the left, where and how it ran on the right.
import type { TabProps } from "../RunPage"
import { Flow } from "./Flow"
import { Notes } from "./Notes"
import { Params } from "./Params"
import { Reproduce } from "./Reproduce"
import { Summary } from "./Summary"
import { Tags } from "./Tags"
import { Where } from "./Where"

export function Overview({ ws, run }: TabProps) {
  return (
    <div className="grid grid-cols-1 gap-x-8 gap-y-6 px-3 pt-2 pb-10 sm:px-4 lg:grid-cols-[minmax(0,1fr)_minmax(340px,420px)]">
      <div className="flex min-w-0 flex-col gap-6">
        {run.notes ? <Notes ws={ws} run={run} /> : null}
        <Summary ws={ws} run={run} />
        <Params ws={ws} run={run} />
      </div>
      <div className="flex min-w-0 flex-col gap-6">
        <Tags ws={ws} run={run} />
        {run.notes ? null : <Notes ws={ws} run={run} />}
        <Where ws={ws} run={run} />
        <Flow ws={ws} run={run} />
        <Reproduce run={run} />
      </div>
    </div>
  )
}
