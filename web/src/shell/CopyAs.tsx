import { Link2, SquareTerminal, FileCode, Share } from "lucide-react"
import { curl, pyClient, useCopyable } from "~/copyable"
import { copyText } from "~/ui/clipboard"
import { IconButton } from "~/ui/IconButton"
import { Menu, MenuItem } from "~/ui/Menu"
import { toast } from "~/ui/toast"

/** The page as a link, as lines of Python, as a curl command. */
export function CopyAs({ ws }: { ws: string }) {
  const now = useCopyable((state) => state.now)
  const copy = (text: string, what: string) => { void copyText(text).then(() => toast(`${what} copied`)) }
  return (
    <Menu align="end" trigger={<IconButton label="Copy as"><Share size={16} /></IconButton>}>
      <MenuItem icon={<Link2 size={14} />} onSelect={() => copy(location.href, "Link")}>Copy link to this view</MenuItem>
      <MenuItem icon={<FileCode size={14} />} onSelect={() => copy(now.sdk ?? pyClient(ws), "Python")}>Copy as Python</MenuItem>
      <MenuItem icon={<SquareTerminal size={14} />} onSelect={() => copy(now.curl ?? curl("/api/v1/experiments", { ws }), "curl command")}>Copy as curl</MenuItem>
    </Menu>
  )
}
