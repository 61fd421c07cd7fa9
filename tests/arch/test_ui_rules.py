"""Does the web UI keep its own arrows, its sizes and its generated types?"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "web" / "src"
FILES = sorted(
    path
    for path in SOURCE.rglob("*.ts*")
    if not path.name.endswith((".test.ts", ".test.tsx")) and path.name != "types_gen.ts"
)
IMPORT = re.compile(r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""")
_DATA = ("@tanstack/react-query", "@tanstack/react-router")
# What a folder may not reach, by the beginning of an import.
NEVER = {
    "ui": ("~/api", "~/domains", "~/charts", "~/table", "~/shell", "~/routes", "~/link", "~/page", *_DATA),
    "charts": ("~/domains", "~/table", "~/shell", "~/routes", "~/link", *_DATA),
    "table": ("~/domains", "~/shell", "~/routes", *_DATA),
    "api": ("~/ui", "~/charts", "~/domains", "~/shell", "~/routes", "@tanstack/react-router"),
    "domains": ("~/shell", "~/routes"),
}


def imports(path: Path) -> list[str]:
    """What a file imports, with relative paths made absolute (`~/…`)."""
    found = []
    for name in IMPORT.findall(path.read_text(encoding="utf-8")):
        if name.startswith("."):
            name = "~/" + (path.parent / name).resolve().relative_to(SOURCE).as_posix()
        found.append(name)
    return found


def test_imports_follow_the_arrows() -> None:
    wrong = []
    for path in FILES:
        folder = path.relative_to(SOURCE).parts[0]
        for name in imports(path):
            if any(name == never or name.startswith(f"{never}/") for never in NEVER.get(folder, ())):
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
            if folder == "domains" and name.startswith("~/domains/"):
                room, other = path.relative_to(SOURCE).parts[1], name.split("/")[2]
                if room != other:
                    wrong.append(f"{path.relative_to(ROOT)} imports the room {other}")
    assert wrong == []


def test_no_file_exports_a_default_or_another_file() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in FILES
        if re.search(r"^export (default|\*)", path.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert wrong == []


def test_no_file_puts_markup_into_the_page_by_hand() -> None:
    forbidden = re.compile(
        r"dangerouslySetInnerHTML|\.(inner|outer)HTML\s*=|insertAdjacentHTML|document\.write|\beval\("
    )
    wrong = [path.relative_to(ROOT).as_posix() for path in FILES if forbidden.search(path.read_text(encoding="utf-8"))]
    assert wrong == []


def test_files_stay_small() -> None:
    sizes = {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert {name: lines for name, lines in sizes.items() if lines > 400} == {}
    assert statistics.median(sizes.values()) <= 120


def test_the_types_are_those_of_our_openapi() -> None:
    done = subprocess.run([sys.executable, ROOT / "tools" / "ui_types.py", "--check"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
