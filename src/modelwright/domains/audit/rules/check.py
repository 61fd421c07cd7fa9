"""Verification of a whole log, row by row: what was changed, is missing, was added, reordered, forked or cut off.

What a row says is held against its leaf, leaves against the kept hashes above them, and the root at every signed
checkpoint, from the database or kept outside of it, against the root of the rows up to there. An attacker who writes
all of the database cannot sign, and one who restores an old state cannot reach the anchors outside.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from modelwright.domains.audit.rules import leaves, note
from modelwright.domains.audit.rules.tree import Frontier
from modelwright.types.audit import AuditCheck, AuditKey, AuditProblem
from modelwright.types.errors import Invalid

KEY_ADDED = "audit.key_added"
_LISTED = 100

Given = tuple[int, int, str, str, str, str, str, str, bytes]
"""A row in column order, with its leaf."""


class _Fixed(msgspec.Struct, frozen=True):
    """A root that the log must have at a size, and who says so."""

    size: int
    root: bytes
    source: str


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """What rows are held against. `notes` and `anchors` are signed notes; `anchors` come from outside."""

    origin: str = ""
    size: int = 0
    frontier: Sequence[bytes] = ()
    nodes: Mapping[tuple[int, int], bytes] | None = None
    notes: Sequence[str] = ()
    anchors: Sequence[str] = ()
    keys: Sequence[AuditKey] = ()
    sealed: bool = False
    """Whether a signed note must cover all of it, as one does at the end of every export."""
    pinned: Sequence[str] = ()
    """Public keys that the caller trusts by himself; the newest checkpoint must bear the signature of one."""


class Checker:
    """Takes the rows in their order, then says what it found."""

    def __init__(self, evidence: Evidence) -> None:
        self.problems: list[AuditProblem] = []
        self.found = 0
        self._given = evidence
        self._frontier = Frontier()
        self._last = 0
        self._whole = True  # no row is missing so far, so roots mean something
        self._good = 0  # the greatest size at which the root was as signed
        self._blocks: set[int] = set()
        self._named: set[str] = set()
        self._fixed: list[_Fixed] = []
        self._anchored = 0
        self._take_notes()
        self._next = self._fixed[0].size if self._fixed else -1
        self._at = 0
        while self._next == 0:
            self._compare()

    @property
    def size(self) -> int:
        """Rows seen."""
        return self._frontier.size

    @property
    def last(self) -> int:
        """The place of the last row seen."""
        return self._last

    def row(self, given: Given) -> None:
        """The next row, whole."""
        place = given[0]
        leaf = bytes(given[8])
        if leaves.leaf(leaves.entry(*given[:8])) != leaf:
            self._say("changed", f"row {place} is not what was written ({given[4]} of {given[5]})", place)
        if given[4] == KEY_ADDED:
            self._named.add(given[6])
        self.leaf(place, leaf)

    def leaf(self, place: int, leaf: bytes) -> None:
        """The next row, of which nothing but the leaf may be seen."""
        if place != self._last + 1:
            self._jump(place)
            if place <= self._last:
                return
        self._last = place
        for level, at, found in self._frontier.add(leaf):
            self._hold(level, at, found)
        if self._frontier.size == self._next:
            self._compare()

    def result(self, at_ms: int, seconds: float) -> AuditCheck:
        """The verdict, once all rows were given."""
        given = self._given
        size, whole = self._frontier.size, self._frontier.root()
        if self._last < given.size:
            self._say(
                "truncated", f"rows {self._last + 1} to {given.size} are missing at the end", self._last + 1, given.size
            )
        elif self._last > given.size:
            self._say("added", f"rows {given.size + 1} to {self._last} do not belong", given.size + 1, self._last)
        elif self._whole and given.frontier and list(given.frontier) != self._frontier.hashes:
            self._say("changed", "the rows and the head of the log differ", self._good + 1, size)
        for fixed in self._fixed[self._at :]:
            if fixed.size <= self._last:
                continue  # rows are missing before it, which was said
            self._say(
                "truncated",
                f"the log had {fixed.size} rows ({fixed.source}) and has {self._last}: it was cut off or set back",
                self._last + 1,
                fixed.size,
            )
        if given.sealed and not any(fixed.size == given.size for fixed in self._fixed):
            self._say("signature", "the end is not signed: rows may be missing or added there", self._good + 1, size)
        for key in given.keys:
            if not any(key.vkey in detail for detail in self._named):
                self._say("key", f"no row of the log introduces the key {key.id}")
        return AuditCheck(
            ok=not self.found,
            size=size,
            root=whole.hex(),
            at_ms=at_ms,
            seconds=round(seconds, 3),
            checkpoints=len(given.notes),
            anchors=self._anchored,
            found=self.found,
            problems=self.problems,
        )

    def _say(self, kind: str, message: str, first: int = 0, last: int = 0) -> None:
        self.found += 1
        if len(self.problems) < _LISTED:
            self.problems.append(AuditProblem(kind=kind, message=message, first=first, last=last or first))

    def _jump(self, place: int) -> None:
        self._whole = False
        if place > self._last + 1:
            missing = f"rows {self._last + 1} to {place - 1} are" if place - self._last > 2 else f"row {place - 1} is"
            self._say("missing", f"{missing} missing", self._last + 1, place - 1)
        else:
            self._say("order", f"row {place} comes after row {self._last}", place)

    def _hold(self, level: int, at: int, found: bytes) -> None:
        nodes = self._given.nodes
        if nodes is None or not self._whole:
            return
        kept = nodes.get((level, at))
        if kept == found:
            return
        width = 256**level
        first, last = at * width + 1, (at + 1) * width
        if level == 1:
            self._blocks.add(at)
        elif any(first <= block * 256 + 1 <= last for block in self._blocks):
            return  # said already, more precisely
        what = "is missing" if kept is None else "differs"
        self._say("changed", f"the hash over rows {first} to {last} {what}", first, last)

    def _compare(self) -> None:
        whole = self._frontier.root() if self._frontier.size else Frontier().root()
        while self._at < len(self._fixed) and self._fixed[self._at].size == self._frontier.size:
            fixed = self._fixed[self._at]
            self._at += 1
            if not self._whole:
                continue
            if fixed.root == whole:
                self._good = fixed.size
            else:
                self._say(
                    "fork",
                    f"rows {self._good + 1} to {fixed.size} are not those that were signed ({fixed.source})",
                    self._good + 1,
                    fixed.size,
                )
        self._next = self._fixed[self._at].size if self._at < len(self._fixed) else -1

    def _take_notes(self) -> None:
        given = self._given
        newest: note.Parsed | None = None
        for text, source in (*((text, "") for text in given.notes), *((text, "anchor") for text in given.anchors)):
            try:
                parsed = note.parse(text)
            except Invalid:
                self._say("signature", f"{'an anchor' if source else 'a checkpoint'} cannot be read")
                continue
            where = f"{source or 'checkpoint'} of size {parsed.size}"
            if given.origin and parsed.origin != given.origin:
                self._say("fork", f"the {where} is of another log, {parsed.origin[:100]}", 1, parsed.size)
                continue
            if not any(note.signed_by(parsed, key.vkey) for key in given.keys):
                self._say("signature", f"the {where} is not signed with a key of the log", parsed.size)
            self._fixed.append(_Fixed(parsed.size, parsed.root, where))
            self._anchored += bool(source)
            if newest is None or parsed.size >= newest.size:
                newest = parsed
        self._fixed.sort(key=lambda fixed: fixed.size)
        if given.pinned and (newest is None or not any(note.signed_by(newest, key) for key in given.pinned)):
            self._say("signature", "the newest checkpoint is not signed with a key that you named")
