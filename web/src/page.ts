// What a page is called: the title of the tab and the breadcrumbs.
import { useEffect } from "react"
import { create } from "zustand"

export interface Crumb { label: string; to?: string }

export const useCrumbs = create<{ crumbs: Crumb[] }>(() => ({ crumbs: [] }))

/** Name the page. The last crumb is the page itself. */
export function usePage(crumbs: Crumb[]): void {
  const key = JSON.stringify(crumbs)
  useEffect(() => {
    useCrumbs.setState({ crumbs: JSON.parse(key) as Crumb[] })
    const names = (JSON.parse(key) as Crumb[]).map((crumb) => crumb.label).reverse()
    document.title = [...names, "Modelwright"].join(" · ")
  }, [key])
}
