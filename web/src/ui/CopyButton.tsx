import { Check, Copy } from "lucide-react"
import { useEffect, useState } from "react"
import { IconButton } from "./IconButton"
import { copyText } from "./clipboard"

export function CopyButton({ text, label = "Copy", small = true }: { text: string; label?: string; small?: boolean }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <IconButton small={small} label={copied ? "Copied" : label} onClick={() => { void copyText(text).then(() => setCopied(true)) }}>
      {copied ? <Check size={14} className="text-ok" /> : <Copy size={14} />}
    </IconButton>
  )
}

/** One command, ready to copy. */
export function Command({ text }: { text: string }) {
  return (
    <div className="flex max-w-full items-start gap-1 rounded-panel border bg-bg py-1 pr-1 pl-3 text-left">
      <pre tabIndex={0} className="m-0 min-w-0 flex-1 overflow-x-auto py-1 leading-4">{text}</pre>
      <CopyButton text={text} />
    </div>
  )
}
