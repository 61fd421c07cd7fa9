// Columns of a table as typed arrays: a number a row, or a code a row into a dictionary of texts. Pure.

export interface Numbers {
  kind: "number"
  /** NaN where a row has no value, or where the value is NaN itself (then the row is in `nan`). */
  values: Float64Array
  nan: ReadonlySet<number> | null
}

export interface Words {
  kind: "words"
  /** The place in `words`, −1 where a row has no value. */
  codes: Int32Array
  words: readonly string[]
}

export type Data = Numbers | Words

/** The value of a row: null where there is none. */
export function valueAt(data: Data | undefined, row: number): number | string | null {
  if (data === undefined) return null
  if (data.kind === "words") {
    const code = data.codes[row] ?? -1
    return code < 0 ? null : (data.words[code] ?? null)
  }
  const value = data.values[row] ?? NaN
  return Number.isNaN(value) && data.nan?.has(row) !== true ? null : value
}

/** The number of a row, NaN where it has none. */
export function numberAt(data: Data | undefined, row: number): number {
  return data?.kind === "number" ? (data.values[row] ?? NaN) : NaN
}

/** A column of texts from one text a row. */
export function wordsOf(values: readonly (string | null)[]): Words {
  const places = new Map<string, number>()
  const words: string[] = []
  const codes = new Int32Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const value = values[row]
    if (value === null || value === undefined) { codes[row] = -1; continue }
    let code = places.get(value)
    if (code === undefined) {
      code = words.length
      places.set(value, code)
      words.push(value)
    }
    codes[row] = code
  }
  return { kind: "words", codes, words }
}

/** 0, 1, 2 … count − 1 */
export function allRows(count: number): Uint32Array {
  const rows = new Uint32Array(count)
  for (let row = 0; row < count; row++) rows[row] = row
  return rows
}
