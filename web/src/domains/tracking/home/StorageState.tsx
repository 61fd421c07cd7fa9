import { useQuery } from "@tanstack/react-query"
import * as queries from "~/api/queries"
import { Link } from "~/link"
import { paths } from "~/paths"
import { buttonClass } from "~/ui/Button"
import { duration } from "~/ui/format"
import { Facts, Section } from "~/ui/Section"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"

/** Whether what is logged is safely kept. */
export function StorageState({ ws }: { ws: string }) {
  const { data } = useQuery(queries.server())
  const state = (text: string) => (text === "ok" ? <Status state="ok" /> : <Status state="trouble" word={text} />)
  return (
    <Section title="Server" actions={<Link to={paths.settings(ws, "server")} className={buttonClass("quiet")}>Details</Link>}>
      {data === undefined ? <SkeletonRows rows={3} /> : (
        <Facts
          items={[
            { name: `Database (${data.database === "sqlite" ? "SQLite" : data.database === "postgresql" ? "PostgreSQL" : data.database})`, value: state(data.database_state) },
            { name: "Artifacts", value: state(data.blob_state) },
            { name: "Version", value: <span className="font-mono text-dense">{data.version}</span> },
            { name: "Up for", value: duration(data.uptime_s * 1000) },
          ]}
        />
      )}
    </Section>
  )
}
