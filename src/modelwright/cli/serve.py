"""`mw up`: a server on this machine.

Knows ports, folders and what to say first. Refuses to import the server: it is loaded by name, so that the light
install of a training image carries none of it.
"""

from __future__ import annotations

import importlib
import ipaddress
import os
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from modelwright.cli.output import note, say
from modelwright.types.errors import Conflict, Invalid, Unavailable

PORT = 7117


def part(name: str) -> Any:
    """A module of the server tower, by name.

    Raises:
        Unavailable: this is the light install, without the server's packages.
    """
    try:
        return importlib.import_module(f"modelwright.{name}")
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"the server needs the package {error.name}, which is not installed",
            hint="install it: pip install 'modelwright[server]'",
        ) from None


def read_settings(flags: dict[str, Any]) -> Any:
    """The server's Settings from flags, then the environment, then defaults."""
    return part("kit.settings").read(flags)


def storage_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds --dir, --db and --blobs: where a server keeps its state."""
    for option in (
        click.option(
            "--blobs", metavar="URL", help="Blob store: s3://bucket/prefix, gs://…, az://… (default: in --dir)."
        ),
        click.option("--db", metavar="URL", help="Database: postgresql://user@host/name (default: SQLite in --dir)."),
        click.option("--dir", "dir_", metavar="FOLDER", help="Data folder.  [default: ./modelwright-data]"),
    ):
        command = option(command)
    return command


@click.command("up")
@click.option(
    "--host",
    metavar="ADDRESS",
    help="Address to listen on; any but loopback needs an administrator.  [default: 127.0.0.1]",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), metavar="PORT", help=f"TCP port; 0 takes a free one.  [default: {PORT}]"
)
@storage_options
@click.option("--auth", is_flag=True, default=None, help="Ask for a login on loopback too.")
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="Host name that requests may carry (repeatable).",
)
def up_command(
    host: str | None,
    port: int | None,
    dir_: str | None,
    db: str | None,
    blobs: str | None,
    auth: bool | None,
    allowed_hosts: tuple[str, ...],
) -> None:
    """Start the server here. What was logged offline in the same folder is taken in as it comes.

    Every setting can also be given as MODELWRIGHT_SERVER_NAME; docs/reference/settings.md lists them.
    """
    flags = {
        "host": host,
        "port": port,
        "dir": dir_,
        "db": db,
        "blobs": blobs,
        "auth": auth,
        "allowed_hosts": allowed_hosts or None,
    }
    run_server(read_settings(flags), ready=welcome)


def welcome(url: str, settings: Any) -> None:
    """What a person sees once the server answers."""
    state = settings.db.rpartition("@")[2] or str(Path(settings.dir).expanduser())
    say(f"Modelwright is up: {click.style(url, bold=True)}   (state in {state}; Ctrl-C stops it)")
    say()
    say(f"  log to it from Python   export MODELWRIGHT_URL={url}   then   import modelwright as mw; mw.init()")
    say(f"  or by the MLflow client export MLFLOW_TRACKING_URI={url}")
    say("  see what arrives        there, in the browser, or with   mw runs   and   mw logs RUN -f")


def run_server(settings: Any, *, ready: Callable[[str, Any], None]) -> None:
    """Serve until stopped; `ready(url, settings)` is called once requests are answered.

    Raises:
        Conflict: the port is taken, by us or by another program.
    """
    if settings.port:
        refuse_taken_port(settings.host, settings.port)
    serve = part("server.serve").serve
    folder = Path(settings.dir).expanduser().resolve()
    stop = threading.Event()

    def on_ready(url: str) -> None:
        ready(url, settings)
        threading.Thread(target=take_in, args=(url, settings, folder, stop), name="spool", daemon=True).start()

    try:
        serve(settings, on_ready)
    except Invalid as error:
        if error.where != "host":
            raise
        hint = f"make one first: mw users add NAME --admin --dir {settings.dir}, or set MODELWRIGHT_SERVER_ADMIN_TOKEN"
        raise Invalid(error.message, where="--host", hint=hint) from None
    finally:
        stop.set()


def take_in(url: str, settings: Any, folder: Path, stop: threading.Event) -> None:
    """Ship the spool of `folder` to the server just started, as it grows, until `stop`."""
    from modelwright.sdk import credentials
    from modelwright.sdk.sync import follow

    login = credentials.find(url)
    token = settings.admin_token or os.environ.get("MODELWRIGHT_TOKEN", "") or (login.token if login else "")
    if not token and (settings.auth or not is_loopback(settings.host)):
        note("Runs logged offline in this folder wait for `mw login` and `mw sync`: this server asks for a login.")
        return
    follow(folder, url, token, stop=stop, tell=note)


def is_loopback(host: str) -> bool:
    """Whether an address can only be reached from this machine."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_taken_port(host: str, port: int) -> None:
    """Say who has the port, rather than fail later.

    Raises:
        Conflict: something listens there.
        Invalid: the address is none of this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError:
            raise Conflict(
                f"port {port} is reserved for the administrator of this machine",
                hint="choose one above 1023: --port 7117",
            ) from None
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno not in (48, 98, 10048):
                raise Invalid(
                    f"cannot listen on {host}: {error.strerror or error}",
                    where="--host",
                    hint="use 127.0.0.1, 0.0.0.0 or an address of this machine",
                ) from None
        else:
            return
    other = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104  the wildcard is compared, not bound
    url = f"http://[{other}]:{port}" if ":" in other else f"http://{other}:{port}"
    if answers_as_ours(url):
        raise Conflict(
            f"a Modelwright server is already up at {url}",
            hint="use it, or start another: mw up --port 0 --dir OTHER-FOLDER",
        )
    raise Conflict(f"port {port} is taken by another program", hint=f"choose another: mw up --port {port + 1}")


def answers_as_ours(url: str) -> bool:
    """Whether `GET /health` answers as a Modelwright server within two seconds."""
    import urllib3

    try:
        answer = urllib3.request(
            "GET", f"{url}/health", headers={"Accept": "application/json"}, timeout=2.0, retries=False
        )
        return answer.status == 200 and b'"ok"' in answer.data
    except urllib3.exceptions.HTTPError:
        return False
