import { Link } from "~/link"
import { paths } from "~/paths"
import { buttonClass } from "~/ui/Button"
import { EmptyState } from "~/ui/EmptyState"

export function NotFoundPage() {
  return (
    <EmptyState title="There is nothing at this address" actions={<Link to={paths.root()} className={buttonClass("normal")}>Go home</Link>}>
      The link may be old, or what it named was deleted for good.
    </EmptyState>
  )
}
