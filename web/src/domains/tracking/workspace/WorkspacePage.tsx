import { EmptyState } from "~/ui/EmptyState"

export function WorkspacePage() {
  return <EmptyState title="Workspace">Runs and their charts side by side.</EmptyState>
}
