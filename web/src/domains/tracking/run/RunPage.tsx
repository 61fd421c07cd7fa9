import { EmptyState } from "~/ui/EmptyState"

export function RunPage() {
  return <EmptyState title="Run">Everything that was recorded of one run.</EmptyState>
}
