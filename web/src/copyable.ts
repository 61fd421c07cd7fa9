// What "copy as" offers on the page that is open. Pages say how the same thing is had from Python and with curl.
import { useEffect } from "react"
import { create } from "zustand"

export interface Copyable {
  /** Lines of Python with our SDK. */
  sdk?: string
  /** A curl command. */
  curl?: string
}

export const useCopyable = create<{ now: Copyable }>(() => ({ now: {} }))

/** Offer these while the page is open. */
export function useCopyAs(now: Copyable): void {
  const { sdk = "", curl = "" } = now
  useEffect(() => {
    useCopyable.setState({ now: { ...(sdk ? { sdk } : {}), ...(curl ? { curl } : {}) } })
    return () => useCopyable.setState({ now: {} })
  }, [sdk, curl])
}

const quoted = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`

/** A curl command of this server. The token, when there is a login, is left to the shell's environment. */
export function curl(path: string, options: { ws?: string; method?: string; body?: unknown; login?: boolean } = {}): string {
  const parts = ["curl", "-sS"]
  if (options.method && options.method !== "GET" && !(options.method === "POST" && options.body !== undefined)) parts.push("-X", options.method)
  if (options.login) parts.push("-H", '"Authorization: Bearer $MODELWRIGHT_TOKEN"')
  if (options.ws && options.ws !== "default") parts.push("-H", quoted(`X-Modelwright-Workspace: ${options.ws}`))
  if (options.body !== undefined) parts.push("-H", quoted("Content-Type: application/json"), "-d", quoted(JSON.stringify(options.body)))
  parts.push(quoted(location.origin + path))
  return parts.join(" ")
}

/** A Python literal of a text. */
export function pyText(text: string): string {
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`)
}

/** The first lines of a Python snippet: the client of this server. */
export function pyClient(ws: string): string {
  const place = ws === "default" ? "" : `, workspace=${pyText(ws)}`
  return `import modelwright as mw\n\nclient = mw.Client(${pyText(location.origin)}${place})`
}
