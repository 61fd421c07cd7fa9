"""The web UI's files: the page for every address of the UI, and the assets it loads.

Knows how browsers cache and what a page of ours may do (Content-Security-Policy). Refuses to know what pages show: they
reveal nothing by themselves, so they are served to anyone; what they ask the API for is checked there.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from modelwright.kit.context import Ctx
from modelwright.kit.http import Routes
from modelwright.types.access import Permission
from modelwright.types.errors import NotFound

FOLDER = Path(__file__).parent / "ui"

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; font-src 'self'; connect-src 'self'; frame-src 'self' blob:; "
    "worker-src 'self' blob:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
_FOREVER = "public, max-age=31536000, immutable"
_TEXTUAL = ("text/", "application/javascript", "application/json", "image/svg")
_NOT_BUILT = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Modelwright</title>
<body style="font: 14px/1.6 system-ui, sans-serif; max-width: 38rem; margin: 18vh auto; padding: 0 1rem">
<h1 style="font-size: 20px">The web UI is not built</h1>
<p>The server is up and its API works; only these pages are missing. In the checkout that it was installed from, run</p>
<pre style="padding: .6rem .8rem; border: 1px solid #8886; border-radius: 6px">.venv/bin/python tools/web.py build</pre>
<p>then load this page again. It needs npm's registry once. <code>make ui</code> serves it with live reload.</p>
</body></html>
"""


@dataclass(slots=True)
class _File:
    content: bytes
    packed: bytes | None
    kind: str
    tag: str


@dataclass(slots=True)
class Pages:
    """The built files of a folder, read when first asked for and again when the folder was built anew."""

    folder: Path = FOLDER
    _built: int = 0
    _files: dict[str, _File | None] = field(default_factory=dict[str, "_File | None"])

    def page(self, request: Request) -> Response:
        """The page of every address."""
        file = self._read("index.html")
        if file is None:
            return Response(_NOT_BUILT, 404, headers=_page_headers("no-store"), media_type="text/html; charset=utf-8")
        return _answer(file, request, _page_headers("no-cache"))

    def lost(self) -> Response:
        """The page of an address that is none: it says so itself."""
        file = self._read("index.html")
        content: bytes | str = _NOT_BUILT if file is None else file.content
        return Response(content, 404, headers=_page_headers("no-store"), media_type="text/html; charset=utf-8")

    def file(self, name: str, request: Request, *, hashed: bool) -> Response:
        """One file; `hashed` tells that its name changes with its content.

        Raises:
            NotFound: there is no such file.
        """
        file = self._read(name)
        if file is None:
            raise NotFound("the web UI has no such file", where="path", hint="load the page again")
        return _answer(file, request, {"cache-control": _FOREVER if hashed else "no-cache"})

    def _read(self, name: str) -> _File | None:
        try:
            built = (self.folder / "index.html").stat().st_mtime_ns
        except OSError:
            built = 0
        if built != self._built:
            self._built, self._files = built, {}
        if name not in self._files:
            if len(self._files) > 1_000:  # names that do not exist are remembered too
                self._files = {}
            self._files[name] = self._load(name)
        return self._files[name]

    def _load(self, name: str) -> _File | None:
        root = self.folder.resolve()
        path = (root / name).resolve()
        if (
            not path.is_relative_to(root)
            or any(part.startswith(".") for part in Path(name).parts)
            or not path.is_file()
        ):
            return None
        content = path.read_bytes()
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if name.endswith(".js"):
            kind = "text/javascript"
        packed = gzip.compress(content, 9, mtime=0) if kind.startswith(_TEXTUAL) and len(content) > 500 else None
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        return _File(content, packed, kind, f'"{hashlib.sha256(content).hexdigest()[:24]}"')


def _page_headers(cache: str) -> dict[str, str]:
    return {"cache-control": cache, "content-security-policy": POLICY}


def _answer(file: _File, request: Request, headers: dict[str, str]) -> Response:
    headers["etag"] = file.tag
    content = file.content
    if file.packed is not None:
        headers["vary"] = "accept-encoding"
        if "gzip" in request.headers.get("accept-encoding", ""):
            content = file.packed
            headers["content-encoding"] = "gzip"
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if file.tag in known:
        headers.pop("content-encoding", None)
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type=file.kind)


def page_routes(pages: Pages | None = None) -> Routes:
    """The addresses of the UI: its pages, and the files beside them."""
    built = pages or Pages()
    routes = Routes(tag="pages")

    def serve(path: str, name: str) -> None:
        @routes.get(path, permission=Permission.OPEN, raw=True, hidden=True, name=name, summary="A page of the web UI")
        def page(ctx: Ctx, request: Request, **parts: str) -> Response:
            return built.page(request)

    for number, path in enumerate(("/", "/login", "/runs/{run}", "/w", "/w/{rest:path}")):
        serve(path, f"page_{number}")

    @routes.get(
        "/assets/{name:path}", permission=Permission.OPEN, raw=True, hidden=True, summary="An asset of the web UI"
    )
    def asset(ctx: Ctx, request: Request, name: str) -> Response:
        return built.file(f"assets/{name}", request, hashed=True)

    @routes.get("/favicon.svg", permission=Permission.OPEN, raw=True, hidden=True, summary="The icon of the web UI")
    def icon(ctx: Ctx, request: Request) -> Response:
        return built.file("favicon.svg", request, hashed=False)

    @routes.get(
        "/theme.js", permission=Permission.OPEN, raw=True, hidden=True, summary="The script that sets the theme"
    )
    def theme(ctx: Ctx, request: Request) -> Response:
        return built.file("theme.js", request, hashed=False)

    return routes
