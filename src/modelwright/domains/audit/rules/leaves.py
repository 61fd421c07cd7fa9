"""From a row to its leaf: the hash of RFC 6962 over canonical JSON (RFC 8785). Texts that may be personal stay out.

    {"action":…,"actor":…,"detail":"<SHA-256, hex>","request":…,"seq":…,"subject":…,"time":…,"workspace":…}

`seq` counts from 1, `time` is in Unix milliseconds. Python's `json.dumps(…, sort_keys=True, ensure_ascii=False,
separators=(",", ":"))` gives the same bytes.
"""

from __future__ import annotations

from hashlib import sha256

import msgspec


class _Row(msgspec.Struct, gc=False):
    # In alphabetical order: the encoder keeps the order of the fields.
    action: str
    actor: str
    detail: str
    request: str
    seq: int
    subject: str
    time: int
    workspace: str


_encode = msgspec.json.Encoder().encode


def entry(
    seq: int, at_ms: int, workspace: str, actor: str, action: str, subject: str, detail: str, request_id: str
) -> bytes:
    """The canonical text of a row, whose hash is the leaf. `detail` is the JSON text as it is stored."""
    digest = sha256(detail.encode()).hexdigest()
    return _encode(_Row(action, actor, digest, request_id, seq, subject, at_ms, workspace))


def leaf(content: bytes) -> bytes:
    """The leaf hash of an entry: SHA-256 of 0x00 and the entry (RFC 6962, 2.1)."""
    return sha256(b"\0" + content).digest()
