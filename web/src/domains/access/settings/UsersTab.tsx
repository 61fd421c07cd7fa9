import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query"
import { Plus, Trash2 } from "lucide-react"
import { useState } from "react"
import { call, type Body } from "~/api/client"
import { errorText } from "~/api/errors"
import * as queries from "~/api/queries"
import type { Role, User } from "~/api/types_gen"
import { curl, useCopyAs } from "~/copyable"
import { Button } from "~/ui/Button"
import { EmptyState, Trouble } from "~/ui/EmptyState"
import { IconButton } from "~/ui/IconButton"
import { PageHead } from "~/ui/Section"
import { Select } from "~/ui/Select"
import { SkeletonRows } from "~/ui/Skeleton"
import { Status } from "~/ui/Status"
import { Switch } from "~/ui/Switch"
import { Table, Td, Th, Tr } from "~/ui/Table"
import { Ago } from "~/ui/Time"
import { toast } from "~/ui/toast"
import { GrantsSection } from "./GrantsSection"
import { GroupsSection } from "./GroupsSection"
import { ROLES } from "./roles"
import { AddUserDialog, RemoveUserDialog } from "./userDialogs"

export function UsersTab({ ws }: { ws: string }) {
  const found = useQuery(queries.users())
  const me = useQuery(queries.me())
  const [adding, setAdding] = useState(false)
  const [removing, setRemoving] = useState<User>()
  const mayAdd = me.data === undefined || me.data.server_admin
  useCopyAs({ curl: curl("/api/v1/users", { ws, login: true }) })
  const items = found.data?.items
  return (
    <>
      <PageHead title="Users" note={`Roles in workspace ${ws}`}>
        <Button kind="primary" icon={<Plus size={14} />} why={mayAdd ? undefined : "Only an administrator of the server adds users"} onClick={() => setAdding(true)}>Add user</Button>
      </PageHead>
      <div className="overflow-x-auto border-t">
        {found.error ? <Trouble text={errorText(found.error)} /> : items === undefined ? <SkeletonRows rows={5} /> : items.length === 0 ? (
          <EmptyState title="No users yet" command="mw up --auth --host 0.0.0.0">
            Whoever sits at this machine needs none. Add users, then start the server with a login to let others in.
          </EmptyState>
        ) : (
          <Table label="Users" className="min-w-[640px] table-fixed">
            <thead><tr><Th className="pl-4 md:pl-6">Name</Th><Th className="w-40">Role here</Th><Th className="w-44">Whole server</Th><Th className="w-36">Access</Th><Th className="w-32">Added</Th><Th className="w-16"><span className="sr-only">Actions</span></Th></tr></thead>
            <tbody>{items.map((user) => <Row key={user.name} ws={ws} user={user} own={user.name === me.data?.name} onRemove={() => setRemoving(user)} />)}</tbody>
          </Table>
        )}
      </div>
      <GroupsSection ws={ws} mayChange={mayAdd} />
      <GrantsSection ws={ws} />
      {adding ? <AddUserDialog ws={ws} onClose={() => setAdding(false)} /> : null}
      {removing ? <RemoveUserDialog user={removing} onClose={() => setRemoving(undefined)} /> : null}
    </>
  )
}

function Row({ ws, user, own, onRemove }: { ws: string; user: User; own: boolean; onRemove: () => void }) {
  const client = useQueryClient()
  const change = useMutation({
    mutationFn: (body: Body<"access_update_user">) => call("access_update_user", { name: user.name }, body),
    onError: (error) => toast(errorText(error), { bad: true }),
    onSettled: () => client.invalidateQueries({ queryKey: ["users"] }),
  })
  const setRole = (role: Role) => {
    const { [ws]: _, ...others } = user.roles
    change.mutate({ roles: role === "none" ? others : { ...others, [ws]: role } })
  }
  return (
    <Tr>
      <Td className="pl-4 font-medium md:pl-6">{user.name}{own ? <span className="ml-2 font-normal text-text-3">you</span> : null}{user.service ? <span className="ml-2 font-normal text-text-3">service account</span> : null}</Td>
      <Td><Select<Role> label={`Role of ${user.name}`} value={user.roles[ws] ?? "none"} onChange={setRole} options={ROLES} className="w-28" /></Td>
      <Td><Switch label="Administrator" checked={user.server_admin} disabled={own || user.service} onChange={(server_admin) => change.mutate({ server_admin })} /></Td>
      <Td>{user.disabled ? <button type="button" onClick={() => change.mutate({ disabled: false })} className="inline-flex items-center gap-2 hover:text-accent" title="Let in again"><Status state="disabled" /></button>
        : <Switch label="May log in" checked disabled={own} onChange={() => change.mutate({ disabled: true }, { onSuccess: () => toast(`${user.name} may no longer log in`, { undo: () => change.mutateAsync({ disabled: false }) }) })} />}</Td>
      <Td className="text-text-2"><Ago at={user.created_ms} /></Td>
      <Td className="text-right"><IconButton label={`Remove ${user.name}`} small disabled={own} onClick={onRemove}><Trash2 size={14} /></IconButton></Td>
    </Tr>
  )
}
