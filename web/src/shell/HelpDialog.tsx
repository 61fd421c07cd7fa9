import { Dialog } from "~/ui/Dialog"
import { Kbd } from "~/ui/Kbd"
import { keyText, useShortcuts, type Shortcut } from "~/ui/keys"

/** All shortcuts that work on the page that is open. */
export function HelpDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const all = useShortcuts((state) => state.all)
  const groups = new Map<string, Shortcut[]>()
  for (const item of all) {
    const group = item.group ?? "This page"
    groups.set(group, [...(groups.get(group) ?? []), item])
  }
  // The page's own shortcuts first: they are declared last.
  const ordered = [...groups].reverse()
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard" wide>
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        {ordered.map(([group, items]) => (
          <section key={group}>
            <h3 className="m-0 mb-1 text-dense font-medium text-text-3">{group}</h3>
            <dl className="m-0">
              {items.map((item) => (
                <div key={item.keys} className="flex h-7 items-center justify-between gap-4 border-b">
                  <dt>{item.label}</dt>
                  <dd className="m-0"><Kbd>{keyText(item.keys)}</Kbd></dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
