import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useId, useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { Role, User } from "~/api/types_gen"
import { Button } from "~/ui/Button"
import { Dialog } from "~/ui/Dialog"
import { Field, Input } from "~/ui/Input"
import { Segmented } from "~/ui/Tabs"
import { Switch } from "~/ui/Switch"
import { toast } from "~/ui/toast"

export function AddUserDialog({ ws, onClose }: { ws: string; onClose: () => void }) {
  const [name, setName] = useState("")
  const [password, setPassword] = useState("")
  const [role, setRole] = useState<Role>("contributor")
  const [admin, setAdmin] = useState(false)
  const [service, setService] = useState(false)
  const client = useQueryClient()
  const form = useId()
  const add = useMutation({
    mutationFn: () => call("access_create_user", {}, { name, password: service ? null : password || null, server_admin: admin && !service, service, roles: { [ws]: role } }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["users"] }); toast(`Added ${name}`); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Add user"
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" form={form} disabled={add.isPending || name.trim() === ""}>Add user</Button></>}
    >
      <form id={form} className="flex flex-col gap-2" onSubmit={(event) => { event.preventDefault(); add.mutate() }}>
        <Field label="Name">{(ids) => <Input {...ids} autoFocus value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <Field label="Password" hint="At least 12 characters. Without one, only API tokens or a login provider log in." error={add.error ? errorText(add.error) : undefined}>
          {(ids) => <Input {...ids} type="password" autoComplete="new-password" disabled={service} value={password} onChange={(event) => setPassword(event.target.value)} />}
        </Field>
        <div className="flex flex-col gap-1">
          <span className="text-dense font-medium text-text-2">Role in {ws}</span>
          <span><Segmented<Role> label={`Role in ${ws}`} value={role} onChange={setRole} options={[{ value: "viewer", label: "Viewer" }, { value: "contributor", label: "Contributor" }, { value: "approver", label: "Approver" }, { value: "auditor", label: "Auditor" }, { value: "admin", label: "Admin" }]} /></span>
        </div>
        <div className="flex flex-col gap-1 pt-2">
          <Switch label="Service account: a program, with API tokens alone" checked={service} onChange={setService} />
          <Switch label="Administrator of the whole server" checked={admin && !service} disabled={service} onChange={setAdmin} />
        </div>
      </form>
    </Dialog>
  )
}

export function RemoveUserDialog({ user, onClose }: { user: User; onClose: () => void }) {
  const client = useQueryClient()
  const remove = useMutation({
    mutationFn: () => call("access_delete_user", { name: user.name }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: ["users"] }); toast(`Removed ${user.name}`); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title={`Remove ${user.name}?`}
      description="Their tokens stop working at once. Runs they made stay, with their name on them. To keep the account, switch off “May log in” instead."
      actions={<><Button onClick={onClose}>Keep</Button><Button kind="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>Remove user</Button></>}
    >
      {remove.error ? <p role="alert" className="m-0 text-bad">{errorText(remove.error)}</p> : null}
    </Dialog>
  )
}
