import { useQueryClient } from "@tanstack/react-query"
import { useSearch } from "@tanstack/react-router"
import { useState, type FormEvent } from "react"
import { call } from "~/api/client"
import { errorText } from "~/api/errors"
import { useGo } from "~/link"
import { paths } from "~/paths"
import { Button } from "~/ui/Button"
import { Field, Input } from "~/ui/Input"
import { Mark } from "./Mark"

/** Name and password for a session cookie; then back to where the visitor wanted to go. */
export function LoginPage() {
  const { to } = useSearch({ from: "/login" })
  const go = useGo()
  const client = useQueryClient()
  const [user, setUser] = useState("")
  const [password, setPassword] = useState("")
  const [failed, setFailed] = useState<string>()
  const [busy, setBusy] = useState(false)

  const submit = async (event: FormEvent) => {
    event.preventDefault()
    setBusy(true)
    setFailed(undefined)
    try {
      await call("access_login", {}, { user, password })
      client.clear()
      go(to ?? paths.root(), undefined, { replace: true })
    } catch (error) {
      setFailed(errorText(error))
      setBusy(false)
    }
  }

  return (
    <main className="flex h-full flex-col items-center overflow-auto px-4 pt-[18vh]">
      <form onSubmit={(event) => void submit(event)} aria-label="Log in" className="flex w-full max-w-[320px] flex-col gap-2">
        <div className="mb-3 flex items-center gap-2.5"><Mark size={24} /><h1 className="m-0 text-page font-semibold tracking-tight">Modelwright</h1></div>
        <Field label="Name">{(ids) => <Input {...ids} name="username" autoComplete="username" autoFocus required value={user} onChange={(event) => setUser(event.target.value)} className="h-8" />}</Field>
        <Field label="Password" error={failed}>{(ids) => <Input {...ids} type="password" name="password" autoComplete="current-password" required value={password} onChange={(event) => setPassword(event.target.value)} className="h-8" />}</Field>
        <Button type="submit" kind="primary" className="mt-1 h-8" disabled={busy}>{busy ? "Logging in…" : "Log in"}</Button>
        <p className="mt-4 text-dense text-text-3">No account yet? An administrator adds one in Settings, or with <code>mw users add</code> on the server.</p>
      </form>
    </main>
  )
}
