export function Small(_: { ids: readonly string[]; name: (id: string) => string }) {
  return null
}
