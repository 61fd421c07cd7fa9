"""Reading request bodies within bounds: of size, of time, and of what compressed bytes may grow to."""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
import zlib
from collections.abc import Callable, Iterator, MutableMapping
from typing import Any, Protocol

import zstandard
from starlette.requests import ClientDisconnect, Request

from modelwright.types.errors import Invalid, TooLarge, Unavailable

LIMIT = "modelwright.max_body"
LOOP = "modelwright.loop"
POOL = "modelwright.pool"
HEADERS = "modelwright.headers"
"""Names in the ASGI scope, set by the edge; `HEADERS` are all of the request by name."""

EXCHANGE = "modelwright.exchange"
"""Name in the ASGI scope, set by servers that know a shorter way (an `Exchange`)."""

_STALL_S = 30.0  # a body that stops arriving for so long is given up
_PATIENCE_S = 60.0  # a body that comes slower than _SLOWEST for longer than this is given up as well
_SLOWEST = 10_000  # bytes a second
_TOGETHER = 4 * 1024 * 1024  # so much of a streamed body is passed to its thread at a time
_TOGETHER_S = 0.5  # or what came in this time
_PIECE = 256 * 1024  # what is inflated at a time
_SLICE = 64 * 1024  # what is fed to zlib at a time
_ZSTD_SLICE = 256  # what is fed to zstd at a time: a 4-byte block makes 128 KiB, so at most 8 MiB come out at once
_KEEP = 8 * 1024 * 1024  # beyond this, inflated bytes are counted before they are kept
_ON_LOOP = 64 * 1024  # compressed bodies up to this size are inflated without a thread


class Exchange(Protocol):
    """What a server can do without the messages of ASGI."""

    def body(self) -> bytes | None:
        """The whole body as it came, when all of it is here; it can be taken once."""
        ...

    def answer(self, status: int, head: bytes, body: bytes) -> bool:
        """Send an answer: its headers as they are written and its body; False when that must go the usual way."""
        ...


def headers(scope: MutableMapping[str, Any]) -> dict[bytes, bytes]:
    """The headers of a request by name, in lower case; of one that is repeated, the last."""
    known: dict[bytes, bytes] | None = scope.get(HEADERS)
    return dict(scope["headers"]) if known is None else known


async def body(request: Request, limit: int | None = None) -> bytes:
    """The whole body, decompressed as its `Content-Encoding` says.

    Args:
        limit: largest size in bytes, compressed and decompressed; None means the server's `max_body`.

    Raises:
        TooLarge: over the limit; nothing beyond it was kept.
        Invalid: an unknown or a broken encoding, or a body that stalls.
    """
    most: int = request.scope[LIMIT] if limit is None else limit
    given = headers(request.scope)
    declared = given.get(b"content-length", b"")
    if len(declared) > 18 or (declared.isdigit() and int(declared) > most):
        raise _too_large(most)
    exchange: Exchange | None = request.scope.get(EXCHANGE)
    content = None if exchange is None else exchange.body()
    if content is None:
        content = await _received(request, most)
    elif len(content) > most:
        raise _too_large(most)
    coding = given[b"content-encoding"].decode("latin-1").strip().lower() if b"content-encoding" in given else ""
    if not coding or coding == "identity" or not content:
        return content
    unpack = _CODINGS.get(coding)
    if unpack is None:
        raise Invalid(
            f"cannot decode {coding[:40]!r}", where="Content-Encoding", hint="send gzip, deflate, zstd or no encoding"
        )
    if len(content) <= _ON_LOOP:
        return _bounded(unpack, content, most)
    return await asyncio.get_running_loop().run_in_executor(None, _bounded, unpack, content, most)


def chunks(request: Request, limit: int = 0) -> Iterator[bytes]:
    """The body as it arrives, for a plain `def` handler declared with `stream=True`. Content encodings are refused.

    Args:
        limit: largest size in bytes; 0 means none.

    Raises:
        TooLarge: over the limit. Invalid: the body stalls or the client went away before its end.
    """
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Invalid("an upload cannot carry a content encoding", where="Content-Encoding")
    declared = request.headers.get("content-length", "")
    if limit and declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
        raise _too_large(limit)
    loop: asyncio.AbstractEventLoop = request.scope[LOOP]
    size = 0
    more = True
    started = time.monotonic()
    while more:
        future = asyncio.run_coroutine_threadsafe(_gathered(request), loop)
        try:
            pieces, more = future.result(_STALL_S + _TOGETHER_S + 5)
        except ClientDisconnect:
            raise Invalid("the client went away before the end of the body", where="body") from None
        except concurrent.futures.TimeoutError:
            raise Unavailable("the server is stopping") from None
        size += sum(map(len, pieces))
        if limit and size > limit:
            raise _too_large(limit)
        _hurry(started, size)
        yield from filter(None, pieces)


async def _gathered(request: Request) -> tuple[list[bytes], bool]:
    """Some pieces of a body: passing each by itself from the loop to a thread would cost more than receiving it."""
    piece, more = await _next(request)
    pieces = [piece]
    size = len(piece)
    until = time.monotonic() + _TOGETHER_S
    while more and size < _TOGETHER and time.monotonic() < until:
        piece, more = await _next(request)
        pieces.append(piece)
        size += len(piece)
    return pieces, more


async def _next(request: Request) -> tuple[bytes, bool]:
    try:
        async with asyncio.timeout(_STALL_S):
            message = await request.receive()
    except TimeoutError:
        raise Invalid("the body stopped arriving", where="body") from None
    if message["type"] == "http.disconnect":
        raise ClientDisconnect
    return message.get("body", b""), message.get("more_body", False)


async def _received(request: Request, most: int) -> bytes:
    first, more = await _next(request)
    if not more:
        if len(first) > most:
            raise _too_large(most)
        return first
    gathered = bytearray(first)
    started = time.monotonic()
    while more:
        if len(gathered) > most:
            raise _too_large(most)
        _hurry(started, len(gathered))
        piece, more = await _next(request)
        gathered += piece
    if len(gathered) > most:
        raise _too_large(most)
    return bytes(gathered)


def _hurry(started: float, size: int) -> None:
    """Give up a body that dribbles: it holds a thread or memory that others need."""
    if time.monotonic() - started > _PATIENCE_S + size / _SLOWEST:
        raise Invalid("the body arrives too slowly", where="body")


def _bounded(unpack: Callable[[bytes], Iterator[bytes]], content: bytes, most: int) -> bytes:
    """Inflate. What grows large is first only counted, so that a bomb costs no memory."""
    kept = bytearray()
    size = 0
    whole = True
    try:
        for piece in unpack(content):
            size += len(piece)
            if size > most:
                raise _too_large(most)
            if whole and size <= _KEEP:
                kept += piece
            else:
                whole = False
        if whole:
            return bytes(kept)
        kept.clear()
        return b"".join(unpack(content))
    except (zlib.error, zstandard.ZstdError) as error:
        raise Invalid(f"the body does not decompress: {error}", where="Content-Encoding") from None


def _zlib(window: int) -> Callable[[bytes], Iterator[bytes]]:
    def unpack(content: bytes) -> Iterator[bytes]:
        raw = window == zlib.MAX_WBITS and not _has_zlib_header(content)
        engine = zlib.decompressobj(-window if raw else window)
        for start in range(0, len(content), _SLICE):
            rest = content[start : start + _SLICE]
            while rest and not engine.eof:
                yield engine.decompress(rest, _PIECE)
                rest = engine.unconsumed_tail
            if engine.unused_data or (engine.eof and start + _SLICE < len(content)):
                raise Invalid("the compressed body has bytes after its end", where="Content-Encoding")
        while not engine.eof:
            tail = engine.decompress(b"", _PIECE)
            if not tail:
                raise Invalid("the compressed body is cut short", where="Content-Encoding")
            yield tail

    return unpack


def _has_zlib_header(content: bytes) -> bool:
    return len(content) > 1 and content[0] & 0x0F == 8 and (content[0] << 8 | content[1]) % 31 == 0


def _zstd(content: bytes) -> Iterator[bytes]:
    engine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    for start in range(0, len(content), _ZSTD_SLICE):
        if engine.eof:
            raise Invalid("the compressed body has bytes after its end", where="Content-Encoding")
        yield engine.decompress(content[start : start + _ZSTD_SLICE])
    if engine.unused_data:
        raise Invalid("the compressed body has bytes after its end", where="Content-Encoding")
    if not engine.eof:
        raise Invalid("the compressed body is cut short", where="Content-Encoding")


_CODINGS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "gzip": _zlib(16 + zlib.MAX_WBITS),
    "x-gzip": _zlib(16 + zlib.MAX_WBITS),
    "deflate": _zlib(zlib.MAX_WBITS),
    "zstd": _zstd,
}


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"the body is over the limit of {most:,} bytes", where="body")
