// What a file is, by its name and type, and so how it is shown.
import type { Artifact } from "~/api/types_gen"

export type Kind = "image" | "svg" | "html" | "markdown" | "json" | "table" | "notebook" | "diff" | "text" | "audio" | "video" | "binary"

const BY_END: Record<string, Kind> = {
  png: "image", jpg: "image", jpeg: "image", gif: "image", webp: "image", avif: "image", bmp: "image",
  svg: "svg", html: "html", htm: "html", md: "markdown", markdown: "markdown", json: "json", ipynb: "notebook",
  csv: "table", tsv: "table", patch: "diff", diff: "diff", mp3: "audio", wav: "audio", ogg: "audio", flac: "audio", mp4: "video", webm: "video",
}
const TEXTS = new Set(["txt", "log", "yaml", "yml", "toml", "ini", "cfg", "conf", "py", "js", "ts", "sh", "sql", "xml", "jsonl", "ndjson", "rst", "r", "jl", "c", "cpp", "h", "cu", "rs", "go", "java", "tex", "env", "lock", "dockerfile", "makefile", "mlmodel", "requirements", "license", "readme"])

/** How many bytes of a file are fetched to show it. */
export const LIMITS: Record<Kind, number> = {
  image: 50e6, svg: 5e6, html: 5e6, markdown: 1e6, json: 5e6, table: 10e6, notebook: 20e6, diff: 4e6, text: 1e6, audio: 200e6, video: 500e6, binary: 0,
}

export function kindOf(file: Pick<Artifact, "path" | "media_type">): Kind {
  const name = nameOf(file.path).toLowerCase()
  const end = name.includes(".") ? (name.split(".").at(-1) ?? "") : name
  const known = BY_END[end]
  if (known) return known
  if (TEXTS.has(end)) return "text"
  const type = file.media_type.toLowerCase()
  if (type.startsWith("text/") || /\b(json|yaml|toml|xml)\b/.test(type)) return "text"
  return "binary"
}

export function nameOf(path: string): string {
  return path.split("/").at(-1) ?? path
}

export function folderOf(path: string): string {
  return path.split("/").slice(0, -1).join("/")
}
