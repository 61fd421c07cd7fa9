import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Plus, Trash2 } from "lucide-react"
import { useId, useState } from "react"
import { call, type Body } from "~/api/client"
import { errorText } from "~/api/errors"
import type { Group, Role } from "~/api/types_gen"
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
import { groups } from "./grantQueries"
import { ROLES } from "./roles"

/** Groups of users, with their role in the workspace. Only an administrator of the server changes them. */
export function GroupsSection({ ws, mayChange }: { ws: string; mayChange: boolean }) {
  const found = useQuery(groups(ws))
  const [adding, setAdding] = useState(false)
  const items = found.data?.items
  return (
    <section aria-label="Groups" className="border-t">
      <PageHead title="Groups" note="Users that hold roles and grants together">
        <Button icon={<Plus size={14} />} why={mayChange ? undefined : "Only an administrator of the server adds groups"} onClick={() => setAdding(true)}>Add group</Button>
      </PageHead>
      <div className="overflow-x-auto border-t">
        {found.error ? <Trouble text={errorText(found.error)} /> : items === undefined ? <SkeletonRows rows={2} /> : items.length === 0 ? (
          <EmptyState title="No groups" command="mw groups add risk --member ada --role contributor">A group gives its members a role, here or on single models.</EmptyState>
        ) : (
          <Table label="Groups" className="min-w-[640px] table-fixed">
            <thead><tr><Th className="pl-4 md:pl-6">Name</Th><Th className="w-40">Role here</Th><Th>Members</Th><Th className="w-16"><span className="sr-only">Actions</span></Th></tr></thead>
            <tbody>{items.map((group) => <Row key={group.id} ws={ws} group={group} mayChange={mayChange} />)}</tbody>
          </Table>
        )}
      </div>
      {adding ? <AddGroupDialog ws={ws} onClose={() => setAdding(false)} /> : null}
    </section>
  )
}

function Row({ ws, group, mayChange }: { ws: string; group: Group; mayChange: boolean }) {
  const client = useQueryClient()
  const options = {
    onError: (error: Error) => toast(errorText(error), { bad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ["groups", ws] }),
  }
  const change = useMutation({ mutationFn: (body: Body<"access_update_group">) => call("access_update_group", { name: group.name }, body), ...options })
  const remove = useMutation({ mutationFn: () => call("access_delete_group", { name: group.name }), ...options })
  const setRole = (role: Role) => {
    const { [ws]: _, ...others } = group.roles
    change.mutate({ roles: role === "none" ? others : { ...others, [ws]: role } })
  }
  return (
    <Tr>
      <Td className="pl-4 font-medium md:pl-6">{group.name}</Td>
      <Td>{mayChange ? <Select<Role> label={`Role of ${group.name}`} value={group.roles[ws] ?? "none"} onChange={setRole} options={ROLES} className="w-28" /> : group.roles[ws] ?? "none"}</Td>
      <Td className="text-text-2">{group.members.join(", ")}</Td>
      <Td className="text-right"><IconButton label={`Remove ${group.name}`} small disabled={!mayChange || remove.isPending} onClick={() => remove.mutate()}><Trash2 size={14} /></IconButton></Td>
    </Tr>
  )
}

function AddGroupDialog({ ws, onClose }: { ws: string; onClose: () => void }) {
  const [name, setName] = useState("")
  const [members, setMembers] = useState("")
  const client = useQueryClient()
  const form = useId()
  const add = useMutation({
    mutationFn: () => call("access_create_group", {}, { name: name.trim(), members: members.split(",").map((user) => user.trim()).filter((user) => user !== "") }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["groups", ws] }); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Add group"
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" form={form} disabled={add.isPending || name.trim() === ""}>Add group</Button></>}
    >
      <form id={form} className="flex flex-col gap-2" onSubmit={(event) => { event.preventDefault(); add.mutate() }}>
        <Field label="Name" error={add.error ? errorText(add.error) : undefined}>{(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label="Members" hint="Names of users, with commas between.">{(ids) => <Input {...ids} value={members} onChange={(event) => setMembers(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}
