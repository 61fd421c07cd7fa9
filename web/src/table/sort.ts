// Sorting of row numbers by columns of typed arrays: a stable radix sort over keys of 32 or 64 bits, a few ms for 100,000
// rows. Rows without a value come last in both directions, NaN directly before them, as in the search of the server.
import { allRows, type Data } from "./data"

export interface SortKey {
  data: Data
  desc: boolean
}

const BITS = 11
const SIZE = 1 << BITS
const NONE = 0xffffffff
const NOT_A_NUMBER = 0xfffffffe

/** The rows in a new order; the first key counts most, rows that are equal keep their order. */
export function sortRows(rows: Uint32Array, keys: readonly SortKey[]): Uint32Array {
  let sorted: Uint32Array = rows.slice()
  for (let at = keys.length - 1; at >= 0; at--) {
    const { data, desc } = keys[at]!
    const low = new Uint32Array(sorted.length)
    const high = data.kind === "number" ? new Uint32Array(sorted.length) : null
    if (data.kind === "words") wordKeys(sorted, data.codes, ranks(data.words), desc, low)
    else numberKeys(sorted, data.values, data.nan, desc, low, high!)
    sorted = radix(sorted, low, high)
  }
  return sorted
}

function wordKeys(rows: Uint32Array, codes: Int32Array, rank: Uint32Array, desc: boolean, low: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) {
    const code = codes[rows[at]!]!
    low[at] = code < 0 ? NONE : desc ? rank.length - rank[code]! : rank[code]!
  }
}

const float = new Float64Array(1)
const halves = new Uint32Array(float.buffer)

function numberKeys(rows: Uint32Array, values: Float64Array, nan: ReadonlySet<number> | null, desc: boolean, low: Uint32Array, high: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at]!
    const value = values[row]!
    if (value !== value) {
      high[at] = nan?.has(row) === true ? NOT_A_NUMBER : NONE
      continue
    }
    float[0] = value + 0 // −0 is 0
    const turned = halves[1]! >>> 31 === 1 ? -1 : 0
    const flip = desc ? ~turned : turned
    low[at] = halves[0]! ^ flip
    high[at] = (turned === 0 ? halves[1]! ^ 0x80000000 : ~halves[1]!) ^ (desc ? -1 : 0)
  }
}

function radix(rows: Uint32Array, low: Uint32Array, high: Uint32Array | null): Uint32Array {
  const count = rows.length
  let from: Uint32Array = allRows(count)
  let to: Uint32Array = new Uint32Array(count)
  const heads = new Uint32Array(SIZE)
  for (const key of high === null ? [low] : [low, high]) {
    for (let shift = 0; shift < 32; shift += BITS) {
      heads.fill(0)
      for (let at = 0; at < count; at++) heads[(key[at]! >>> shift) & (SIZE - 1)]!++
      if (count > 0 && heads[(key[0]! >>> shift) & (SIZE - 1)] === count) continue // all alike in these bits
      let sum = 0
      for (let digit = 0; digit < SIZE; digit++) {
        const here = heads[digit]!
        heads[digit] = sum
        sum += here
      }
      for (let at = 0; at < count; at++) {
        const place = from[at]!
        to[heads[(key[place]! >>> shift) & (SIZE - 1)]!++] = place
      }
      const swap = from
      from = to
      to = swap
    }
  }
  const out = new Uint32Array(count)
  for (let at = 0; at < count; at++) out[at] = rows[from[at]!]!
  return out
}

const known = new WeakMap<readonly string[], Uint32Array>()

/** Rank dictionaries while the browser has nothing else to do, so that the first sort by a text is as quick as the next. */
export function rankWhenIdle(dictionaries: readonly (readonly string[])[]): () => void {
  const left = dictionaries.filter((words) => words.length > 500 && !known.has(words))
  if (left.length === 0) return () => {}
  const wait = typeof requestIdleCallback === "function" ? requestIdleCallback : (work: () => void) => window.setTimeout(work, 200)
  const stop = typeof cancelIdleCallback === "function" ? cancelIdleCallback : clearTimeout
  const next = () => { const words = left.pop(); if (words) { ranks(words); asked = wait(next) } }
  let asked = wait(next)
  return () => stop(asked)
}

/** The place of each word in natural order (run-2 before run-10, without regard to case or accents); kept by dictionary. */
export function ranks(words: readonly string[]): Uint32Array {
  const found = known.get(words)
  if (found) return found
  const order = (words.length > 500 ? plainOrder(words) : null) ?? comparedOrder(words)
  const rank = new Uint32Array(words.length)
  for (let at = 0; at < order.length; at++) rank[order[at]!] = at
  known.set(words, rank)
  return rank
}

function comparedOrder(words: readonly string[]): Uint32Array {
  const keys = words.map(naturalKey)
  return allRows(words.length).sort((a, b) => (keys[a]! < keys[b]! ? -1 : keys[a]! > keys[b]! ? 1 : words[a]! < words[b]! ? -1 : 1))
}

const MOST_BYTES = 64

/** The same order for many short words of plain letters, by their natural keys as bytes; null for other words. */
function plainOrder(words: readonly string[]): Uint32Array | null {
  const count = words.length
  const bytes = new Uint8Array(count * MOST_BYTES)
  let longest = 0
  for (let word = 0; word < count; word++) {
    const text = words[word]!
    const end = (word + 1) * MOST_BYTES
    let to = word * MOST_BYTES
    for (let at = 0; at < text.length; at++) {
      const code = text.charCodeAt(at)
      if (code > 127) return null
      if (code >= 48 && code <= 57) {
        let zeros = at
        while (text.charCodeAt(zeros) === 48) zeros++
        let last = zeros
        while (text.charCodeAt(last) >= 48 && text.charCodeAt(last) <= 57) last++
        const from = last === zeros ? zeros - 1 : zeros
        if (to + 2 + last - from > end) return null
        bytes[to++] = 48
        bytes[to++] = 48 + last - from
        for (let digit = from; digit < last; digit++) bytes[to++] = text.charCodeAt(digit)
        at = last - 1
        continue
      }
      if (to >= end) return null
      bytes[to++] = code >= 65 && code <= 90 ? code + 32 : code
    }
    longest = Math.max(longest, to - word * MOST_BYTES)
  }
  let from: Uint32Array = allRows(count)
  let to: Uint32Array = new Uint32Array(count)
  const heads = new Uint32Array(256)
  for (let place = longest - 1; place >= 0; place--) {
    heads.fill(0)
    for (let word = 0; word < count; word++) heads[bytes[word * MOST_BYTES + place]!]!++
    if (heads[bytes[place]!] === count) continue
    let sum = 0
    for (let byte = 0; byte < 256; byte++) {
      const here = heads[byte]!
      heads[byte] = sum
      sum += here
    }
    for (let at = 0; at < count; at++) {
      const word = from[at]!
      to[heads[bytes[word * MOST_BYTES + place]!]!++] = word
    }
    const swap = from
    from = to
    to = swap
  }
  return from
}

/** A text that sorts by its characters as the word sorts naturally: digits get their number of digits before them. */
export function naturalKey(word: string): string {
  // eslint-disable-next-line no-control-regex
  const plain = /^[\x00-\x7f]*$/.test(word) ? word : word.normalize("NFKD").replace(/\p{M}+/gu, "")
  return plain.toLowerCase().replace(/\d+/g, (digits) => {
    const bare = digits.replace(/^0+(?=\d)/, "")
    return `0${String.fromCharCode(48 + Math.min(bare.length, 200))}${bare}`
  })
}
