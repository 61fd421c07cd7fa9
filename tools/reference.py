"""Writes the generated parts of the documentation, or checks that they are current (--check).

docs/reference/cli.md        from the click commands
docs/reference/settings.md   from kit/settings.py
docs/reference/http.md       from the operations that the server really serves
ARCHITECTURE.md              the tree between its two marks, from the modules' docstrings
"""

from __future__ import annotations

import ast
import itertools
import sys
import tempfile
from pathlib import Path
from typing import Any

import click

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "modelwright"
NOTE = "<!-- Written by tools/reference.py (`make docs`). Change the source, not this page. -->\n"
TREE_BEGIN, TREE_END = "<!-- tree: from here -->", "<!-- tree: to here -->"

CLI_INTRODUCTION = """
`mw` and `modelwright` are the same command. Exit codes: 0 done, 1 failure, 2 wrong usage, 130 interrupted.
Set `MODELWRIGHT_DEBUG=1` for tracebacks.
"""
SETTINGS_INTRODUCTION = """
A flag of `mw up` wins over the environment, the environment over the default. An unknown `MODELWRIGHT_SERVER_…` name
stops the start, so that a typing error is noticed.

| environment variable | type | default | meaning |
|---|---|---|---|"""
HTTP_INTRODUCTION = """
The native API lives under `/api/v1`; a running server describes it in full at `/api/v1/openapi.json`. Send
`Authorization: Bearer mw_…` where a login is asked for, and `X-Modelwright-Workspace` for a workspace other than
`default`. Permissions: `open` anyone, `self` any login, `read` viewer, `write` contributor, `approve` approver,
`audit` auditor, `admin` administrator of the
workspace, `server` administrator of the server.
"""


def cli_page() -> str:
    """Every command with its arguments and options."""
    from modelwright.cli.main import cli

    parts = ["# Command line\n", NOTE, CLI_INTRODUCTION]
    context = click.Context(cli, info_name="mw")
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        parts += _command(command, click.Context(command, info_name=name, parent=context), 2)
    return "\n".join(parts) + "\n"


def _command(command: click.Command, context: click.Context, level: int) -> list[str]:
    usage = command.collect_usage_pieces(context)
    words = " ".join(piece for piece in usage if piece != "[OPTIONS]")
    text = "\n".join(line.strip() for line in (command.help or "").strip().splitlines())
    parts = [f"{'#' * level} `{context.command_path}{f' {words}' if words else ''}`\n", f"{text}\n"]
    options = [p for p in command.params if isinstance(p, click.Option) and p.get_help_record(context)]
    if options:
        parts.append("| option | meaning |\n|---|---|")
        for option in options:
            record = option.get_help_record(context)
            assert record is not None
            parts.append(f"| `{_cell(record[0])}` | {_cell(record[1])} |")
        parts.append("")
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            parts += _command(child, click.Context(child, info_name=name, parent=context), level + 1)
    return parts


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


def settings_page() -> str:
    """Every setting of a server with its type, default and meaning."""
    tree = ast.parse((SOURCE / "kit" / "settings.py").read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Settings").body
    parts = ["# Settings of a server\n", NOTE, SETTINGS_INTRODUCTION]
    for field, text in itertools.pairwise(body):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name) and field.value is not None):
            continue
        if not (isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant)):
            message = f"the setting {field.target.id} has no description"
            raise SystemExit(message)
        value = eval(compile(ast.Expression(field.value), "settings", "eval"))  # noqa: S307  our own literals
        shown = ", ".join(value) if isinstance(value, tuple) else str(value)
        kind = "list, commas between" if isinstance(value, tuple) else type(value).__name__
        meaning = " ".join(str(text.value.value).split())
        name = f"`MODELWRIGHT_SERVER_{field.target.id.upper()}`"
        parts.append(f"| {name} | {kind} | {f'`{shown}`' if shown else ''} | {meaning} |")
    return "\n".join(parts) + "\n"


def http_page() -> str:
    """Every operation that a server serves, by tag."""
    operations = served()
    parts = ["# HTTP API\n", NOTE, HTTP_INTRODUCTION]
    for tag in sorted({operation.tag for operation in operations if operation.path.startswith("/api/v1")}):
        parts.append(f"## {tag or 'server'}\n\n| operation | permission | does |\n|---|---|---|")
        for operation in sorted(operations, key=lambda o: (o.path, o.method)):
            if operation.tag == tag and operation.path.startswith("/api/v1"):
                does = _cell(operation.summary)
                parts.append(f"| `{operation.method} {operation.path}` | {operation.permission.value} | {does} |")
        parts.append("")
    return "\n".join(parts)


def served() -> list[Any]:
    """The operations of a freshly built server, hidden ones left out."""
    from modelwright.kit.settings import Settings
    from modelwright.server.app import build

    with tempfile.TemporaryDirectory() as folder:
        app, ctx = build(Settings(dir=folder))
        operations = [operation for operation in app.state.operations if not operation.hidden]
        ctx.db.close()
    return operations


def tree() -> str:
    """The source tree, one caption a module: the first sentence of its docstring."""
    lines = ["```"]
    for place in sorted(SOURCE.rglob("*.py"), key=lambda p: (p.parent.parts, p.name != "__init__.py", p.name)):
        inside = place.relative_to(SOURCE)
        if "versions" in inside.parts or (len(inside.parts) == 1 and place.name == "__init__.py"):
            continue
        depth = len(inside.parts) - 1
        is_package = place.name == "__init__.py"
        name = f"{inside.parts[-2]}/" if is_package else place.name
        label = f"{'  ' * (depth - 1 if is_package else depth)}{name}"
        lines.append(f"{label:<34} {caption(place)}".rstrip())
    return "\n".join([*lines, "```"])


def caption(place: Path) -> str:
    """The first sentence of a module's docstring, on one line."""
    text = ast.get_docstring(ast.parse(place.read_text(encoding="utf-8"))) or ""
    first = " ".join(text.split("\n\n")[0].split())
    sentence = first.split(". ")[0].rstrip(".")
    return sentence if len(sentence) <= 110 else sentence[:109].rsplit(" ", 1)[0] + " …"


def pages() -> dict[Path, str]:
    """Path → what it must hold."""
    reference = ROOT / "docs" / "reference"
    house = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    before, _, rest = house.partition(TREE_BEGIN)
    _, _, after = rest.partition(TREE_END)
    return {
        reference / "cli.md": cli_page(),
        reference / "settings.md": settings_page(),
        reference / "http.md": http_page(),
        ROOT / "ARCHITECTURE.md": f"{before}{TREE_BEGIN}\n{tree()}\n{TREE_END}{after}",
    }


def main() -> None:
    """Write the pages; with --check, only say which are stale (exit code 1)."""
    stale = [path for path, text in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    if "--check" in sys.argv:
        for path in stale:
            print(f"stale: {path.relative_to(ROOT)} (make docs)")
        sys.exit(1 if stale else 0)
    for path, text in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"{len(stale)} of {len(pages())} pages were stale and are current now")


if __name__ == "__main__":
    main()
