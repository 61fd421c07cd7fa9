// A new run that goes on from a step of this one.
import { useState } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import type { Run } from "~/api/types_gen"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { Command } from "~/ui/CopyButton"
import { Dialog } from "~/ui/Dialog"
import { Field, Input } from "~/ui/Input"
import { toast } from "~/ui/toast"

export function ForkDialog({ ws, run, onClose }: { ws: string; run: Run; onClose: () => void }) {
  const go = useGo()
  const last = Math.max(-1, ...Object.values(run.metrics).map((metric) => metric.step))
  const [step, setStep] = useState(last >= 0 ? String(last) : "")
  const [name, setName] = useState(`${run.name} fork`.slice(0, 500))
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<string>()
  const wrong = step !== "" && !/^-?\d{1,15}$/.test(step) ? "A whole number" : undefined
  const fork = async (): Promise<void> => {
    setBusy(true)
    try {
      const made = await call("runs_fork", { run_id: run.id }, { name: name.trim(), step: step === "" ? null : Number(step) }, { ws })
      onClose()
      go(paths.run(ws, made.id), undefined)
      toast("Forked")
    } catch (failure) {
      setError(errorText(failure))
      setBusy(false)
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => { if (!open) onClose() }}
      title="Fork this run"
      description="A new run with the params, files and points of this one up to a step. It waits for a client that goes on with it."
      actions={(
        <>
          <Button kind="quiet" onClick={onClose}>Cancel</Button>
          <Button kind="primary" disabled={busy || wrong !== undefined} onClick={() => void fork()}>{busy ? "Forking…" : "Fork"}</Button>
        </>
      )}
    >
      <form className="flex flex-col gap-3" onSubmit={(event) => { event.preventDefault(); if (!wrong) void fork() }}>
        <Field label="Up to and including step" hint={last >= 0 ? `The last step is ${last}. Empty for all points.` : "This run has no points."} error={wrong ?? error}>
          {(ids) => <Input {...ids} inputMode="numeric" value={step} onChange={(event) => setStep(event.target.value.trim())} />}
        </Field>
        <Field label="Name">{(ids) => <Input {...ids} dir="auto" maxLength={500} value={name} onChange={(event) => setName(event.target.value)} />}</Field>
        <div className="flex flex-col gap-1">
          <span className="text-dense text-text-3">The same from Python, logging on from there:</span>
          <Command text={`run = mw.init(fork_from="${run.id}${step === "" ? "" : `@${step}`}")`} />
        </div>
      </form>
    </Dialog>
  )
}
