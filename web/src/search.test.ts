import { describe, expect, it } from "vitest"
import { trackingSearch } from "./domains/tracking/search"
import { list, parseSearch, real, stringifySearch } from "./search"

describe("search params", () => {
  it("come back as they went, commas, backslashes and all", () => {
    const items = ["a,b", "c\\d", "\\,", "é 🦜", "<script>"]
    expect(list(parseSearch(stringifySearch({ items }))["items"])).toEqual(items)
  })

  it("leave out what is absent, empty or false", () => {
    expect(stringifySearch({ a: undefined, b: "", c: false, d: [], e: null })).toBe("")
    expect(stringifySearch({ a: true, b: 0, c: ["x"] })).toBe("?a=1&b=0&c=x")
  })

  it("keep numbers within bounds and refuse what is none", () => {
    expect([real("0.5", 0, 1), real("7", 0, 1), real("x"), real("")]).toEqual([0.5, 1, undefined, undefined])
  })

  it("drop what they do not know", () => {
    expect(trackingSearch({ q: "metrics.loss < 1", nonsense: "1", band: "wrong", smooth: "0.6", hide: "a,b" })).toEqual({ q: "metrics.loss < 1", smooth: 0.6, hide: ["a", "b"] })
  })
})
