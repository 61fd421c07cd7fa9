/** Charts as files. Every chart gives a `ChartHandle` to its ref; `ChartMenu` and the rooms save and copy through it. */
import { CanvasSurface, type Surface, SvgSurface } from "~/charts/surface"
import { ink, type Ink } from "~/charts/theme"

export interface ChartHandle {
  title: string
  /** A text for those who do not see the chart. */
  summary(): string
  toSVG(): string
  toPNG(): Promise<Blob>
  toCSV(): string
}

/** A picture that can be drawn at any size. */
export interface Picture {
  title: string
  width: number
  height: number
  draw(surface: Surface, ink: Ink): void
}

export const TITLE_HEIGHT = 28

function withTitle(picture: Picture, surface: Surface, colors: Ink): number {
  if (!picture.title) return 0
  surface.text(picture.title, 8, TITLE_HEIGHT / 2 + 2, { fill: colors.text, size: 13, weight: 600 })
  return TITLE_HEIGHT
}

export function svgOf(picture: Picture): string {
  const colors = ink()
  const surface = new SvgSurface(colors.font)
  const top = picture.title ? TITLE_HEIGHT : 0
  withTitle(picture, surface, colors)
  const moved = new SvgSurface(colors.font)
  picture.draw(moved, colors)
  const inner = moved.finish(picture.width, picture.height, picture.title, colors.surface)
  if (!top) return inner
  const whole = surface.finish(picture.width, picture.height + top, picture.title, colors.surface)
  return whole.replace(/<\/svg>$/, () => `${inner.replace("<svg ", `<svg y="${top}" `)}</svg>`)
}

export async function pngOf(picture: Picture, ratio = 2): Promise<Blob> {
  const colors = ink()
  const top = picture.title ? TITLE_HEIGHT : 0
  const canvas = document.createElement("canvas")
  canvas.width = Math.round(picture.width * ratio)
  canvas.height = Math.round((picture.height + top) * ratio)
  const context = canvas.getContext("2d")
  if (!context) throw new Error("this browser has no canvas")
  context.scale(ratio, ratio)
  context.fillStyle = colors.surface
  context.fillRect(0, 0, picture.width, picture.height + top)
  const surface = new CanvasSurface(context, colors.font)
  context.translate(0, withTitle(picture, surface, colors))
  picture.draw(surface, colors)
  return await new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the picture is too large for this browser"))), "image/png")
  })
}

/** A table as CSV (RFC 4180); texts that a spreadsheet would take for a formula are preceded by an apostrophe. */
export function csvOf(head: readonly string[], rows: Iterable<readonly (string | number | null)[]>): string {
  const lines = [head.map(cell).join(",")]
  for (const row of rows) lines.push(row.map(cell).join(","))
  return `${lines.join("\r\n")}\r\n`
}

function cell(value: string | number | null): string {
  if (value === null) return ""
  if (typeof value === "number") return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** A name that every file system takes. */
export function fileName(title: string, ending: string): string {
  const name = title.normalize("NFKC").replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+|[-.]+$/g, "").slice(0, 100)
  return `${name || "chart"}.${ending}`
}

export function download(content: Blob | string, name: string, type = "text/plain"): void {
  const blob = typeof content === "string" ? new Blob([content], { type: `${type};charset=utf-8` }) : content
  const url = URL.createObjectURL(blob)
  const link = document.createElement("a")
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

export async function save(chart: ChartHandle, as: "svg" | "png" | "csv"): Promise<void> {
  const name = fileName(chart.title, as)
  if (as === "svg") download(chart.toSVG(), name, "image/svg+xml")
  else if (as === "csv") download(chart.toCSV(), name, "text/csv")
  else download(await chart.toPNG(), name)
}

export async function copyPicture(chart: ChartHandle): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": chart.toPNG() })])
}
