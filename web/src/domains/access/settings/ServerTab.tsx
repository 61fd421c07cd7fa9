import { useMutation, useQuery } from "@tanstack/react-query"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import { useConnection } from "~/api/events"
import * as queries from "~/api/queries"
import { curl, pyClient, useCopyAs } from "~/copyable"
import { Button } from "~/ui/Button"
import { Trouble } from "~/ui/EmptyState"
import { bytes, count, duration } from "~/ui/format"
import { Facts, PageHead, Section } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { At } from "~/ui/Time"
import { toast } from "~/ui/toast"

const ENGINES: Record<string, string> = { sqlite: "SQLite", postgresql: "PostgreSQL" }

/** How the server is, with what to do about what is not well. */
export function ServerTab({ ws }: { ws: string }) {
  const found = useQuery(queries.server())
  const me = useQuery(queries.me())
  const connection = useConnection((state) => state.state)
  useCopyAs({ curl: curl("/api/v1/server", { ws }), sdk: `${pyClient(ws)}\nprint(client.server())` })
  const collect = useMutation({
    mutationFn: () => call("server_collect", {}),
    onSuccess: (counts) => toast(`Cleaned up: ${Object.entries(counts).map(([what, many]) => `${count(many)} ${what.replaceAll("_", " ")}`).join(", ") || "nothing to do"}`),
    onError: (error) => toast(errorText(error), { bad: true }),
  })
  if (found.error && !found.data) return <Trouble text={errorText(found.error)} />
  const data = found.data
  if (!data) return <div className="p-6"><SkeletonRows rows={8} /></div>
  const skew = Math.abs(data.time_ms - found.dataUpdatedAt)
  const open = !data.login
  return (
    <>
      <PageHead title="Server" note={<span className="font-mono text-dense">{data.version}</span>}>
        <Button why={me.data?.server_admin === false ? "Only an administrator of the server does this" : undefined} disabled={collect.isPending} onClick={() => collect.mutate()}>Free storage now</Button>
      </PageHead>
      <div className="grid gap-x-10 gap-y-6 border-t px-4 pt-4 pb-10 md:px-6 lg:grid-cols-2">
        <Section title="Health">
          <Facts
            items={[
              { name: `Database, ${ENGINES[data.database] ?? data.database}`, value: <State text={data.database_state} /> },
              { name: "Artifact store", value: <State text={data.blob_state} /> },
              { name: "Live updates", value: connection === "live" ? <Status state="ok" /> : <Status state="trouble" word={connection} /> },
              { name: "Clock, against this browser's", value: skew < 5_000 ? <Status state="ok" /> : <Status state="trouble" word={`${duration(skew)} apart`} /> },
              { name: "Login", value: open ? <Status state="queued" word="Not asked for; only this machine can reach it" /> : <Status state="ok" word="Required" /> },
              { name: "Connection", value: location.protocol === "https:" ? <Status state="ok" word="Encrypted" /> : <Status state={open ? "queued" : "killed"} word={open ? "Plain, on this machine" : "Plain: put TLS in front before others log in"} /> },
            ]}
          />
        </Section>
        <Section title="Facts">
          <Facts
            items={[
              { name: "Up for", value: duration(data.uptime_s * 1000) },
              { name: "Its time", value: <At at={data.time_ms} /> },
              { name: "A run counts as crashed after silence of", value: duration(data.heartbeat_timeout_s * 1000) },
              { name: "Largest request", value: bytes(data.max_body) },
              { name: "Largest artifact", value: data.max_artifact === 0 ? "no limit" : bytes(data.max_artifact) },
              { name: "Address", value: <span className="font-mono text-dense">{location.origin}</span> },
              { name: "MLflow tracking URI", value: <span className="font-mono text-dense">{location.origin}</span> },
              { name: "API description", value: <a className="text-accent hover:underline" href="/api/v1/openapi.json" target="_blank" rel="noreferrer">openapi.json</a> },
            ]}
          />
        </Section>
      </div>
    </>
  )
}

function State({ text }: { text: string }) {
  return text === "ok" ? <Status state="ok" /> : <Status state="trouble" word={text} />
}
