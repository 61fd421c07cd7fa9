import { describe, expect, it } from "vitest"
import { faultAt, fieldOf, narrowed, toBuilder, toText } from "./filter_text"

const again = (text: string): string | null => {
  const rows = toBuilder(text)
  return rows && toText(rows)
}

describe("a filter as rows", () => {
  it.each([
    ["metrics.loss < 0.5", "metrics.loss < 0.5"],
    ["params.model = 'tree' params.lr BETWEEN 0.01 AND 1", "params.model = 'tree' AND params.lr BETWEEN 0.01 AND 1"],
    ["and metric.loss<1 AND", "metrics.loss < 1"],
    ["state IN ('running', 'finished') AND run_name =~ '^f.*t$'", "state IN ('running', 'finished') AND run_name RLIKE '^f.*t$'"],
    ["(tags.team = \"audio\" OR metrics.auc <= 0.5) AND parent_id is null", "(tags.team = 'audio' OR metrics.auc <= 0.5) AND parent_id IS NULL"],
    ["a = 'x' or b = 'y'", "a = 'x' OR b = 'y'"],
    ["metrics.`valid loss` > -1e-3 AND duration > 1h30m", "metrics.`valid loss` > -1e-3 AND duration > 1h30m"],
    ["notes = 'it''s' AND user NOT LIKE 'a%'", "notes = 'it''s' AND user NOT LIKE 'a%'"],
    ["params.depth = '3'", "params.depth = '3'"],
    ["metrics.acc < +inf", "metrics.acc < +inf"],
    ["", ""],
  ])("%s", (text, expected) => {
    expect(again(text)).toBe(expected)
  })
  it("keeps spaces of quoted keys inside min(…)", () => expect(again("count(metrics.`valid loss`) = 10")).toBe("count(metrics.`valid loss`) = 10"))
  it.each(["NOT (a = 1)", "(a = 1 AND b = 2) OR c = 3", "a =", "a = 'open", "a = 1 )", "((((", "a ~ 1"])("%s stays a text", (text) => expect(toBuilder(text)).toBeNull())
  it("leaves half-made rows out", () => {
    expect(toText([[{ field: "user", comparator: "=", values: [""], quoted: [true] }], [{ field: "a", comparator: "IS NULL", values: [], quoted: [] }]])).toBe("a IS NULL")
  })
})

describe("a filter", () => {
  it("quotes keys that need it", () => {
    expect(fieldOf("params", "lr")).toBe("params.lr")
    expect(fieldOf("metrics", "val/loss@1")).toBe("metrics.val/loss@1")
    expect(fieldOf("tags", "a `b`")).toBe("tags.`a ``b```")
  })
  it("is narrowed whatever it is", () => {
    const clause = { field: "params.lr", comparator: "=" as const, values: ["0.1"], quoted: [false] }
    expect(narrowed("", clause)).toBe("params.lr = 0.1")
    expect(narrowed("NOT a = 1", clause)).toBe("(NOT a = 1) AND params.lr = 0.1")
    expect(narrowed("a = 1 OR b = 2", clause)).toBe("(a = 1 OR b = 2) AND params.lr = 0.1")
  })
  it("shows a fault where the server found it", () => {
    expect(faultAt("unknown field 'statu' (at character 24: …)")).toBe(23)
    expect(faultAt("too long")).toBeNull()
  })
})
