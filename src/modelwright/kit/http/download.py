"""Answering with a stored file: ranges, validators, and headers that keep a browser from running what it gets.

Knows RFC 9110 (ranges, conditions) and RFC 6266 (file names); refuses to know where the bytes are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.IGNORECASE)
_ACTIVE = ("html", "xml", "javascript", "ecmascript")  # in any of these a page could hide a script


def download(
    request: Request,
    open_range: Callable[[int, int | None], Iterator[bytes]],
    *,
    name: str,
    size: int,
    digest: str,
    media_type: str,
) -> Response:
    """The answer to GET or HEAD of a file: whole (200), a single range (206), unchanged (304) or out of range (416).

    Always an attachment with `nosniff`; types that carry scripts are sent as plain text (SVG as itself, in a sandbox).

    Args:
        open_range: gives the bytes from a start, so many or all that follow.
        digest: names the content; it becomes the ETag.
    """
    etag = f'"{digest}"'
    headers = {
        "accept-ranges": "bytes",
        "etag": etag,
        "content-type": safe_type(media_type),
        "x-content-type-options": "nosniff",
        "content-disposition": disposition(name),
        "cache-control": "private, no-cache",
        "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    }
    if _matches(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=headers)
    start, end = 0, size
    status = 200
    wanted = request.headers.get("range")
    unchanged = request.headers.get("if-range", etag).strip() == etag
    if wanted is not None and unchanged and request.method == "GET":
        match = _RANGE.fullmatch(wanted)
        if match and _valid(match[1], match[2]):  # anything else, several ranges too, is answered whole
            span = _span(match[1], match[2], size)
            if span is None:
                return Response(status_code=416, headers={"content-range": f"bytes */{size}", "accept-ranges": "bytes"})
            start, end = span
            status = 206
            headers["content-range"] = f"bytes {start}-{end - 1}/{size}"
    headers["content-length"] = str(end - start)
    if request.method == "HEAD" or start == end:
        return Response(status_code=status, headers=headers)
    return StreamingResponse(open_range(start, None if end == size else end - start), status, headers)


def safe_type(media_type: str) -> str:
    """A media type that no browser runs: pages, scripts and XML become plain text."""
    kind = media_type.partition(";")[0].strip().lower()
    if kind == "image/svg+xml":
        return kind
    if any(word in kind for word in _ACTIVE):
        return "text/plain; charset=utf-8"
    if kind.startswith("text/"):
        return f"{kind}; charset=utf-8"
    return kind or "application/octet-stream"


def disposition(name: str) -> str:
    """`Content-Disposition` of an attachment, with its name in ASCII and in full."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _matches(header: str, etag: str) -> bool:
    return header.strip() == "*" or any(part.strip().removeprefix("W/") == etag for part in header.split(",") if part)


def _valid(first: str, last: str) -> bool:
    return bool(first or last) and not (first and last and int(last) < int(first))


def _span(first: str, last: str, size: int) -> tuple[int, int] | None:
    """[start, end) of a range; None when nothing of it is there."""
    if not first:  # the last so many bytes
        count = int(last)
        return (max(0, size - count), size) if count and size else None
    start = int(first)
    end = min(size, int(last) + 1) if last else size
    return (start, end) if start < size else None
