// ANSI colour codes of console lines as spans. Every other escape sequence (cursor moves, titles, links) is dropped;
// the text it wraps stays.

export interface Span {
  text: string
  fg?: string
  bg?: string
  bold?: boolean
  dim?: boolean
  italic?: boolean
  underline?: boolean
  strike?: boolean
}

interface Pen extends Omit<Span, "text"> {
  inverse?: boolean
}

// Each of the 16 named colours is readable on both grounds; light-dark() follows the theme without a repaint.
const NAMED = [
  "light-dark(oklch(0.35 0.01 260), oklch(0.62 0.01 260))",
  "light-dark(oklch(0.53 0.2 25), oklch(0.72 0.16 25))",
  "light-dark(oklch(0.5 0.14 150), oklch(0.77 0.15 150))",
  "light-dark(oklch(0.52 0.12 75), oklch(0.8 0.13 85))",
  "light-dark(oklch(0.5 0.18 262), oklch(0.73 0.13 255))",
  "light-dark(oklch(0.52 0.2 325), oklch(0.75 0.16 325))",
  "light-dark(oklch(0.5 0.1 210), oklch(0.78 0.11 205))",
  "light-dark(oklch(0.45 0.01 260), oklch(0.86 0.01 260))",
  "light-dark(oklch(0.5 0.01 260), oklch(0.68 0.01 260))",
  "light-dark(oklch(0.56 0.22 25), oklch(0.76 0.17 25))",
  "light-dark(oklch(0.52 0.16 150), oklch(0.84 0.17 150))",
  "light-dark(oklch(0.54 0.13 75), oklch(0.87 0.15 90))",
  "light-dark(oklch(0.54 0.2 262), oklch(0.79 0.12 255))",
  "light-dark(oklch(0.56 0.22 325), oklch(0.81 0.15 325))",
  "light-dark(oklch(0.53 0.11 210), oklch(0.86 0.11 205))",
  "light-dark(oklch(0.3 0.01 260), oklch(0.95 0.005 260))",
]

// eslint-disable-next-line no-control-regex
const ESCAPE = /\u001b(?:\[([0-9;:?<=>]*)[ -/]*([@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[PX^_][^\u001b]*(?:\u001b\\)?|[ -/]*[0-~])/g
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/g

const clean = (text: string): string => text.replace(CONTROL, "")

/** The text of a line without any escape sequence. */
export function stripAnsi(text: string): string {
  return clean(text.replace(ESCAPE, ""))
}

/** The spans of a line, in order; their texts joined are the line without its escape sequences. */
export function ansiSpans(text: string): Span[] {
  if (!text.includes("\u001b")) return text === "" ? [] : [{ text: clean(text) }]
  const spans: Span[] = []
  let pen: Pen = {}
  let from = 0
  const push = (end: number): void => {
    const part = clean(text.slice(from, end))
    if (part !== "") spans.push(drawn(part, pen))
  }
  for (const match of text.matchAll(ESCAPE)) {
    push(match.index)
    from = match.index + match[0].length
    if (match[2] === "m") pen = moved(pen, match[1] ?? "")
  }
  push(text.length)
  return spans
}

function drawn(text: string, pen: Pen): Span {
  const { inverse, ...rest } = pen
  if (!inverse) return { text, ...rest }
  return { text, ...rest, fg: rest.bg ?? "var(--bg)", bg: rest.fg ?? "var(--text)" }
}

function moved(before: Pen, codes: string): Pen {
  const pen = { ...before }
  const numbers = codes.split(/[;:]/).map((code) => (code === "" ? 0 : Number(code)))
  for (let at = 0; at < numbers.length; at++) {
    const code = numbers[at] ?? 0
    if (code === 0) for (const key of Object.keys(pen) as (keyof Pen)[]) delete pen[key]
    else if (code === 1) pen.bold = true
    else if (code === 2) pen.dim = true
    else if (code === 3) pen.italic = true
    else if (code === 4) pen.underline = true
    else if (code === 7) pen.inverse = true
    else if (code === 9) pen.strike = true
    else if (code === 22) {
      delete pen.bold
      delete pen.dim
    } else if (code === 23) delete pen.italic
    else if (code === 24) delete pen.underline
    else if (code === 27) delete pen.inverse
    else if (code === 29) delete pen.strike
    else if (code === 39) delete pen.fg
    else if (code === 49) delete pen.bg
    else if (code === 38 || code === 48) {
      const [colour, used] = extended(numbers, at + 1)
      at += used
      if (colour) pen[code === 38 ? "fg" : "bg"] = code === 48 ? ground(colour) : colour
    } else if (code >= 30 && code <= 37) pen.fg = NAMED[code - 30]
    else if (code >= 90 && code <= 97) pen.fg = NAMED[code - 82]
    else if (code >= 40 && code <= 47) pen.bg = ground(NAMED[code - 40] ?? "")
    else if (code >= 100 && code <= 107) pen.bg = ground(NAMED[code - 92] ?? "")
  }
  return pen
}

// Text keeps its own colour on a coloured ground, so the ground is a tint.
const ground = (colour: string): string => `color-mix(in oklch, ${colour} 28%, transparent)`

function extended(numbers: number[], at: number): [string | undefined, number] {
  const byte = (place: number): number => Math.max(0, Math.min(255, Math.trunc(numbers[place] ?? 0) || 0))
  if (numbers[at] === 5) return [indexed(byte(at + 1)), 2]
  if (numbers[at] === 2) return [readable(byte(at + 1), byte(at + 2), byte(at + 3)), 4]
  return [undefined, 1]
}

function indexed(index: number): string {
  if (index < 16) return NAMED[index] ?? ""
  if (index >= 232) {
    const grey = 8 + (index - 232) * 10
    return readable(grey, grey, grey)
  }
  const level = (part: number): number => (part === 0 ? 0 : 55 + part * 40)
  const cube = index - 16
  return readable(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6))
}

const readable = (red: number, green: number, blue: number): string =>
  `color-mix(in oklab, rgb(${red} ${green} ${blue}) 72%, var(--text))`
