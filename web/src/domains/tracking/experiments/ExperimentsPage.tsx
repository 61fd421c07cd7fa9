import { EmptyState } from "~/ui/EmptyState"

export function ExperimentsPage() {
  return <EmptyState title="Experiments">Every experiment of the workspace.</EmptyState>
}
