// How to run it again: the code as it was, the packages, the command.
import { urlOf } from "~/api/client"
import type { Run } from "~/api/types_gen"
import { Command } from "~/ui/CopyButton"
import { Section } from "./Section"

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)

/** A command line for a POSIX shell. */
export function commandLine(words: string[]): string {
  return words.map(quoted).join(" ")
}

export function reproduce(run: Run, base: string): string {
  const lines: string[] = []
  const git = run.origin?.git
  if (git?.remote) {
    const folder = git.remote.replace(/\/+$/, "").replace(/\.git$/, "").split(/[/:]/).at(-1) || "code"
    lines.push(`git clone ${quoted(git.remote)} ${quoted(folder)} && cd ${quoted(folder)}`)
  }
  if (git?.commit) lines.push(`git checkout ${quoted(git.commit)}`)
  if (git?.dirty) lines.push(`curl -s ${base}${urlOf("artifacts_get_of_run", { run_id: run.id, path: "code/diff.patch" })} | git apply`)
  const python = run.origin?.python.split(".").slice(0, 2).join(".")
  if (python) lines.push(`python${python} -m venv .venv && . .venv/bin/activate   # packages: tab Code`)
  const [program = "", ...rest] = run.origin?.command ?? []
  if (program) lines.push(commandLine([/python[\d.]*$/.test(program) ? "python" : program, ...rest]))
  return lines.join("\n")
}

export function Reproduce({ run }: { run: Run }) {
  if (!run.origin || run.origin.command.length === 0) return null
  return (
    <Section title="Reproduce">
      <div className="py-2"><Command text={reproduce(run, location.origin)} /></div>
    </Section>
  )
}
