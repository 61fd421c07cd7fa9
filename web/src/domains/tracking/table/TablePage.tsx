import { EmptyState } from "~/ui/EmptyState"

export function TablePage() {
  return <EmptyState title="Runs table">Every run of the experiment with its params and metrics.</EmptyState>
}
