import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Plus, Trash2 } from "lucide-react"
import { useId, useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Grant, Role } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { Dialog } from "~/ui/Dialog"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { IconButton } from "~/ui/IconButton"
import { Field, Input } from "~/ui/Input"
import { PageHead } from "~/ui/Section"
import { Select } from "~/ui/Select"
import { SkeletonRows } from "~/ui/Skeleton"
import { Table, Td, Th, Tr } from "~/ui/Table"
import { toast } from "~/ui/toast"
import { grants, groups } from "./grantQueries"
import { ROLES } from "./roles"

/** Roles on single models, datasets and prompts of the workspace. */
export function GrantsSection({ ws }: { ws: string }) {
  const found = useQuery(grants(ws))
  const [adding, setAdding] = useState(false)
  const items = found.data?.items.filter((grant) => grant.pattern !== "*")
  return (
    <section aria-label="Grants" className="border-t">
      <PageHead title="Grants" note="Roles on single models, datasets and prompts; the most specific one counts">
        <Button icon={<Plus size={14} />} onClick={() => setAdding(true)}>Add grant</Button>
      </PageHead>
      <div className="overflow-x-auto border-t">
        {found.error ? <Trouble text={errorText(found.error)} /> : items === undefined ? <SkeletonRows rows={2} /> : items.length === 0 ? (
          <EmptyState title="No grants" command="mw grants add 'models/fraud-*' none --user grace">Roles in the workspace decide alone. The role “none” hides a resource from its holder.</EmptyState>
        ) : (
          <Table label="Grants" className="min-w-[640px] table-fixed">
            <thead><tr><Th className="pl-4 md:pl-6">Resources</Th><Th className="w-56">For</Th><Th className="w-36">Role</Th><Th className="w-16"><span className="sr-only">Actions</span></Th></tr></thead>
            <tbody>{items.map((grant) => <Row key={grant.id} ws={ws} grant={grant} />)}</tbody>
          </Table>
        )}
      </div>
      {adding ? <AddGrantDialog ws={ws} onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

function Row({ ws, grant }: { ws: string; grant: Grant }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => call("access_delete_grant", { grant_id: grant.id }, undefined, { ws }),
    onError: (error) => toast(errorText(error), { bad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ["grants", ws] }),
  })
  return (
    <Tr>
      <Td className="pl-4 font-mono text-dense md:pl-6">{grant.pattern}</Td>
      <Td>{grant.user ?? `group ${grant.group ?? ""}`}</Td>
      <Td className="text-text-2">{ROLES.find((role) => role.value === grant.role)?.label ?? grant.role}</Td>
      <Td className="text-right"><IconButton label={`Take back ${grant.pattern}`} small disabled={remove.isPending} onClick={() => remove.mutate()}><Trash2 size={14} /></IconButton></Td>
    </Tr>
  )
}

function AddGrantDialog({ ws, onClose }: { ws: string; onClose: () => void }) {
  const users = useQuery(queries.users())
  const teams = useQuery(groups(ws))
  const holders = [
    ...(users.data?.items ?? []).map((user) => ({ value: `user ${user.name}`, label: user.name })),
    ...(teams.data?.items ?? []).map((group) => ({ value: `group ${group.name}`, label: `Group ${group.name}` })),
  ]
  const [pattern, setPattern] = useState("models/")
  const [role, setRole] = useState<Role>("viewer")
  const [chosen, setHolder] = useState<string>()
  const holder = chosen ?? holders[0]?.value ?? ""
  const client = useQueryClient()
  const form = useId()
  const add = useMutation({
    mutationFn: () => {
      const name = holder.slice(holder.indexOf(" ") + 1)
      const person = holder.startsWith("user ")
      return call("access_create_grant", {}, { pattern: pattern.trim(), role, user: person ? name : null, group: person ? null : name }, { ws })
    },
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["grants", ws] }); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Add grant"
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" form={form} disabled={add.isPending || holder === ""}>Add grant</Button></>}
    >
      <form id={form} className="flex flex-col gap-2" onSubmit={(event) => { event.preventDefault(); add.mutate() }}>
        <Field label="Resources" hint="models/fraud, models/fraud-*, datasets/*, prompts/…" error={add.error ? errorText(add.error) : undefined}>{(ids) => <Input {...ids} autoFocus value={pattern} onChange={(event) => setPattern(event.target.value)} />}</Field>
        <div className="flex gap-2">
          <Select label="For" prefix="For" value={holder} onChange={setHolder} options={holders} />
          <Select<Role> label="Role" prefix="Role" value={role} onChange={setRole} options={ROLES.map((item) => (item.value === "none" ? { value: item.value, label: "None: hidden" } : item))} />
        </div>
      </form>
    </Dialog>
  )
}
