import { describe, expect, test } from "vitest"
import { allRows, wordsOf, type Data } from "./data"
import { naturalKey, ranks, sortRows } from "./sort"

const numbers = (values: number[], nan: number[] = []): Data => ({ kind: "number", values: Float64Array.from(values), nan: new Set(nan) })
const order = (count: number, ...keys: { data: Data; desc: boolean }[]) => [...sortRows(allRows(count), keys)]

describe("sorting of rows", () => {
  test("numbers of every size and sign are in order", () => {
    const values = [3, -2, 0, 1e300, -Infinity, 5e-324, -1e-300, Infinity, -0, 2.5, 1e15 + 1, 1e15]
    const data = numbers(values)
    const sorted = order(values.length, { data, desc: false }).map((row) => values[row])
    expect(sorted.map((value) => value! + 0)).toEqual(values.map((value) => value + 0).sort((a, b) => a - b))
    expect(order(values.length, { data, desc: true }).map((row) => values[row]! + 0)).toEqual(values.map((value) => value + 0).sort((a, b) => b - a))
  })

  test("NaN comes after all numbers and a missing value comes last, in both directions", () => {
    const data = numbers([NaN, 2, NaN, 1], [2])
    expect(order(4, { data, desc: false })).toEqual([3, 1, 2, 0])
    expect(order(4, { data, desc: true })).toEqual([1, 3, 2, 0])
  })

  test("texts are in natural order, missing ones last", () => {
    const data = wordsOf(["run-10", "Run-2", null, "run-1", "éa", "eb"])
    expect(order(6, { data, desc: false })).toEqual([4, 5, 3, 1, 0, 2])
    expect(order(6, { data, desc: true })).toEqual([0, 1, 3, 5, 4, 2])
  })

  test("the first key counts most and equal rows keep their order", () => {
    const team = wordsOf(["b", "a", "b", "a"])
    const loss = numbers([1, 1, 0, 1])
    expect(order(4, { data: team, desc: false }, { data: loss, desc: true })).toEqual([1, 3, 0, 2])
  })

  test("random numbers agree with a comparison sort", () => {
    const values = Array.from({ length: 5000 }, (_, at) => Math.sin(at * 12.9898) * 10 ** ((at % 13) - 6))
    const sorted = order(values.length, { data: numbers(values), desc: false }).map((row) => values[row])
    expect(sorted).toEqual([...values].sort((a, b) => a - b))
  })

  test("words are ranked once for a dictionary", () => {
    const words = ["b", "a"]
    expect([...ranks(words)]).toEqual([1, 0])
    expect(ranks(words)).toBe(ranks(words))
  })

  test("many words are in the same order as few", () => {
    const words = Array.from({ length: 2000 }, (_, at) => ["run-", "Run_", "a b ", "x0"][at % 4]! + String((at * 7919) % 2003) + (at % 3 ? "" : "/loss"))
    const many = [...ranks(words)]
    const few = [...words].map((word) => naturalKey(word)).sort()
    const order = words.map((_, at) => at).sort((a, b) => many[a]! - many[b]!)
    expect(order.map((at) => naturalKey(words[at]!))).toEqual(few)
  })

  test("100,000 rows are sorted within the budget", () => {
    const count = 100_000
    const values = new Float64Array(count).map((_, at) => Math.sin(at) * 1000)
    const names = wordsOf(Array.from({ length: count }, (_, at) => `convnext-${(at * 7919) % count}`))
    let began = performance.now()
    sortRows(allRows(count), [{ data: { kind: "number", values, nan: null }, desc: false }])
    const numeric = performance.now() - began
    began = performance.now()
    sortRows(allRows(count), [{ data: names, desc: true }])
    const texts = performance.now() - began
    console.info(`sort of 100,000: numbers ${numeric.toFixed(0)} ms, distinct names ${texts.toFixed(0)} ms`)
    expect(numeric).toBeLessThan(300)
    expect(texts).toBeLessThan(300)
  })
})
