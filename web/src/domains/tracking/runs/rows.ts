// Runs as columns, the way POST /runs:table sends them: 100,000 rows are a few typed arrays, not 100,000 objects.
import type { Column, Frame } from "~/api/frames"
import { shortId } from "./ids"

export interface ColumnHead {
  name: string
  kind: "number" | "text" | "time" | "enum"
  /** Texts that the codes of the column stand for. */
  dictionary?: string[]
  /** Rows whose value is NaN itself; other NaNs of the column are absent values. */
  nan?: number[]
}

export interface RowsHeader {
  ids: string[]
  columns: ColumnHead[]
  total: number
  took_ms?: number
}

export interface Held {
  head: ColumnHead
  data: Column
  nan: ReadonlySet<number>
}

export type Value = string | number | null

/** A table of runs in its order. Rows are places in it, ids of runs their names. */
export class RunRows {
  readonly ids: readonly string[]
  readonly total: number
  private readonly held = new Map<string, Held>()
  private byId: Map<string, number> | null = null
  private byShort: Map<string, number> | null = null

  constructor(header: RowsHeader, columns: ReadonlyMap<string, Column>) {
    this.ids = header.ids
    this.total = header.total
    for (const head of header.columns) {
      const data = columns.get(head.name)
      if (data) this.held.set(head.name, { head, data, nan: new Set(head.nan) })
    }
  }

  static of(frame: Frame<unknown>): RunRows {
    return new RunRows(frame.header as RowsHeader, frame.columns)
  }

  get count(): number {
    return this.ids.length
  }

  has(column: string): boolean {
    return this.held.has(column)
  }

  kind(column: string): ColumnHead["kind"] | null {
    return this.held.get(column)?.head.kind ?? null
  }

  /** The column itself, for those who go over all rows. */
  column(name: string): Held | null {
    return this.held.get(name) ?? null
  }

  /** The value of a row; null when the run has none. */
  value(column: string, row: number): Value {
    const held = this.held.get(column)
    if (!held) return null
    const found = held.data[row]
    if (found === undefined) return null
    if (held.head.dictionary) return held.head.dictionary[Number(found)] ?? null
    const number = Number(found)
    return Number.isNaN(number) && !held.nan.has(row) ? null : number
  }

  text(column: string, row: number): string {
    const value = this.value(column, row)
    return value === null ? "" : String(value)
  }

  /** NaN when there is none. */
  number(column: string, row: number): number {
    const value = this.value(column, row)
    return typeof value === "number" ? value : NaN
  }

  name(row: number): string {
    return this.text("name", row) || (this.ids[row] ?? "")
  }

  /** The row of an id, whole or short; −1 for none. */
  rowOf(id: string): number {
    this.byId ??= new Map(this.ids.map((each, row) => [each, row]))
    const whole = this.byId.get(id)
    if (whole !== undefined) return whole
    this.byShort ??= new Map(this.ids.map((each, row) => [shortId(each), row]))
    return this.byShort.get(id) ?? -1
  }

  idOf(short: string): string | null {
    return this.ids[this.rowOf(short)] ?? null
  }
}

export const NO_ROWS = new RunRows({ ids: [], columns: [], total: 0 }, new Map())
