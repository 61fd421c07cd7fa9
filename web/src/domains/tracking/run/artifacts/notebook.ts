// A Jupyter notebook (nbformat 3 and 4) as cells with text and images. HTML and JavaScript outputs are never run: an output
// is shown as its image, else as its text.

export type Output =
  | { kind: "text"; text: string; stream: "stdout" | "stderr" | "result" }
  | { kind: "image"; type: string; data: string }
  | { kind: "markdown"; text: string }
  | { kind: "error"; text: string }
  | { kind: "hidden"; type: string }

export interface Cell {
  kind: "code" | "markdown" | "raw"
  source: string
  count: number | null
  outputs: Output[]
}

export interface Notebook {
  language: string
  cells: Cell[]
}

type Json = Record<string, unknown>
const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp"]

const isRecord = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)
const joined = (value: unknown): string =>
  Array.isArray(value) ? value.map((part) => (typeof part === "string" ? part : "")).join("") : typeof value === "string" ? value : ""
const records = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isRecord) : [])

/** The cells of a notebook; null when the text is none. */
export function parseNotebook(text: string): Notebook | null {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(data)) return null
  const cells = Array.isArray(data["cells"]) ? records(data["cells"]) : records(data["worksheets"]).flatMap((sheet) => records(sheet["cells"]))
  if (!Array.isArray(data["cells"]) && !Array.isArray(data["worksheets"])) return null
  const meta = isRecord(data["metadata"]) ? data["metadata"] : {}
  const info = isRecord(meta["language_info"]) ? meta["language_info"] : isRecord(meta["kernelspec"]) ? meta["kernelspec"] : {}
  return { language: joined(info["name"]) || "python", cells: cells.map(cell) }
}

function cell(raw: Json): Cell {
  const type = joined(raw["cell_type"])
  const count = raw["execution_count"] ?? raw["prompt_number"]
  const source = joined(raw["source"] ?? raw["input"])
  return {
    kind: type === "code" ? "code" : type === "markdown" || type === "heading" ? "markdown" : "raw",
    source: type === "heading" ? `# ${source}` : source,
    count: typeof count === "number" ? count : null,
    outputs: records(raw["outputs"]).flatMap(output),
  }
}

function output(raw: Json): Output[] {
  const type = joined(raw["output_type"])
  if (type === "stream") {
    const stderr = raw["name"] === "stderr" || raw["stream"] === "stderr"
    return [{ kind: "text", text: joined(raw["text"]), stream: stderr ? "stderr" : "stdout" }]
  }
  if (type === "error" || type === "pyerr") {
    const trace = Array.isArray(raw["traceback"]) ? raw["traceback"].map(joined).join("\n") : ""
    return [{ kind: "error", text: trace || `${joined(raw["ename"])}: ${joined(raw["evalue"])}` }]
  }
  const data = isRecord(raw["data"]) ? raw["data"] : raw
  for (const image of IMAGES) {
    const body = joined(data[image] ?? data[image.slice(6)]).replace(/\s/g, "")
    if (body && /^[A-Za-z0-9+/]+={0,2}$/.test(body)) return [{ kind: "image", type: image, data: body }]
  }
  const markdown = joined(data["text/markdown"])
  if (markdown) return [{ kind: "markdown", text: markdown }]
  const plain = joined(data["text/plain"] ?? raw["text"])
  if (plain) return [{ kind: "text", text: plain, stream: "result" }]
  const kinds = Object.keys(data).filter((key) => key.includes("/"))
  return kinds.length > 0 ? [{ kind: "hidden", type: kinds[0] ?? "" }] : []
}
