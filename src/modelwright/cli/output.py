"""What a terminal shows: tables, times, sizes, progress, JSON.

Knows widths and colours. Refuses to know what is shown.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import click

from modelwright.types import codec

T = TypeVar("T")


def say(text: str = "") -> None:
    """Print a line for people."""
    click.echo(text)


def note(text: str) -> None:
    """Print a line beside the output (stderr), so that pipes stay clean."""
    click.echo(text, err=True)


def alarm(text: str) -> None:
    """Print what went wrong (stderr)."""
    click.echo(f"{click.style('mw:', fg='red', bold=True)} {text}", err=True)


def show_json(value: Any) -> None:
    """Print structs or plain values as one JSON document, keys as in the HTTP API."""
    import msgspec

    plain = codec.finite(msgspec.to_builtins(value))
    click.echo(msgspec.json.format(codec.to_json(plain), indent=2).decode())


def table(headers: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "Nothing found.") -> None:
    """Print rows under headers, as wide as needed. On a terminal the widest column gives way to fit the window."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        note(empty)
        return
    widths = [max(len(text) for text in column) for column in zip(headers, *cells, strict=True)]
    if sys.stdout.isatty():
        room = shutil.get_terminal_size((110, 24)).columns - 2 * (len(widths) - 1)
        while sum(widths) > room and max(widths) > 8:
            widths[widths.index(max(widths))] -= 1
    numeric = [all(_is_number(row[i]) for row in cells if row[i]) for i in range(len(headers))]
    click.echo(click.style(_line(headers, widths, numeric), bold=True))
    for row in cells:
        click.echo(_line(row, widths, numeric))


def _line(cells: Sequence[str], widths: list[int], numeric: list[bool]) -> str:
    parts: list[str] = []
    for text, width, right in zip(cells, widths, numeric, strict=True):
        shown = text if len(text) <= width else text[: width - 1] + "…"
        parts.append(shown.rjust(width) if right else shown.ljust(width))
    return "  ".join(parts).rstrip()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    return " ".join(str(value).split())


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def ago(ms: int | None) -> str:
    """How long ago a time (Unix ms) was: `12 s`, `3 min`, `2 h`, `5 d`."""
    if ms is None or ms <= 0:
        return ""
    return duration(int(time.time() * 1000) - ms)


def duration(ms: int | None) -> str:
    """A span of milliseconds for people, in its greatest unit."""
    if ms is None:
        return ""
    seconds = max(ms, 0) / 1000
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds:.3g} s"


def when(ms: int | None) -> str:
    """A time (Unix ms) in the local zone, to the second."""
    return "" if ms is None or ms <= 0 else time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(ms / 1000))


def size(count: int | None) -> str:
    """A number of bytes for people."""
    if count is None:
        return ""
    amount = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 1000:
            return f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.3g} TB"


@contextmanager
def progress(label: str, total: int | None = None) -> Generator[Progress]:
    """A line on stderr that counts on; silent marks only when stderr is no terminal."""
    bar = Progress(label, total)
    try:
        yield bar
    finally:
        bar.close()


class Progress:
    """Counts work done. On a terminal one moving line; elsewhere one line at the end."""

    def __init__(self, label: str, total: int | None = None) -> None:
        self.label = label
        self.total = total
        self.done = 0
        self._live = sys.stderr.isatty()
        self._drawn = 0.0
        self._started = time.monotonic()

    def step(self, count: int = 1, *, detail: str = "") -> None:
        """`count` more are done."""
        self.done += count
        now = time.monotonic()
        if self._live and now - self._drawn > 0.1:
            self._drawn = now
            self._draw(detail)

    def _draw(self, detail: str) -> None:
        if self.total:
            filled = min(24, 24 * self.done // self.total)
            state = f"[{'█' * filled}{'·' * (24 - filled)}] {self.done:,}/{self.total:,}"
        else:
            state = f"{self.done:,}"
        width = shutil.get_terminal_size((110, 24)).columns - 1
        sys.stderr.write(f"\r\033[K{f'{self.label} {state} {detail}'[:width]}")
        sys.stderr.flush()

    def close(self) -> None:
        """End the line."""
        if self._live:
            sys.stderr.write("\r\033[K")
        took = time.monotonic() - self._started
        note(f"{self.label}: {self.done:,}{f' of {self.total:,}' if self.total else ''} in {took:.1f} s")


def pairs(items: Iterable[str], option: str) -> dict[str, str]:
    """`key=value` arguments as a dict."""
    found: dict[str, str] = {}
    for item in items:
        key, sign, value = item.partition("=")
        if not sign or not key:
            raise click.BadParameter(f"expected KEY=VALUE, got {item!r}", param_hint=option)
        found[key] = value
    return found
