import { expect, it } from "vitest"
import { decodeFrame, floats } from "./frames"

function frame(columns: Record<string, number[]>, more: Record<string, unknown> = {}): ArrayBuffer {
  let offset = 0
  const size = 512
  const described = Object.entries(columns).map(([name, values]) => {
    const item = { name, type: "<f8", length: values.length, offset: size + offset }
    offset += values.length * 8
    return item
  })
  const text = new TextEncoder().encode(JSON.stringify({ ...more, columns: described }).padEnd(size - 8))
  const data = new ArrayBuffer(size + offset)
  new Uint8Array(data).set([0x4d, 0x57, 0x46, 0x31])
  new DataView(data).setUint32(4, size - 8, true)
  new Uint8Array(data).set(text, 8)
  let at = size
  for (const values of Object.values(columns)) { new Float64Array(data, at, values.length).set(values); at += values.length * 8 }
  return data
}

it("reads columns in place, NaN and infinities included", () => {
  const found = decodeFrame<{ x: string }>(frame({ a: [1, NaN, Infinity], b: [] }, { x: "step" }))
  expect(found.header.x).toBe("step")
  expect([...floats(found, "a")]).toEqual([1, NaN, Infinity])
  expect(floats(found, "b")).toHaveLength(0)
})

it("refuses what is no frame, or is cut short", () => {
  expect(() => decodeFrame(new ArrayBuffer(16))).toThrow("not a frame")
  expect(() => decodeFrame(frame({ a: [1] }).slice(0, 40))).toThrow("cut short")
})
