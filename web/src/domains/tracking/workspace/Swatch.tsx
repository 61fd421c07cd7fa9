import { useState } from "react"
import { colorOf, hueOf, hues, type Look } from "~/charts/palette"
import { usePreferences } from "~/ui/preferences"
import { cn } from "~/ui/cn"
import { Input } from "~/ui/Input"
import { Popover } from "~/ui/Popover"
import { Button } from "~/ui/Button"

export function useColour(look: Look | undefined, key: string): string {
  const theme = usePreferences((state) => (state.dark ? "dark" as const : "light" as const))
  return look ? colorOf(look, theme) : (hues(theme)[hueOf(key)] ?? "currentColor")
}

/** How the line of a run looks, in small: its colour and its dash. */
export function Mark({ colour, look, hollow }: { colour: string; look: Look | undefined; hollow?: boolean }) {
  const dash = look?.dash.length ? look.dash.join(" ") : undefined
  return (
    <svg width="14" height="14" viewBox="0 0 14 14" aria-hidden className={cn(hollow && "opacity-35")}>
      {dash ? <><circle cx="7" cy="7" r="5" fill="none" stroke={colour} strokeWidth="2" strokeDasharray="3 2" /><circle cx="7" cy="7" r="2" fill={colour} /></>
        : hollow ? <circle cx="7" cy="7" r="4.5" fill="none" stroke={colour} strokeWidth="2" /> : <circle cx="7" cy="7" r="5" fill={colour} />}
    </svg>
  )
}

/** The colour of a run, and the choice of another one. */
export function Swatch({ id, name, look, hollow, onPick }: { id: string; name: string; look: Look | undefined; hollow: boolean; onPick: ((colour: string | null) => void) | null }) {
  const [open, setOpen] = useState(false)
  const colour = useColour(look, id)
  const button = (
    <button type="button" tabIndex={-1} aria-label={`Colour of ${name}`} className="inline-flex size-5 shrink-0 cursor-default items-center justify-center rounded-control hover:bg-border" onClick={() => setOpen(true)}>
      <Mark colour={colour} look={look} hollow={hollow} />
    </button>
  )
  if (!open || !onPick) return onPick ? button : <span className="inline-flex size-5 shrink-0 items-center justify-center"><Mark colour={colour} look={look} hollow={hollow} /></span>
  return (
    <Popover open onOpenChange={setOpen} trigger={button} label="Colour">
      <Colours colour={colour} onPick={(next) => { setOpen(false); onPick(next) }} />
    </Popover>
  )
}

function Colours({ colour, onPick }: { colour: string; onPick: (colour: string | null) => void }) {
  const theme = usePreferences((state) => (state.dark ? "dark" as const : "light" as const))
  const [text, setText] = useState("")
  const whole = /^#?[0-9a-f]{6}$/i.test(text.trim())
  return (
    <div className="flex w-48 flex-col gap-2">
      <div className="grid grid-cols-6 gap-1" role="group" aria-label="Colours">
        {hues(theme).map((each, at) => (
          <button key={each} type="button" aria-label={`Colour ${at + 1}`} onClick={() => onPick(String(at))} className={cn("size-7 rounded-control border-2", each === colour ? "border-text" : "border-transparent")} style={{ background: each }} />
        ))}
      </div>
      <form className="flex gap-1" onSubmit={(event) => { event.preventDefault(); if (whole) onPick(`#${text.trim().replace("#", "").toLowerCase()}`) }}>
        <Input aria-label="Colour in hexadecimal" placeholder="#3b82f6" value={text} onChange={(event) => setText(event.target.value)} className="font-mono text-dense" />
        <Button type="submit" disabled={!whole}>Set</Button>
      </form>
      <Button kind="quiet" small onClick={() => onPick(null)}>Back to its own colour</Button>
    </div>
  )
}
