import { EmptyState } from "~/ui/EmptyState"

export function ComparePage() {
  return <EmptyState title="Compare">Choose runs to see what differs between them.</EmptyState>
}
