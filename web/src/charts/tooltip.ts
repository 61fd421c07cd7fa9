/** The one tooltip of the page, moved and filled without React. All that it shows is text. */

export interface TipRow {
  color: string
  dash?: boolean
  name: string
  value: string
  extra?: string
  strong?: boolean
}

export interface Tip {
  title: string
  rows: TipRow[]
  note?: string
}

const MOST = 14
let node: HTMLDivElement | null = null
let title: HTMLDivElement
let list: HTMLDivElement
let note: HTMLDivElement
let live: HTMLDivElement
const rows: { row: HTMLDivElement; mark: HTMLSpanElement; name: HTMLSpanElement; value: HTMLSpanElement; extra: HTMLSpanElement }[] = []
let owner: object | null = null
let width = 0
let height = 0
let said = ""

function part<K extends "div" | "span">(tag: K, style: string, into?: HTMLElement): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag)
  made.style.cssText = style
  into?.append(made)
  return made
}

function set(element: HTMLElement, text: string): void {
  if (element.firstChild === null) element.append(text)
  else if (element.firstChild.nodeValue !== text) element.firstChild.nodeValue = text
}

function build(): HTMLDivElement {
  const made = part("div",
    "position:fixed;left:0;top:0;z-index:1000;pointer-events:none;display:none;max-width:min(420px,90vw);padding:6px 8px 7px;" +
    "background:var(--raised);color:var(--text);border-radius:6px;box-shadow:var(--shadow);font:400 12px/18px var(--font-sans);" +
    "font-variant-numeric:tabular-nums;contain:layout style;will-change:transform")
  made.setAttribute("role", "tooltip")
  title = part("div", "color:var(--text-2);font-weight:500;margin-bottom:2px;white-space:nowrap;overflow:hidden;text-overflow:ellipsis", made)
  list = part("div", "display:grid;grid-template-columns:auto minmax(0,1fr) auto auto;column-gap:8px;align-items:center", made)
  note = part("div", "color:var(--text-3);font-size:11px;margin-top:2px", made)
  for (let at = 0; at < MOST; at++) {
    const row = part("div", "display:contents", list)
    const cell = "white-space:nowrap;overflow:hidden;text-overflow:ellipsis"
    rows.push({
      row,
      mark: part("span", "width:13px;height:2px", row),
      name: part("span", cell, row),
      value: part("span", `${cell};text-align:right;font-family:var(--font-mono);font-size:11.5px`, row),
      extra: part("span", `${cell};text-align:right;color:var(--text-3);font-family:var(--font-mono);font-size:11.5px`, row),
    })
  }
  live = part("div", "position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)")
  live.setAttribute("aria-live", "polite")
  document.body.append(made, live)
  return made
}

/** Show at a place of the window, in CSS pixels. */
export function showTip(from: object, x: number, y: number, tip: Tip): void {
  node ??= build()
  owner = from
  set(title, tip.title)
  title.style.display = tip.title ? "" : "none"
  const count = Math.min(MOST, tip.rows.length)
  for (let at = 0; at < MOST; at++) {
    const to = rows[at]!
    const given = at < count ? tip.rows[at] : undefined
    to.row.style.display = given ? "contents" : "none"
    if (!given) continue
    to.mark.style.background = given.dash ? `repeating-linear-gradient(90deg,${given.color} 0 3px,transparent 3px 5px)` : given.color
    to.name.style.fontWeight = given.strong ? "600" : "400"
    to.name.style.color = given.strong ? "var(--text)" : "var(--text-2)"
    set(to.name, given.name)
    set(to.value, given.value)
    set(to.extra, given.extra ?? "")
  }
  const more = tip.rows.length - count
  const text = more > 0 ? `and ${more} more${tip.note ? ` · ${tip.note}` : ""}` : (tip.note ?? "")
  set(note, text)
  note.style.display = text ? "" : "none"
  node.style.display = "block"
  const size = node.getBoundingClientRect()
  width = size.width
  height = size.height
  place(x, y)
}

function place(x: number, y: number): void {
  const left = x + 16 + width > innerWidth - 4 ? Math.max(4, x - 16 - width) : x + 16
  const top = Math.max(4, Math.min(y + 14, innerHeight - height - 4))
  node!.style.transform = `translate(${Math.round(left)}px,${Math.round(top)}px)`
}

export function hideTip(from?: object): void {
  if (!node || (from !== undefined && owner !== from)) return
  node.style.display = "none"
  owner = null
}

/** Read out to those who move by keyboard. */
export function say(text: string): void {
  node ??= build()
  if (text !== said) set(live, text)
  said = text
}
