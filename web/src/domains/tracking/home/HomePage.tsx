import { EmptyState } from "~/ui/EmptyState"

export function HomePage() {
  return <EmptyState title="Home">What ran, what failed, what needs you.</EmptyState>
}
