// Every request of the UI goes through here: workspace header, errors as texts, 401 to the login page.
import { ApiError, errorOf } from "./errors"
import { decodeFrame, FRAME_TYPE, type Frame } from "./frames"
import { OPS, type Ops } from "./types_gen"

export type Op = keyof Ops
export type Params<O extends Op> = Ops[O]["params"]
export type Body<O extends Op> = Ops[O]["body"]
export type Answer<O extends Op> = Ops[O]["answer"]

export interface CallOptions {
  /** Workspace of the request; the one that is on screen when left out. */
  ws?: string
  signal?: AbortSignal
  headers?: Record<string, string>
}

let workspace = "default"
let unauthenticated: () => void = () => {}

/** The router calls this when the workspace on screen changes. */
export function setWorkspace(name: string): void {
  workspace = name
}

export function currentWorkspace(): string {
  return workspace
}

/** The shell says what happens when the server asks for a login. */
export function onUnauthenticated(go: () => void): void {
  unauthenticated = go
}

/** Path and query of an operation, as a link, a download or `curl` uses it. */
export function urlOf<O extends Op>(op: O, params: Params<O>, ws?: string): string {
  const left = new Map(Object.entries(params as Record<string, unknown>))
  const path = OPS[op][1].replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(left.get(name) ?? "")
    left.delete(name)
    return value.split("/").map(encodeURIComponent).join("/")
  })
  const query = new URLSearchParams()
  for (const [name, value] of left) if (value !== undefined && value !== null) query.set(name, String(value))
  if (ws !== undefined && ws !== "default") query.set("workspace", ws)
  const text = query.toString()
  return text ? `${path}?${text}` : path
}

async function send<O extends Op>(op: O, params: Params<O>, body: Body<O>, options: CallOptions, accept: string): Promise<Response> {
  const headers: Record<string, string> = {
    accept,
    "x-modelwright-workspace": options.ws ?? workspace,
    ...options.headers,
  }
  let content: BodyInit | undefined
  if (body instanceof Blob || typeof body === "string") content = body
  else if (body !== undefined) {
    content = JSON.stringify(body)
    headers["content-type"] = "application/json"
  }
  let response: Response
  try {
    response = await fetch(urlOf(op, params), {
      method: OPS[op][0],
      headers,
      credentials: "same-origin",
      ...(content === undefined ? {} : { body: content }),
      ...(options.signal ? { signal: options.signal } : {}),
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error
    throw new ApiError("offline", "the server cannot be reached", 0, "", "it may be restarting; this page goes on by itself")
  }
  if (!response.ok) {
    const failed = await errorOf(response)
    if (failed.status === 401 && op !== "access_login") unauthenticated()
    throw failed
  }
  return response
}

type Rest<O extends Op> = Body<O> extends undefined ? [body?: undefined, options?: CallOptions] : [body: Body<O>, options?: CallOptions]

/** One operation, answered in JSON. `params` holds path and query parameters together. */
export async function call<O extends Op>(op: O, params: Params<O>, ...rest: Rest<O>): Promise<Answer<O>> {
  const response = await send(op, params, rest[0] as Body<O>, rest[1] ?? {}, "application/json")
  if (response.status === 204) return undefined as Answer<O>
  return (await response.json()) as Answer<O>
}

/** One operation, answered as a binary frame: columns are typed arrays, NaN and infinities included. */
export async function callFrame<O extends Op, H = Record<string, unknown>>(op: O, params: Params<O>, ...rest: Rest<O>): Promise<Frame<H>> {
  const response = await send(op, params, rest[0] as Body<O>, rest[1] ?? {}, FRAME_TYPE)
  return decodeFrame<H>(await response.arrayBuffer())
}

/** One operation, answered with the raw response (files, streams, ranges). */
export async function callRaw<O extends Op>(op: O, params: Params<O>, ...rest: Rest<O>): Promise<Response> {
  return send(op, params, rest[0] as Body<O>, rest[1] ?? {}, "*/*")
}
