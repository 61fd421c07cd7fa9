import { SkeletonRows } from "~/ui/Skeleton"

export function PagePending() {
  return <div className="p-6"><SkeletonRows rows={10} /></div>
}
