"""Counting wrong guesses, so that passwords cannot be tried by the thousand: in the database, for all processes.

A name alone has the widest bound, and none at all from an address that its owner has logged in from: whoever guesses
from elsewhere cannot lock the owner out. What is counted is named by a digest, because people type passwords as names.
"""

from __future__ import annotations

import hashlib

from modelwright.domains.access.queries import sessions as queries
from modelwright.kit.context import Ctx
from modelwright.kit.db import Tx
from modelwright.types.errors import Unavailable

_SPELL_S = 300
_PER_PAIR, _PER_NAME, _PER_ADDRESS = 10, 100, 50
_KNOWN_SPELLS = 30 * 24 * 3600 // _SPELL_S  # how long an address that was right once stays known
_SWEEP = 50  # one guess in so many forgets old ones


class TooManyGuesses(Unavailable):
    """Too many wrong passwords; wait before the next try."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong passwords; try again in {retry_after_s} s", where="password")
        self.retry_after_s = retry_after_s


def begin(ctx: Ctx, name: str, address: str) -> None:
    """Count a guess before it is checked (side by side ones count too). Raises `TooManyGuesses`."""
    spell, into = divmod(ctx.clock.now_ms() // 1000, _SPELL_S)

    def count(tx: Tx) -> bool:
        most = {_key("pair", name, address): _PER_PAIR, _key("address", address): _PER_ADDRESS}
        known = queries.guessed(tx, _key("known", name, address))
        if known is None or known[0] < spell - _KNOWN_SPELLS:
            most[_key("name", name)] = _PER_NAME
        # Nothing more is counted for someone who has had enough already: others share the wider bounds.
        for key, bound in most.items():
            now = queries.guessed(tx, key)
            if now is not None and now[0] == spell and now[1] >= bound:
                return False
        counts = {key: queries.count_guess(tx, key, spell) for key in sorted(most)}
        if sum(counts.values()) % _SWEEP == 3:
            queries.forget_guesses(tx, spell - _KNOWN_SPELLS)
        return all(counts[key] <= bound for key, bound in most.items())

    with ctx.db.write() as tx:
        allowed = count(tx)
    if not allowed:
        raise TooManyGuesses(_SPELL_S - int(into))


def right(ctx: Ctx, name: str, address: str) -> None:
    """The guess was right: it does not count, the pair starts afresh, and the address is known from now on."""
    spell = ctx.clock.now_ms() // 1000 // _SPELL_S
    with ctx.db.write() as tx:
        for key in sorted((_key("name", name), _key("address", address))):
            queries.uncount_guess(tx, key)
        queries.keep_guess(tx, _key("pair", name, address), spell)
        queries.keep_guess(tx, _key("known", name, address), spell)


def _key(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
