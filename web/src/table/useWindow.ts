import { useEffect, useState, type RefObject } from "react"

export interface Window {
  /** The first and the last entry that may be seen, some more on either side. */
  first: number
  last: number
  left: number
  width: number
  height: number
}

const MORE = 8

/** What of a long list the scrolled element shows. Changes in steps, so that most scroll events cost nothing. */
export function useWindow(scroll: RefObject<HTMLElement | null>, rowHeight: number, head: number): Window {
  const [shown, setShown] = useState<Window>({ first: 0, last: 40, left: 0, width: 1280, height: 720 })
  useEffect(() => {
    const element = scroll.current
    if (!element) return
    let asked = 0
    const read = () => {
      asked = 0
      const first = Math.max(0, Math.floor((Math.floor(element.scrollTop / rowHeight) - MORE) / 4) * 4)
      const last = Math.ceil((element.scrollTop + element.clientHeight - head) / rowHeight / 4) * 4 + MORE
      const left = Math.floor(element.scrollLeft / 40) * 40
      const next = { first, last, left, width: element.clientWidth + 40, height: element.clientHeight }
      setShown((old) => (old.first === first && old.last === last && old.left === left && old.width === next.width && old.height === next.height ? old : next))
    }
    const ask = () => { asked ||= requestAnimationFrame(read) }
    const sizes = new ResizeObserver(ask)
    sizes.observe(element)
    element.addEventListener("scroll", ask, { passive: true })
    read()
    return () => {
      cancelAnimationFrame(asked)
      sizes.disconnect()
      element.removeEventListener("scroll", ask)
    }
  }, [scroll, rowHeight, head])
  return shown
}
