import { useMutation, useQueryClient } from "@tanstack/react-query"
import { useId, useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { Experiment } from "~/api/types_gen"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { Dialog } from "~/ui/Dialog"
import { Field, Input, Textarea } from "~/ui/Input"
import { toast } from "~/ui/toast"

interface Props { ws: string; item: Experiment; onClose: () => void }

/** A new experiment, or another name for one. */
export function NameDialog({ ws, item, onClose }: Omit<Props, "item"> & { item?: Experiment }) {
  const [name, setName] = useState(item?.name ?? "")
  const client = useQueryClient()
  const go = useGo()
  const form = useId()
  const save = useMutation({
    mutationFn: () => (item ? call("experiments_update", { experiment_id: item.id }, { name }, { ws }) : call("experiments_create", {}, { name }, { ws })),
    onSuccess: async (made) => {
      await client.invalidateQueries({ queryKey: [ws, "experiments"] })
      onClose()
      if (!item) return go(paths.experiment(ws, made.id))
      const before = item.name
      toast(`Renamed to ${made.name}`, {
        undo: async () => {
          await call("experiments_update", { experiment_id: item.id }, { name: before }, { ws }).catch((error: unknown) => toast(errorText(error), { bad: true }))
          await client.invalidateQueries({ queryKey: [ws, "experiments"] })
        },
      })
    },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title={item ? "Rename experiment" : "New experiment"}
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" type="submit" form={form} disabled={save.isPending || name.trim() === "" || name === item?.name}>{item ? "Rename" : "Create"}</Button></>}
    >
      <form id={form} onSubmit={(event) => { event.preventDefault(); save.mutate() }}>
        <Field label="Name" error={save.error ? errorText(save.error) : undefined}>{(ids) => <Input {...ids} autoFocus value={name} maxLength={500} onChange={(event) => setName(event.target.value)} />}</Field>
      </form>
    </Dialog>
  )
}

/** Tags as lines of `key: value`. */
export function TagsDialog({ ws, item, onClose }: Props) {
  const [text, setText] = useState(Object.entries(item.tags).map(([key, value]) => `${key}: ${value}`).join("\n"))
  const client = useQueryClient()
  const save = useMutation({
    mutationFn: () => {
      const tags: Record<string, string | null> = Object.fromEntries(Object.keys(item.tags).map((key) => [key, null]))
      for (const line of text.split("\n")) {
        const colon = line.indexOf(":")
        if (line.trim() !== "") tags[(colon < 0 ? line : line.slice(0, colon)).trim()] = colon < 0 ? "" : line.slice(colon + 1).trim()
      }
      return call("experiments_update", { experiment_id: item.id }, { tags }, { ws })
    },
    onSuccess: async () => { await client.invalidateQueries({ queryKey: [ws, "experiments"] }); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Tags"
      description={item.name}
      actions={<><Button onClick={onClose}>Cancel</Button><Button kind="primary" disabled={save.isPending} onClick={() => save.mutate()}>Save</Button></>}
    >
      <Field label="One a line, as key: value" error={save.error ? errorText(save.error) : undefined}>{(ids) => <Textarea {...ids} rows={6} className="font-mono text-dense" value={text} onChange={(event) => setText(event.target.value)} />}</Field>
    </Dialog>
  )
}

/** The one thing without a way back asks first, and wants the name. */
export function PurgeDialog({ ws, item, onClose }: Props) {
  const [typed, setTyped] = useState("")
  const client = useQueryClient()
  const purge = useMutation({
    mutationFn: () => call("experiments_purge", { experiment_id: item.id }, undefined, { ws }),
    onSuccess: async () => { await client.invalidateQueries({ queryKey: [ws, "experiments"] }); toast(`${item.name} is gone`); onClose() },
  })
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Delete for good?"
      description="Its runs, their points, logs and artifacts go with it. There is no way back."
      actions={<><Button onClick={onClose}>Keep it</Button><Button kind="danger" {...(typed === item.name ? {} : { why: "Type the name first" })} disabled={purge.isPending || typed !== item.name} onClick={() => purge.mutate()}>Delete for good</Button></>}
    >
      <Field label={`Type ${item.name} to confirm`} error={purge.error ? errorText(purge.error) : undefined}>{(ids) => <Input {...ids} autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />}</Field>
    </Dialog>
  )
}
