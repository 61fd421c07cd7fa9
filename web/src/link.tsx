// Links of pages. `to` is a text of paths.ts; `search` are params, as values.
import { useNavigate, useRouter, type AnyRouter } from "@tanstack/react-router"
import type { ComponentProps, MouseEvent, ReactNode } from "react"
import { stringifySearch } from "./search"

export type SearchValues = Record<string, unknown>

export interface LinkProps extends Omit<ComponentProps<"a">, "href"> {
  to: string
  search?: SearchValues
  replace?: boolean
  children?: ReactNode
}

/** A real link that moves within the page; its code and data are fetched when the pointer rests on it. */
export function Link({ to, search, replace, onClick, onPointerEnter, ...rest }: LinkProps) {
  const router = useRouter()
  const href = to + (search ? stringifySearch(search) : "")
  const click = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey || rest.target) return
    event.preventDefault()
    go(router, href, replace === true)
  }
  return <a {...rest} href={href} onClick={click} onPointerEnter={(event) => { onPointerEnter?.(event); preload(router, href) }} />
}

function go(router: AnyRouter, href: string, replace: boolean): void {
  if (replace) router.history.replace(href)
  else router.history.push(href)
}

function preload(router: AnyRouter, href: string): void {
  const [, , found] = router.getMatchedRoutes(href.split("?")[0] ?? "")
  if (found) void router.loadRouteChunk(found)
}

/** Move to a text of paths.ts. */
export function useGo(): (to: string, search?: SearchValues, options?: { replace?: boolean }) => void {
  const router = useRouter()
  return (to, search, options) => go(router, to + (search ? stringifySearch(search) : ""), options?.replace === true)
}

/** Change params of the page that is open; `undefined` removes one. Replaces the entry of the history unless `push`. */
export function useSetSearch<S extends object>(): (change: Partial<S>, options?: { push?: boolean }) => void {
  const navigate = useNavigate()
  return (change, options) => {
    void navigate({ to: ".", search: ((old: S) => ({ ...old, ...change })) as never, replace: options?.push !== true, resetScroll: false })
  }
}
