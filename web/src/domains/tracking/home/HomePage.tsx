import { useQuery } from "@tanstack/react-query"
import { useParams } from "@tanstack/react-router"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import { curl, pyClient, useCopyAs } from "~/copyable"
import { usePage } from "~/page"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { since } from "../recent"
import { Failures } from "./Failures"
import { Numbers } from "./Numbers"
import { RecentExperiments } from "./RecentExperiments"
import { RunningNow } from "./RunningNow"
import { StorageState } from "./StorageState"

/** What ran, what failed, what needs you. */
export function HomePage() {
  const { ws } = useParams({ from: "/w/$ws/" })
  const anything = useQuery(queries.runsCount(ws, {}))
  usePage([{ label: "Home" }])
  useCopyAs({
    sdk: `${pyClient(ws)}\nfor run in client.runs.search("state = 'running'"):\n    print(run.name, run.state)`,
    curl: curl("/api/v1/runs:search", { ws, body: { filter: "state = 'running'" } }),
  })
  if (anything.error) return <Trouble text={errorText(anything.error)} />
  if (anything.data?.count === 0) return <FirstRun ws={ws} />
  const from = since(7)
  return (
    <div className="flex min-h-full flex-col">
      <h1 className="sr-only">Home</h1>
      <Numbers ws={ws} from={from} />
      <div className="grid flex-1 gap-x-8 gap-y-6 px-4 pt-5 pb-10 md:px-6 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div className="flex min-w-0 flex-col gap-6">
          <RunningNow ws={ws} />
          <Failures ws={ws} from={from} />
        </div>
        <div className="flex min-w-0 flex-col gap-6">
          <RecentExperiments ws={ws} />
          <StorageState ws={ws} />
        </div>
      </div>
    </div>
  )
}

function FirstRun({ ws }: { ws: string }) {
  const place = ws === "default" ? "" : `, workspace="${ws}"`
  return (
    <EmptyState
      title="Nothing has run here yet"
      command={`import modelwright as mw\n\nrun = mw.init(experiment="first", url="${location.origin}"${place}, config={"lr": 0.01})\nfor step in range(100):\n    run.log({"loss": 1 / (1 + step)})\nrun.finish()`}
    >
      Paste this into Python. The run appears here while it goes on; programs that log to MLflow need only its tracking URI set to this address.
    </EmptyState>
  )
}
