import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Plus } from "lucide-react"
import { useId, useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { NewToken, Token, TokenScope } from "~/api/types_gen"
import { curl, useCopyAs } from "~/copyable"
import { Button } from "~/ui/Button"
import { Command } from "~/ui/CopyButton"
import { Dialog } from "~/ui/Dialog"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { Field, Input } from "~/ui/Input"
import { PageHead } from "~/ui/Section"
import { Select } from "~/ui/Select"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { Switch } from "~/ui/Switch"
import { Table, Td, Th, Tr } from "~/ui/Table"
import { Ago, At } from "~/ui/Time"
import { toast } from "~/ui/toast"

/** The caller's own tokens; an administrator also makes them for others. */
export function TokensTab({ ws }: { ws: string }) {
  const found = useQuery(queries.tokens())
  const [creating, setCreating] = useState(false)
  useCopyAs({ curl: curl("/api/v1/tokens", { ws, login: true }) })
  const items = found.data?.items
  return (
    <>
      <PageHead title="API tokens" note="For scripts and training machines">
        <Button kind="primary" icon={<Plus size={14} />} onClick={() => setCreating(true)}>New token</Button>
      </PageHead>
      <div className="flex-1 overflow-x-auto border-t">
        {found.error ? <Trouble text={errorText(found.error)} /> : items === undefined ? <SkeletonRows rows={4} /> : items.length === 0 ? (
          <EmptyState title="No tokens yet" command={`export MODELWRIGHT_URL=${location.origin}\nexport MODELWRIGHT_TOKEN=mw_…`}>A token lets a script log in as you. Its secret is shown once, when it is made.</EmptyState>
        ) : (
          <Table label="API tokens" className="min-w-[640px] table-fixed">
            <thead><tr><Th className="pl-4 md:pl-6">Label</Th><Th className="w-36">User</Th><Th className="w-36">May</Th><Th className="w-32">Created</Th><Th className="w-32">Last used</Th><Th className="w-48">Expires</Th><Th className="w-28"><span className="sr-only">Actions</span></Th></tr></thead>
            <tbody>{items.map((token) => <Row key={token.id} token={token} />)}</tbody>
          </Table>
        )}
      </div>
      {creating ? <NewTokenDialog ws={ws} onClose={() => setCreating(false)} /> : null}
    </>
  )
}

function Row({ token }: { token: Token }) {
  const client = useQueryClient()
  const revoke = useMutation({
    mutationFn: () => call("access_revoke_token", { token_id: token.id }),
    onSuccess: () => { toast(`Revoked ${token.label || token.id}`) },
    onError: (error) => toast(errorText(error), { bad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ["tokens"] }),
  })
  return (
    <Tr>
      <Td className="pl-4 md:pl-6"><span className="font-medium">{token.label || "No label"}</span> <span className="font-mono text-dense text-text-3">mw_{token.id}_…</span></Td>
      <Td className="text-text-2">{token.user}</Td>
      <Td className="text-text-2" title={[token.workspace, ...token.patterns].join(" ")}>{token.scopes ? token.scopes.join(", ") : "everything"}{token.workspace ? ` in ${token.workspace}` : ""}</Td>
      <Td className="text-text-2"><Ago at={token.created_ms} /></Td>
      <Td className="text-text-2">{token.last_used_ms ? <Ago at={token.last_used_ms} /> : "never"}</Td>
      <Td className="text-text-2">{token.expires_ms ? <At at={token.expires_ms} /> : "never"}</Td>
      <Td className="pr-4 text-right">{token.revoked ? <Status state="disabled" word="Revoked" /> : <Button small disabled={revoke.isPending} onClick={() => revoke.mutate()}>Revoke</Button>}</Td>
    </Tr>
  )
}

const SCOPES: { value: TokenScope | "all"; label: string }[] = [
  { value: "all", label: "everything you may" }, { value: "read", label: "read" }, { value: "write", label: "read and write" },
  { value: "approve", label: "read and approve" }, { value: "admin", label: "administer" },
]

function NewTokenDialog({ ws, onClose }: { ws: string; onClose: () => void }) {
  const me = useQuery(queries.me())
  const users = useQuery({ ...queries.users(), enabled: me.data?.server_admin === true })
  const names = (users.data?.items ?? []).map((user) => user.name)
  const own = me.data && names.includes(me.data.name) ? me.data.name : (names[0] ?? "")
  const [label, setLabel] = useState("")
  const [days, setDays] = useState("90")
  const [user, setUser] = useState<string>()
  const [scope, setScope] = useState<TokenScope | "all">("all")
  const [bound, setBound] = useState(false)
  const [made, setMade] = useState<NewToken>()
  const client = useQueryClient()
  const form = useId()
  const create = useMutation({
    mutationFn: () => call("access_create_token", user ?? own ? { user: user ?? own } : {}, { label, days: Number(days), scopes: scope === "all" ? null : [scope], workspace: bound ? ws : "" }),
    onSuccess: async (token) => { setMade(token); await client.invalidateQueries({ queryKey: ["tokens"] }) },
  })
  if (made) {
    return (
      <Dialog open onOpenChange={(open) => { if (!open) onClose() }} title="Copy it now" description="This is the only time that the secret is shown." actions={<Button kind="primary" onClick={onClose}>Done</Button>}>
        <Command text={made.secret} />
      </Dialog>
    )
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="New token"
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" form={form} disabled={create.isPending}>Create</Button></>}
    >
      <form id={form} className="flex flex-col gap-2" onSubmit={(event) => { event.preventDefault(); create.mutate() }}>
        <Field label="Label" hint="What it is for: the machine, or the job." error={create.error ? errorText(create.error) : undefined}>{(ids) => <Input {...ids} autoFocus value={label} onChange={(event) => setLabel(event.target.value)} />}</Field>
        <div className="flex flex-wrap gap-2">
          <Select<TokenScope | "all"> label="May" prefix="May" value={scope} onChange={setScope} options={SCOPES} />
          <Select label="Valid for" prefix="Valid for" value={days} onChange={setDays} options={[{ value: "7", label: "7 days" }, { value: "30", label: "30 days" }, { value: "90", label: "90 days" }, { value: "365", label: "a year" }]} />
          {names.length > 0 ? <Select label="User" prefix="User" value={user ?? own} onChange={setUser} options={names.map((name) => ({ value: name, label: name }))} /> : null}
        </div>
        <Switch label={`Only in workspace ${ws}`} checked={bound} onChange={setBound} />
      </form>
    </Dialog>
  )
}
