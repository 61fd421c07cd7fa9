/**
 * Painting, shared by all charts of the page: coalesced on animation frames, at most some milliseconds of a frame, and
 * only where a chart is in view.
 */

/** Does a part of its work; true when nothing is left. */
export type Paint = (deadline: number) => boolean

const queue = new Map<object, Paint>()
const BUDGET = 11
let asked = false

/** Paint in the next frame; a second request of the same owner replaces the first. */
export function schedule(owner: object, paint: Paint): void {
  queue.delete(owner)
  queue.set(owner, paint)
  ask()
}

export function cancel(owner: object): void {
  queue.delete(owner)
  later.delete(owner)
}

const later = new Map<object, Paint>()
const REST = 80 // ms without another call
const LONGEST = 600
let timer: ReturnType<typeof setTimeout> | undefined
let since = 0

/** As `schedule`, once calls come to rest: what need not follow each move of the pointer. */
export function settle(owner: object, paint: Paint): void {
  if (!later.size) since = performance.now()
  later.set(owner, paint)
  if (performance.now() - since > LONGEST) return
  clearTimeout(timer)
  timer = setTimeout(() => {
    for (const [each, work] of later) schedule(each, work)
    later.clear()
  }, REST)
}

/** True while something waits to be painted. */
export function busy(): boolean {
  return queue.size > 0
}

function ask(): void {
  if (asked) return
  asked = true
  requestAnimationFrame(turn)
}

function turn(): void {
  asked = false
  const deadline = performance.now() + BUDGET
  for (const [owner, paint] of queue) {
    let done = true
    try {
      done = paint(deadline)
    } catch (error) {
      reportError(error) // a chart that cannot be painted must not keep the others waiting
    }
    if (done && queue.get(owner) === paint) queue.delete(owner)
    if (performance.now() >= deadline) break
  }
  if (queue.size) ask()
}

const seen = new WeakMap<Element, (visible: boolean) => void>()
let observer: IntersectionObserver | null = null

/** Be told when the element comes near the view and when it leaves; answers how to stop. */
export function onView(element: Element, tell: (visible: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const entry of entries) seen.get(entry.target)?.(entry.isIntersecting)
    },
    { rootMargin: "160px" },
  )
  seen.set(element, tell)
  observer.observe(element)
  return () => {
    seen.delete(element)
    observer?.unobserve(element)
  }
}

const sizes = new WeakMap<Element, (width: number, height: number) => void>()
let sizing: ResizeObserver | null = null

/** Be told the size of the element, now and whenever it changes; answers how to stop. */
export function onSize(element: Element, tell: (width: number, height: number) => void): () => void {
  sizing ??= new ResizeObserver((entries) => {
    for (const entry of entries) sizes.get(entry.target)?.(entry.contentRect.width, entry.contentRect.height)
  })
  sizes.set(element, tell)
  sizing.observe(element)
  return () => {
    sizes.delete(element)
    sizing?.unobserve(element)
  }
}
