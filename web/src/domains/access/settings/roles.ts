// The roles as people choose them.
import type { Role } from "~/api/types_gen"

export const ROLES: { value: Role; label: string }[] = [
  { value: "none", label: "No role" }, { value: "viewer", label: "Viewer" }, { value: "contributor", label: "Contributor" },
  { value: "approver", label: "Approver" }, { value: "auditor", label: "Auditor" }, { value: "admin", label: "Admin" },
]
