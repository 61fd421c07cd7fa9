// The view and the address follow each other: a change here is written there a moment later, a link or a step back is read.
import { useNavigate, useSearch } from "@tanstack/react-router"
import { useEffect, useLayoutEffect, useRef, useState } from "react"
import { call } from "~/api/client"
import { stringifySearch } from "~/search"
import { OURS, readView, writeView, type WorkspaceSearch } from "./state"
import { reset, useWorkspace } from "./store"

const WAIT_MS = 120

const textOf = (search: WorkspaceSearch): string => stringifySearch(Object.fromEntries(OURS.map((name) => [name, search[name]])))

/** True once the view is the one of the address. */
export function useAddress(ws: string, id: string): boolean {
  const search = useSearch({ strict: false }) as WorkspaceSearch
  const navigate = useNavigate()
  const place = `${ws}/${id}`
  const [ready, setReady] = useState("")
  const written = useRef("")
  const text = textOf(search)

  useLayoutEffect(() => {
    if (ready === place && text === written.current) return
    written.current = text
    const alone = Object.keys(search).length === 1 && typeof search["v"] === "string" ? search["v"] : ""
    if (!alone) {
      reset(readView(search))
      setReady(place)
      return
    }
    // A link that names a view alone means what is saved by that name now.
    let gone = false
    call("views_get", { view_id: alone }, undefined, { ws })
      .then((view) => readView({ ...view.state, v: alone }), () => readView(search))
      .then((view) => { if (!gone) { reset(view); setReady(place) } })
      .catch(() => {})
    return () => { gone = true }
    // oxlint-disable-next-line react/exhaustive-deps
  }, [place, text])

  useEffect(() => {
    let timer = 0
    const write = () => {
      const next = writeView(useWorkspace.getState().view)
      const now = textOf(next)
      if (now === written.current) return
      written.current = now
      void navigate({
        to: ".", replace: true, resetScroll: false,
        search: ((old: WorkspaceSearch) => ({ ...Object.fromEntries(Object.entries(old).filter(([name]) => !(OURS as readonly string[]).includes(name))), ...next })) as never,
      })
    }
    const stop = useWorkspace.subscribe((state, before) => {
      if (state.view === before.view) return
      clearTimeout(timer)
      timer = window.setTimeout(write, WAIT_MS)
    })
    return () => { stop(); clearTimeout(timer) }
  }, [navigate])

  return ready === place
}
