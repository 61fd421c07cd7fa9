"""Checkpoints as text: C2SP tlog-checkpoint in a C2SP signed note with Ed25519. Knows the format and no clock.

modelwright.log/3f0c…            the log's name
1042                             its size
qINS1GRFlDr5…                    its root, base64
                                 (blank)
— modelwright.log/3f0c… Az3g…    a signature a line: the name, then base64 of key hash and signature
"""

from __future__ import annotations

import base64
import binascii
from hashlib import sha256

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from modelwright.types.errors import Invalid

_ED25519 = b"\x01"
_LONGEST = 100_000


class Parsed(msgspec.Struct, frozen=True):
    """A note taken apart. `signatures` are (name, key hash, signature)."""

    origin: str
    size: int
    root: bytes
    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]


class Signer:
    """A private key under the name of a log."""

    def __init__(self, seed: bytes, origin: str) -> None:
        if len(seed) != 32:
            raise Invalid("the key is not 32 bytes in base64", where="audit_key")
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self.origin = origin
        self.public = self._key.public_key().public_bytes_raw()
        self.hash = _key_hash(origin, self.public)

    @property
    def id(self) -> str:
        """The key's short name."""
        return self.hash.hex()

    @property
    def vkey(self) -> str:
        """The public key as verifiers take it: `name+hash+base64`."""
        return f"{self.origin}+{self.hash.hex()}+{base64.b64encode(_ED25519 + self.public).decode()}"

    def sign(self, size: int, root: bytes) -> str:
        """The signed note of a tree head."""
        text = f"{self.origin}\n{size}\n{base64.b64encode(root).decode()}\n"
        signature = base64.b64encode(self.hash + self._key.sign(text.encode())).decode()
        return f"{text}\n— {self.origin} {signature}\n"


def parse(note: str) -> Parsed:
    """Take a note apart; nothing is verified.

    Raises:
        Invalid: not a signed checkpoint.
    """
    try:
        text, blank, rest = note.partition("\n\n")
        if not blank or len(note) > _LONGEST or not rest.endswith("\n"):
            raise ValueError
        origin, size, root, *_ = f"{text}\n".split("\n")
        signatures: list[tuple[str, bytes, bytes]] = []
        for line in rest.splitlines():
            dash, name, value = line.split(" ")
            content = base64.b64decode(value, validate=True)
            if dash != "—" or len(content) < 5:
                raise ValueError
            signatures.append((name, content[:4], content[4:]))
        whole = base64.b64decode(root, validate=True)
        if not origin or len(whole) != 32 or not signatures or str(int(size)) != size or int(size) < 0:
            raise ValueError
    except (ValueError, binascii.Error):
        raise Invalid("not a signed checkpoint", where="note") from None
    return Parsed(origin, int(size), whole, f"{text}\n".encode(), tuple(signatures))


def signed_by(note: Parsed, vkey: str) -> bool:
    """Whether a note bears a valid signature of a public key."""
    try:
        name, digest, key = vkey.split("+", 2)  # the base64 may hold a plus sign too
        content = base64.b64decode(key, validate=True)
        expected = bytes.fromhex(digest)
    except (ValueError, binascii.Error):
        return False
    if content[:1] != _ED25519 or len(content) != 33 or _key_hash(name, content[1:]) != expected:
        return False
    public = Ed25519PublicKey.from_public_bytes(content[1:])
    for signer, key_hash, signature in note.signatures:
        if signer == name and key_hash == expected:
            try:
                public.verify(signature, note.text)
            except InvalidSignature:
                continue
            return True
    return False


def _key_hash(name: str, public: bytes) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]
