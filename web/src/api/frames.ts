// Binary frames of kit/frames.py: "MWF1", length of the header, JSON, columns at multiples of 8 bytes.

export const FRAME_TYPE = "application/vnd.modelwright.frame"

export type Column = Float64Array | Float32Array | BigInt64Array | Uint32Array | Int32Array | Uint8Array

export interface Frame<H = Record<string, unknown>> {
  header: H
  columns: Map<string, Column>
}

interface Described { name: string; type: string; length: number; offset: number }

/** Header and columns; the columns are views of `data`. Throws when the bytes are no frame. */
export function decodeFrame<H = Record<string, unknown>>(data: ArrayBuffer): Frame<H> {
  const view = new DataView(data)
  if (data.byteLength < 8 || view.getUint32(0) !== 0x4d574631) throw new Error("the answer is not a frame")
  const length = view.getUint32(4, true)
  if (8 + length > data.byteLength) throw new Error("the frame is cut short")
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 8, length))) as { columns: Described[] }
  const columns = new Map<string, Column>()
  for (const { name, type, length: count, offset } of header.columns) columns.set(name, column(data, type, count, offset))
  return { header: header as unknown as H, columns }
}

/** A column of numbers; throws when the frame has none of that name. */
export function floats(frame: Frame<unknown>, name: string): Float64Array {
  const found = frame.columns.get(name)
  if (!(found instanceof Float64Array)) throw new Error(`the frame has no column ${name}`)
  return found
}

function column(data: ArrayBuffer, type: string, length: number, offset: number): Column {
  switch (type) {
    case "<f8": return new Float64Array(data, offset, length)
    case "<f4": return new Float32Array(data, offset, length)
    case "<i8": return new BigInt64Array(data, offset, length)
    case "<u4": return new Uint32Array(data, offset, length)
    case "<i4": return new Int32Array(data, offset, length)
    case "|u1": return new Uint8Array(data, offset, length)
    default: throw new Error(`unknown type of column ${type}`)
  }
}
