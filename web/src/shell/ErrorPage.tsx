import { Component, type ErrorInfo, type ReactNode } from "react"
import { ApiError, errorText } from "~/api/errors"
import { Button } from "~/ui/Button"
import { copyText } from "~/ui/clipboard"
import { toast } from "~/ui/toast"

/** What a person can send along with a bug report: no data of runs, only where and what. */
export function report(error: unknown, stack = ""): string {
  return [
    `Modelwright UI error at ${new Date().toISOString()}`,
    `page: ${location.pathname}${location.search}`,
    `browser: ${navigator.userAgent}`,
    ...(error instanceof ApiError ? [`kind: ${error.kind}`, `status: ${error.status}`, `where: ${error.where}`, `request: ${error.requestId}`] : []),
    `error: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`,
    ...(error instanceof Error && error.stack ? ["", error.stack] : []),
    ...(stack ? ["", stack.trim()] : []),
  ].join("\n")
}

export function ErrorPage({ error, reset, stack }: { error: unknown; reset?: () => void; stack?: string }) {
  const text = report(error, stack)
  return (
    <div role="alert" className="mx-auto flex w-full max-w-[760px] flex-col gap-3 px-6 py-12">
      <h1 className="m-0 text-page font-semibold">{error instanceof ApiError ? "The server refused this" : "This page broke"}</h1>
      <p className="m-0 text-text-2">{errorText(error)}</p>
      <div className="flex gap-2">
        <Button kind="primary" onClick={() => { if (reset) reset(); else location.reload() }}>Try again</Button>
        <Button onClick={() => { void copyText(text).then(() => toast("Report copied")) }}>Copy report</Button>
      </div>
      <details className="mt-2">
        <summary className="cursor-default text-text-2">What the report says</summary>
        <pre className="mt-2 max-h-80 overflow-auto rounded-panel border bg-surface p-3">{text}</pre>
      </details>
    </div>
  )
}

interface Caught { error: unknown; stack: string; broke: boolean }

/** The last net: whatever breaks outside of a page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, Caught> {
  override state: Caught = { error: undefined, stack: "", broke: false }

  static getDerivedStateFromError(error: unknown): Partial<Caught> {
    return { error, broke: true }
  }

  override componentDidCatch(_: Error, info: ErrorInfo): void {
    this.setState({ stack: info.componentStack ?? "" })
  }

  override render(): ReactNode {
    return this.state.broke ? <ErrorPage error={this.state.error} stack={this.state.stack} /> : this.props.children
  }
}
