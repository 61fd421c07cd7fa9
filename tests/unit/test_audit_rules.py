"""Is the tree that of RFC 6962, do its proofs prove what they say and nothing else, is the text of a leaf canonical?"""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelwright.domains.audit.rules import leaves, note, tree
from modelwright.types.errors import Invalid

# The test vectors of Certificate Transparency's reference implementation.
LEAVES = [bytes.fromhex(text) for text in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
)]  # fmt: skip
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class Grown:
    """A tree with all its leaves and kept hashes."""

    def __init__(self, size: int) -> None:
        self.leaves = [leaves.leaf(str(number).encode()) for number in range(size)]
        self.kept: dict[tuple[int, int], bytes] = {}
        self.roots = [tree.EMPTY]
        frontier = tree.Frontier()
        for leaf in self.leaves:
            for level, place, found in frontier.add(leaf):
                self.kept[level, place] = found
            self.roots.append(frontier.root())

    def read(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return self.leaves[first : first + count]
        return [self.kept[level, place] for place in range(first, first + count)]


GROWN = Grown(1_200)


def test_roots_are_those_of_the_published_vectors() -> None:
    frontier = tree.Frontier()
    assert frontier.root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    for content, expected in zip(LEAVES, ROOTS, strict=True):
        frontier.add(leaves.leaf(content))
        assert frontier.root().hex() == expected
    again = tree.unpacked(8, frontier.packed())
    assert (again.size, again.root()) == (8, frontier.root())


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_proofs_prove_what_they_say_and_nothing_else(data: st.DataObject) -> None:
    size = data.draw(st.integers(1, 1_200))
    index = data.draw(st.integers(0, size - 1))
    path = tree.inclusion(index, size, GROWN.read)
    leaf, root = GROWN.leaves[index], GROWN.roots[size]
    assert tree.root(0, size, GROWN.read) == root
    assert tree.includes(leaf, index, size, path, root)
    other = data.draw(st.integers(0, 1_199))
    if other != index:
        assert not tree.includes(GROWN.leaves[other], index, size, path, root)
        if other < size:
            assert not tree.includes(leaf, other, size, path, root)
    assert not tree.includes(leaf, index, size, [*path, root], root)
    old = data.draw(st.integers(1, size))
    proof = tree.consistency(old, size, GROWN.read)
    assert tree.extends(old, GROWN.roots[old], size, root, proof)
    wrong = data.draw(st.integers(1, 1_200))
    if wrong != old:
        assert not tree.extends(old, GROWN.roots[wrong], size, root, proof)
    if wrong != size:
        assert not tree.extends(old, GROWN.roots[old], size, GROWN.roots[wrong], proof)
    if proof:
        assert not tree.extends(old, GROWN.roots[old], size, root, proof[:-1])


_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))


@given(st.integers(0, 2**62), st.integers(-(2**53), 2**53), *[_TEXT] * 6)
def test_the_text_of_a_leaf_is_what_python_writes_as_canonical_json(
    seq: int, at_ms: int, workspace: str, actor: str, action: str, subject: str, detail: str, request_id: str
) -> None:
    text = leaves.entry(seq, at_ms, workspace, actor, action, subject, detail, request_id)
    value = json.loads(text)
    assert text == json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    assert (value["seq"], value["time"], value["subject"], value["request"]) == (seq, at_ms, subject, request_id)
    assert len(value["detail"]) == 64


def test_a_signed_note_is_believed_with_its_key_alone() -> None:
    signer = note.Signer(bytes(range(32)), "modelwright.log/a")
    text = signer.sign(7, GROWN.roots[7])
    parsed = note.parse(text)
    assert (parsed.origin, parsed.size, parsed.root) == ("modelwright.log/a", 7, GROWN.roots[7])
    assert note.signed_by(parsed, signer.vkey)
    other = note.Signer(bytes(32), "modelwright.log/a")
    assert not note.signed_by(parsed, other.vkey)
    assert not note.signed_by(parsed, note.Signer(bytes(range(32)), "modelwright.log/b").vkey)
    assert not note.signed_by(note.parse(text.replace("\n7\n", "\n8\n")), signer.vkey)
    both = note.parse(text + other.sign(7, GROWN.roots[7]).rpartition("\n\n")[2])
    assert note.signed_by(both, signer.vkey) and note.signed_by(both, other.vkey)
    for key in ("", "a+b", "a+zz+zz", "a+00000000+AAAA", signer.vkey[:-4], signer.vkey.replace("+", "-")):
        assert not note.signed_by(parsed, key)


@pytest.mark.parametrize(
    "text",
    ["", "x", "a\n1\n\n", "a\n-1\nAA==\n\n— a AAAAAAAA\n", "a\n01\n" + "A" * 43 + "=\n\n— a AAAAAAAA\n",
     "a\n1\nnope\n\n— a AAAAAAAA\n", "a\n1\n" + "A" * 43 + "=\n\n- a AAAAAAAA\n", "a\n1\n" + "A" * 43 + "=\n\n",
     "a\n1\n" + "A" * 43 + "=\n\n— a !!\n", "a\n1\n" + "A" * 43 + "=\n\n— a AAAAAAAA", "x" * 200_000],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        note.parse(text)
