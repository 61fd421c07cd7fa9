// Where and how the run ran: times, command, code, machine, environment.
import { GitBranch, GitCommitHorizontal } from "lucide-react"
import { useState } from "react"
import type { Run } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { CopyButton } from "~/ui/CopyButton"
import { bytes, count } from "~/ui/format"
import { At, Took } from "~/ui/Time"
import { commandLine } from "./Reproduce"
import { Fact, Section } from "./Section"
import { natural } from "./values"

export function Where({ ws, run }: { ws: string; run: Run }) {
  const [all, setAll] = useState(false)
  const origin = run.origin
  const git = origin?.git
  const environment = Object.entries(origin?.environment ?? {}).sort(([one], [two]) => natural(one, two))
  const packages = Object.keys(origin?.packages ?? {}).length
  const command = origin ? commandLine(origin.command) : ""
  const gpus = [...new Set(origin?.gpus ?? [])].map((name) => {
    const many = (origin?.gpus ?? []).filter((each) => each === name).length
    return many > 1 ? `${many} × ${name}` : name
  })
  return (
    <>
      <Section title="Time">
        <dl className="m-0 py-1">
          <Fact name="Started"><At at={run.start_ms ?? run.created_ms} /></Fact>
          <Fact name="Ended">{run.end_ms === null ? <span className="text-text-3">{run.state === "running" ? "still running" : "–"}</span> : <At at={run.end_ms} />}</Fact>
          <Fact name="Duration"><Took from={run.start_ms ?? run.created_ms} to={run.state === "running" ? null : (run.end_ms ?? run.heartbeat_ms ?? run.start_ms)} /></Fact>
          {run.state === "running" || run.state === "crashed" ? <Fact name="Last heartbeat">{run.heartbeat_ms === null ? <span className="text-text-3">none promised</span> : <At at={run.heartbeat_ms} />}</Fact> : null}
        </dl>
      </Section>
      {origin ? (
        <Section title="Origin">
          <dl className="m-0 py-1">
            {command ? <Fact name="Command"><code className="line-clamp-4 min-w-0 flex-1 pt-0.5">{command}</code><CopyButton text={command} label="Copy the command" /></Fact> : null}
            {origin.directory ? <Fact name="Directory"><code className="pt-0.5">{origin.directory}</code></Fact> : null}
            {git?.commit ? (
              <Fact name="Commit">
                <GitCommitHorizontal size={14} className="mt-0.5 shrink-0 text-text-3" />
                <code title={git.commit} className="pt-0.5">{git.commit.slice(0, 10)}</code>
                <CopyButton text={git.commit} label="Copy the commit" />
                {git.dirty ? <Link to={paths.run(ws, run.id, "code")} className="rounded-control border border-warn px-1.5 text-dense text-warn hover:bg-hover">uncommitted changes</Link> : <span className="text-text-3">clean</span>}
              </Fact>
            ) : null}
            {git?.branch ? <Fact name="Branch"><GitBranch size={14} className="mt-0.5 shrink-0 text-text-3" /><code className="pt-0.5">{git.branch}</code></Fact> : null}
            {git?.remote ? <Fact name="Remote"><Remote url={git.remote} /></Fact> : null}
            {origin.host ? <Fact name="Host">{origin.host}{origin.pid ? <span className="text-text-3">process {origin.pid}</span> : null}</Fact> : null}
            {origin.os ? <Fact name="System">{origin.os}</Fact> : null}
            {origin.python ? <Fact name="Python">{origin.python}{packages > 0 ? <Link to={paths.run(ws, run.id, "code")} search={{ view: "packages" }} className="text-accent hover:underline">{count(packages)} packages</Link> : null}</Fact> : null}
            {origin.cpu_count ? <Fact name="Hardware">{origin.cpu_count} {origin.cpu_count === 1 ? "core" : "cores"}{origin.memory_bytes ? `, ${bytes(origin.memory_bytes)} memory` : ""}</Fact> : null}
            {gpus.length > 0 ? <Fact name="GPUs">{gpus.join(", ")}</Fact> : null}
            {environment.length > 0 ? (
              <Fact name="Environment">
                <span className="flex min-w-0 flex-col">
                  {(all ? environment : environment.slice(0, 6)).map(([name, value]) => <code key={name} className="[overflow-wrap:anywhere]">{name}={value}</code>)}
                  {environment.length > 6 && !all ? <button type="button" className="self-start text-dense text-accent hover:underline" onClick={() => setAll(true)}>{environment.length - 6} more</button> : null}
                </span>
              </Fact>
            ) : null}
          </dl>
        </Section>
      ) : null}
    </>
  )
}

function Remote({ url }: { url: string }) {
  return /^https?:\/\//.test(url)
    ? <a href={url} target="_blank" rel="noopener noreferrer" className="text-accent hover:underline">{url}</a>
    : <code className="pt-0.5">{url}</code>
}
