// The content of a file, as far as it is needed to show it.
import { queryOptions } from "@tanstack/react-query"
import { callRaw, urlOf } from "~/api/client"
import type { Artifact } from "~/api/types_gen"

export interface Content {
  text: string
  cut: boolean
  /** The bytes are no text. */
  binary: boolean
}

export function fileUrl(ws: string, run: string, path: string): string {
  return urlOf("artifacts_get_of_run", { run_id: run, path }, ws)
}

/** The beginning of a file as text, at most `most` bytes. */
export const fileText = (ws: string, run: string, file: Pick<Artifact, "path" | "digest" | "size">, most: number) =>
  queryOptions({
    queryKey: [ws, "artifact", run, file.path, file.digest, most],
    staleTime: Infinity,
    gcTime: 120_000,
    queryFn: async ({ signal }): Promise<Content> => {
      const cut = (file.size ?? 0) > most
      const answer = await callRaw("artifacts_get_of_run", { run_id: run, path: file.path }, undefined, { ws, signal, ...(cut ? { headers: { range: `bytes=0-${most - 1}` } } : {}) })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      return { text: new TextDecoder().decode(bytes), cut, binary: bytes.subarray(0, 4_096).includes(0) }
    },
  })
