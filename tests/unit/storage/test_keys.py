"""Do clean keys stay clean, and can no text lead out of a blob store?"""

from __future__ import annotations

import posixpath

from hypothesis import given
from hypothesis import strategies as st

from modelwright.kit.blobs import checked
from modelwright.types.errors import Invalid


@given(st.text(alphabet=st.sampled_from("ab./\\\0-_%~ é\n:"), max_size=30) | st.text(max_size=50))
def test_a_key_is_refused_or_stays_inside(key: str) -> None:
    try:
        assert checked(key) == key
    except Invalid:
        return
    assert posixpath.normpath("/blobs/" + key) == "/blobs/" + key
    assert key.isascii()
    assert "\\" not in key


@given(st.lists(st.from_regex(r"[A-Za-z0-9_=+@-][A-Za-z0-9_.=+@-]{0,20}", fullmatch=True), min_size=1, max_size=5))
def test_plain_parts_make_a_key(parts: list[str]) -> None:
    assert checked("/".join(parts)) == "/".join(parts)
