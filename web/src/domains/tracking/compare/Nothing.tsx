import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import { Button } from "~/ui/Button"
import { EmptyState } from "~/ui/EmptyState"
import { toast } from "~/ui/toast"
import { AddRuns } from "./AddRuns"

export interface NothingChosenProps {
  ws: string
  experiment: string
  filter: string
  sort: string[] | undefined
  onToggle: (id: string) => void
  onChoose: (ids: string[]) => void
}

export function NothingChosen({ ws, experiment, filter, sort, onToggle, onChoose }: NothingChosenProps) {
  const first = (count: number) => async () => {
    try {
      const page = await call("runs_find", {}, { experiments: [experiment], filter, order_by: sort ?? [], max_results: count, with_data: false }, { ws })
      if (page.items.length > 0) onChoose(page.items.map((run) => run.id))
      else toast("There is no run to compare yet", { bad: true })
    } catch (error) {
      toast(errorText(error), { bad: true })
    }
  }
  return (
    <EmptyState
      title="Compare runs"
      actions={<><AddRuns primary ws={ws} experiment={experiment} chosen={[]} onToggle={onToggle} /><Button onClick={() => { void first(5)() }}>{sort ? "First five of the order" : "Latest five runs"}</Button></>}
    >
      Two to fifty runs side by side, only what differs: params, metrics, code, environment and packages. Choose runs in the table or beside the charts and press C, or take some here.
    </EmptyState>
  )
}

export function NothingDiffers({ one, words, onAll }: { one: boolean; words: string; onAll: () => void }) {
  if (words) return <EmptyState title="No key holds these words" actions={<Button onClick={onAll}>Show all keys</Button>} />
  if (one) return <EmptyState title="One run has nothing to differ from">Add another one.</EmptyState>
  return <EmptyState title="These runs do not differ" actions={<Button onClick={onAll}>Show all keys</Button>}>Params, metrics, code, environment and packages are the same.</EmptyState>
}
