import type { Run } from "~/api/types_gen"
import type { ViewColumn } from "~/table/columns"
import { usePreferences } from "~/ui/preferences"
import { CompareCell } from "./CompareCell"
import type { CompareRow } from "./diff"
import { RunHead } from "./RunHead"

export interface ColumnsOf {
  ws: string
  shown: readonly CompareRow[]
  sections: readonly { name: string; rows: readonly number[]; total: number }[]
  runs: readonly Run[]
  letters: readonly string[]
  baseline: number
  differences: boolean
  onBaseline: (run: Run) => void
  onRemove: (run: Run) => void
  onOnly: (run: Run, letter: string) => void
}

/** The key, then a column a run. */
export function compareColumns(of: ColumnsOf): ViewColumn[] {
  const zone = usePreferences.getState().zone
  const { shown, sections, runs, letters, baseline, differences } = of
  const shared = (letter: string) => letters.filter((each) => each === letter).length > 1
  const key: ViewColumn = {
    id: "key", title: "Key", width: 230, pinned: true, right: false, sortable: false, fixed: true,
    cell: (row) => <span title={shown[row]?.key} className="truncate pl-[18px] text-text-2">{shown[row]?.key}</span>,
    group: (place) => {
      const section = sections[place]
      return section ? <span className="flex items-center gap-2">{section.name}<span className="text-dense font-normal text-text-3">{differences ? `${section.rows.length} of ${section.total} differ` : section.rows.length}</span></span> : null
    },
  }
  return [key, ...runs.map((run, at): ViewColumn => {
    const letter = letters[at] ?? ""
    return {
      id: run.id, title: run.name, width: runs.length > 4 ? 176 : 228, pinned: false, right: false, sortable: false,
      head: <RunHead ws={of.ws} run={run} letter={shared(letter) ? letter : null} baseline={at === baseline} onBaseline={() => of.onBaseline(run)} onRemove={() => of.onRemove(run)} onOnly={shared(letter) ? () => of.onOnly(run, letter) : null} />,
      cell: (row) => { const found = shown[row]; return found ? <CompareCell row={found} at={at} baseline={baseline} zone={zone} /> : null },
    }
  })]
}
