/** A refusal of the server, or a failure to reach it, as a text for people. */
export class ApiError extends Error {
  readonly kind: string
  readonly status: number
  readonly where: string
  readonly hint: string
  readonly requestId: string

  constructor(kind: string, message: string, status: number, where = "", hint = "", requestId = "") {
    super(message)
    this.name = "ApiError"
    this.kind = kind
    this.status = status
    this.where = where
    this.hint = hint
    this.requestId = requestId
  }
}

/** One sentence, with the hint when there is one. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) {
    const head = error.message.charAt(0).toUpperCase() + error.message.slice(1)
    return error.hint ? `${head} — ${error.hint}` : head
  }
  return error instanceof Error ? error.message : String(error)
}

export function isKind(error: unknown, kind: string): boolean {
  return error instanceof ApiError && error.kind === kind
}

interface Detail { kind?: string; message?: string; where?: string; hint?: string; request_id?: string }

/** The error of an answer that is no success. */
export async function errorOf(response: Response): Promise<ApiError> {
  let detail: Detail = {}
  try {
    detail = ((await response.json()) as { error?: Detail }).error ?? {}
  } catch {
    // A proxy's page, or nothing at all.
  }
  return new ApiError(
    detail.kind ?? "unavailable",
    detail.message ?? `the server answered ${response.status}`,
    response.status,
    detail.where,
    detail.hint,
    detail.request_id ?? response.headers.get("x-request-id") ?? "",
  )
}
