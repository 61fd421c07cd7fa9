"""References to versions as people write them: `flights`, `flights@prod`, `flights:3`, `flights@blake3:…`."""

from __future__ import annotations

import re

from modelwright.types.errors import Invalid

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


def split(text: str) -> tuple[str, str]:
    """(name, version) of a reference; the version is `latest` when it says none.

    Raises:
        Invalid: no name of a dataset in front.
    """
    text = text.removeprefix("datasets:/").strip("/")
    name, sign, version = text.partition("@")
    if not sign:
        name, sign, version = text.partition(":")
    if not _NAME.fullmatch(name) or (sign and not version):
        raise Invalid(
            f"not a dataset: {text[:80]!r}", where="dataset", hint="write flights, flights@prod or flights:3"
        )
    return name, version or "latest"
