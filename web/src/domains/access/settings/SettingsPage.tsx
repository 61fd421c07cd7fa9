import { EmptyState } from "~/ui/EmptyState"

export function SettingsPage() {
  return <EmptyState title="Settings">Users, tokens and the server.</EmptyState>
}
