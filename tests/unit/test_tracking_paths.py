"""Which artifact paths are clean, in every spelling."""

from __future__ import annotations

from urllib.parse import quote, unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelwright.domains.tracking.rules import paths
from modelwright.types.errors import Invalid

HOSTILE = [
    "/",
    "//",
    ".",
    "..",
    "../a",
    "a/..",
    "a/../b",
    "/etc/passwd",
    "a//b",
    "a/./b",
    "./a",
    "a\\b",
    "..\\a",
    "C:/x",
    "c:x",
    "a\x00b",
    "a\nb",
    "a/\x7f",
    "a/.. /b",
    "a/. ",
    "x" * 1025,
    "\u2028",
]


def encoded(text: str, layers: int) -> str:
    for _ in range(layers):
        text = "".join(f"%{byte:02X}" for byte in text.encode("utf-8", "surrogatepass"))
    return text


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("layers", [0, 1, 2, 3])
def test_a_path_that_leads_elsewhere_is_refused_in_every_layer_of_encoding(path: str, layers: int) -> None:
    with pytest.raises(Invalid):
        paths.clean(encoded(path, layers))


@pytest.mark.parametrize(
    "path",
    [
        "",
        "\ud800",
        "%2e%2e/a",
        "a/%2e%2e%2fb",
        "%252e%252e%252fa",
        "..%2fa",
        "a%5cb",
        "%2fetc/passwd",
        "a%00",
        "%c0%ae%c0%ae/..",
        "a/%2e./b",
    ],
)
def test_mixed_spellings_of_a_way_out_are_refused(path: str) -> None:
    with pytest.raises(Invalid):
        paths.clean(path)


def test_more_layers_of_encoding_than_any_honest_name_has_are_refused() -> None:
    path = "a"
    for _ in range(20):
        path = "%25" + path if path.startswith("25") else quote(path + "%", safe="")
    with pytest.raises(Invalid):
        paths.clean(path)


@pytest.mark.parametrize(
    "path",
    [
        "a",
        "a/b/c.txt",
        "100%.txt",
        "50%25.txt",
        "ü/日本.png",
        "a b",
        "...",
        "a..b",
        ".hidden",
        "x'y\"z",
        "a?b#c",
        "%zz",
        "ab:c",
    ],
)
def test_an_honest_name_is_kept_to_the_letter(path: str) -> None:
    assert paths.clean(path) == path


def test_one_slash_at_the_end_is_dropped() -> None:
    assert paths.clean("a/b/") == "a/b"


@pytest.mark.parametrize(("path", "wanted"), [("", ""), ("/", ""), ("a/", "a"), ("a/b", "a/b")])
def test_a_directory_may_be_the_top(path: str, wanted: str) -> None:
    assert paths.directory(path) == wanted


@given(st.text(max_size=60))
def test_a_clean_path_stays_below_its_root_however_often_it_is_decoded(text: str) -> None:
    try:
        path = paths.clean(text)
    except Invalid:
        return
    for _ in range(20):
        parts = path.split("/")
        assert (
            not path.startswith("/")
            and ".." not in parts
            and "" not in parts
            and "." not in parts
            and "\\" not in path
        )
        assert all(character >= " " for character in path)
        path = unquote(path)


@given(
    st.lists(
        st.text(
            st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="/\\%:. "),
            min_size=1,
            max_size=8,
        ),
        min_size=1,
        max_size=6,
    )
)
def test_ordinary_parts_make_a_clean_path_with_its_parents(parts: list[str]) -> None:
    path = paths.clean("/".join(parts))
    assert path == "/".join(parts)
    assert paths.parents(path) == ["/".join(parts[:count]) for count in range(1, len(parts))]


@given(st.text(min_size=1, max_size=8), st.text(max_size=8))
def test_the_bounds_of_a_directory_hold_exactly_what_lies_below_it(directory: str, other: str) -> None:
    start, end = paths.inside(directory)
    for candidate in (other, directory + other, f"{directory}/{other}"):
        assert (start <= candidate < end) == candidate.startswith(directory + "/")
