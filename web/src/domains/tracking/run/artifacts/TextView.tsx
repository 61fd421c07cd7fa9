// Text with line numbers; long ones by lines in sight.
import { useMemo, useState } from "react"
import { CopyButton } from "~/ui/CopyButton"
import { bytes, plural } from "~/ui/format"
import { SearchInput } from "~/ui/Input"
import { VirtualList } from "~/ui/VirtualList"

const LONGEST = 5_000

export function TextView({ text, cut, name }: { text: string; cut: number; name: string }) {
  const [query, setQuery] = useState("")
  const lines = useMemo(() => {
    const all = text.split("\n")
    if (all.at(-1) === "") all.pop()
    return all.map((line) => line.replace(/\r$/, ""))
  }, [text])
  const wanted = query.toLowerCase()
  const shown = useMemo(() => (wanted === "" ? null : lines.flatMap((line, at) => (line.toLowerCase().includes(wanted) ? [at] : []))), [lines, wanted])
  const wide = String(lines.length).length + 2
  return (
    <div className="flex h-full min-h-48 flex-col">
      <div className="flex shrink-0 items-center gap-2 border-b px-3 py-1.5 sm:px-4">
        <SearchInput value={query} onChange={setQuery} label="Find lines" className="w-56" />
        <span className="text-dense text-text-3">{shown ? `${shown.length} of ${plural(lines.length, "line")}` : plural(lines.length, "line")}</span>
        {cut ? <span className="text-dense text-warn">The beginning of {bytes(cut)}</span> : null}
        <span className="ml-auto"><CopyButton small={false} text={text} label="Copy the text" /></span>
      </div>
      <VirtualList
        label={name}
        count={shown?.length ?? lines.length}
        height={18}
        className="min-h-0 flex-1 py-1"
        row={(at) => {
          const number = shown ? (shown[at] ?? 0) : at
          const line = lines[number] ?? ""
          return (
            <div className="flex h-[18px] w-max min-w-full font-mono text-dense leading-[18px] whitespace-pre hover:bg-hover">
              <span aria-hidden style={{ width: `${wide}ch` }} className="shrink-0 pr-[1ch] text-right text-text-3 select-none">{number + 1}</span>
              <span className="pr-4 pl-2">{line.length > LONGEST ? `${line.slice(0, LONGEST)} … ${line.length - LONGEST} more characters` : line}</span>
            </div>
          )
        }}
      />
    </div>
  )
}
