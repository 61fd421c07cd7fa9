import { EmptyState } from "~/ui/EmptyState"

export function ExplorePage() {
  return <EmptyState title="Explore">How params and metrics hang together.</EmptyState>
}
