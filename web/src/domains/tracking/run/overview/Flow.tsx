// What the run read and made: datasets and models. Also the datasets that the SDK keeps in the summary.
import { Box, Database } from "lucide-react"
import type { ReactNode } from "react"
import type { Run } from "~/api/types_gen"
import { CopyButton } from "~/ui/CopyButton"
import { Section } from "./Section"

interface Data { name: string; digest: string; source: string }

function datasets(run: Run): Data[] {
  const said = new Map<string, Data>()
  for (const each of run.dataset_inputs) said.set(`${each.name} ${each.digest}`, { name: each.name, digest: each.digest, source: sourceText(each.source) })
  for (const [key, value] of Object.entries(run.summary)) {
    const match = /^input\.(.+)\.(digest|source)$/.exec(key)
    if (!match?.[1]) continue
    const data = said.get(match[1]) ?? { name: match[1], digest: "", source: "" }
    if (match[2] === "digest") data.digest = String(value ?? "")
    else data.source = String(value ?? "")
    said.set(match[1], data)
  }
  return [...said.values()]
}

// Sources are JSON texts: {"uri": …} or {"url": …} or anything.
function sourceText(source: string): string {
  try {
    const data = JSON.parse(source) as unknown
    if (typeof data === "object" && data !== null) {
      const { uri, url, path } = data as Record<string, unknown>
      const found = uri ?? url ?? path
      if (typeof found === "string") return found
    }
  } catch { /* a plain text */ }
  return source
}

export function Flow({ run }: { ws: string; run: Run }) {
  const read = datasets(run)
  if (read.length + run.model_inputs.length + run.model_outputs.length === 0) return null
  return (
    <Section title="Inputs and outputs">
      <div role="list" aria-label="Inputs and outputs" className="flex flex-col py-1">
        {read.map((data) => <Line key={`${data.name} ${data.digest}`} icon={<Database size={14} />} verb="read" name={data.name} detail={data.source || data.digest} copy={data.digest || data.name} />)}
        {run.model_inputs.map((model) => <Line key={`in ${model.model_id}`} icon={<Box size={14} />} verb="used" name={model.model_id} detail="model" copy={model.model_id} />)}
        {run.model_outputs.map((model) => <Line key={`out ${model.model_id} ${model.step}`} icon={<Box size={14} />} verb="made" name={model.model_id} detail={`model, at step ${model.step}`} copy={model.model_id} />)}
      </div>
    </Section>
  )
}

function Line({ icon, verb, name, detail, copy }: { icon: ReactNode; verb: string; name: string; detail: string; copy: string }) {
  return (
    <div role="listitem" className="group flex h-7 items-center gap-2">
      <span className="text-text-3">{icon}</span>
      <span className="w-9 shrink-0 text-text-3">{verb}</span>
      <span dir="auto" title={name} className="min-w-0 truncate font-medium">{name}</span>
      <span title={detail} className="min-w-0 flex-1 truncate text-dense text-text-3">{detail}</span>
      <span className="opacity-0 group-focus-within:opacity-100 group-hover:opacity-100"><CopyButton text={copy} /></span>
    </div>
  )
}
