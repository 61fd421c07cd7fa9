import { useQuery } from "@tanstack/react-query"
import * as queries from "~/api/queries"
import type { Experiment } from "~/api/types_gen"
import { Link } from "~/link"
import { paths } from "~/paths"
import { count } from "~/ui/format"
import { Badge, Status } from "~/ui/Status"
import { Table, Td, Th, Tr } from "~/ui/Table"
import { Ago } from "~/ui/Time"
import { ActivityBars } from "../ActivityBars"
import { useActivity, type Activity } from "../recent"
import { RowMenu } from "./RowMenu"

interface Props { ws: string; items: Experiment[]; sort: string; deleted: boolean; onSort: (sort: string) => void }

export function ExperimentsTable({ ws, items, sort, deleted, onSort }: Props) {
  const { byId } = useActivity(ws)
  const [field = "", direction = "ASC"] = sort.split(" ")
  const head = (name: string, first: "ASC" | "DESC") => ({
    sort: field === name ? (direction === "ASC" ? "asc" as const : "desc" as const) : undefined,
    onSort: () => onSort(`${name} ${field === name ? (direction === "ASC" ? "DESC" : "ASC") : first}`),
  })
  return (
    <Table label="Experiments" className="table-fixed max-md:min-w-0">
      <thead>
        <tr>
          <Th {...head("name", "ASC")} className="pl-4 md:pl-6">Name</Th>
          <Th numeric className="w-20 max-sm:w-16">Runs</Th>
          <Th className="w-32 max-md:hidden">Last 14 days</Th>
          <Th className="w-32">Last run</Th>
          <Th className="w-56 max-lg:hidden">Tags</Th>
          <Th {...head("creation_time", "DESC")} className="w-32 max-lg:hidden">Created</Th>
          <Th {...head("last_update_time", "DESC")} className="w-32 max-md:hidden">Changed</Th>
          <Th className="w-14"><span className="sr-only">Actions</span></Th>
        </tr>
      </thead>
      <tbody>
        {items.map((item) => <Row key={item.id} ws={ws} item={item} activity={byId.get(item.id)} deleted={deleted} />)}
      </tbody>
    </Table>
  )
}

function Row({ ws, item, activity, deleted }: { ws: string; item: Experiment; activity: Activity | undefined; deleted: boolean }) {
  const total = useQuery({ ...queries.runsCount(ws, { experiments: [item.id] }), enabled: !deleted })
  // Beyond the fortnight that `activity` knows, the last run is asked for by itself.
  const older = useQuery({ ...queries.runs(ws, { experiments: [item.id], order_by: ["start_time DESC"], max_results: 1, with_data: false }), enabled: !deleted && activity === undefined && (total.data?.count ?? 0) > 0 })
  const last = activity?.last ?? older.data?.items[0]
  const tags = Object.entries(item.tags).filter(([key]) => !key.startsWith("mlflow."))
  return (
    <Tr>
      <Td className="pl-4 md:pl-6">
        {deleted ? <span className="text-text-2">{item.name}</span> : <Link to={paths.experiment(ws, item.id)} className="block truncate font-medium hover:text-accent" title={item.name}>{item.name}</Link>}
      </Td>
      <Td numeric>{deleted ? "–" : total.data ? count(total.data.count) : ""}</Td>
      <Td className="max-md:hidden"><ActivityBars activity={activity} /></Td>
      <Td>{last ? <span className="flex items-center gap-2"><Status state={last.state} bare /><Ago at={last.start_ms ?? last.created_ms} /></span> : <span className="text-text-3">–</span>}</Td>
      <Td className="max-lg:hidden">
        <span className="flex gap-1 overflow-hidden">
          {tags.slice(0, 3).map(([key, value]) => <Badge key={key} title={`${key}: ${value}`}>{key}: {value}</Badge>)}
          {tags.length > 3 ? <Badge title={tags.slice(3).map(([key, value]) => `${key}: ${value}`).join("\n")}>+{tags.length - 3}</Badge> : null}
        </span>
      </Td>
      <Td className="text-text-2 max-lg:hidden"><Ago at={item.created_ms} /></Td>
      <Td className="text-text-2 max-md:hidden"><Ago at={item.updated_ms} /></Td>
      <Td className="pr-4 text-right"><RowMenu ws={ws} item={item} deleted={deleted} /></Td>
    </Tr>
  )
}
