// A page of a run. The frame has no rights: no scripts, no forms, no place of its own, no other host (the policy of the
// page that holds it applies inside too).

const POLICY = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:">`

export function HtmlView({ text, title, className = "h-full min-h-64" }: { text: string; title: string; className?: string }) {
  return (
    <div className="flex h-full min-h-0 flex-col">
      <p className="m-0 shrink-0 px-3 pb-1 text-dense text-text-3 sm:px-4">Shown without its scripts. Download it to see all of it.</p>
      <iframe sandbox="" referrerPolicy="no-referrer" srcDoc={POLICY + text} title={title} className={`w-full border-0 border-t bg-[white] ${className}`} />
    </div>
  )
}
