"""What logging costs the training process: `python bench/sdk.py [--calls N] [--peers]`.

One process, `log` of 10 scalars in a tight loop, then paced at 200 calls a second; ours offline, and sending to a
server. With `--peers` wandb (offline), trackio and tensorboardX do the same, each in an environment of its own under
.envs/. Every client runs three times in a fresh interpreter; the median of the three is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PEERS = {"wandb": "wandb", "trackio": "trackio", "tensorboardX": "tensorboardX"}
WANTED = {
    "p50_us": "≤ 10",
    "p99_us": "≤ 50",
    "closed_per_s": "≥ 1,000,000",
    "import_s": "≤ 0.15",
    "finish_s": "≤ 0.2 / 1 M points",
    "loop_per_s": "≥ 1,000,000",
}

# The loop is the same text for every client; only opening, logging and closing differ.
_LOOP = """
import json, resource, sys, threading, time
folder, calls, paced = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
began = time.perf_counter()
{imports}
import_s = time.perf_counter() - began
began = time.perf_counter()
{opening}
init_s = time.perf_counter() - began
data = {{f"metric/{{i}}": i * 0.5 for i in range(10)}}
for _ in range(200):
    {call}
def measure(count, pause):
    times = [0] * count
    clock = time.perf_counter_ns
    began = time.perf_counter()
    for step in range(count):
        for i in range(10):
            data[f"metric/{{i}}"] = step * 0.5 + i
        start = clock()
        {call}
        times[step] = clock() - start
        if pause:
            time.sleep(pause)
    return times, time.perf_counter() - began
cpu = time.process_time()
slow, _ = measure(paced, 0.005)
paced_cpu = time.process_time() - cpu
began = time.perf_counter()
for _ in range(calls):
    {call}
loop_s = time.perf_counter() - began
again = time.perf_counter()
{closing}
finish_s = time.perf_counter() - again
{second}
times, _ = measure(calls, 0)
def at(values, share):
    return sorted(values)[int(len(values) * share)] / 1000
print(json.dumps({{
    "import_s": import_s, "init_s": init_s, "p50_us": at(times, 0.5), "p99_us": at(times, 0.99),
    "p999_us": at(times, 0.999),
    "paced_p50_us": at(slow, 0.5), "paced_p99_us": at(slow, 0.99), "paced_cpu_s": paced_cpu,
    "loop_per_s": calls * 10 / loop_s, "finish_s": finish_s, "closed_per_s": calls * 10 / (loop_s + finish_s),
    "threads": threading.active_count(), "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "children": children(),
}}), flush=True)
{closing}
"""
_CHILDREN = """
def children():
    import os
    own = str(os.getpid())
    count = 0
    for entry in os.listdir("/proc") if os.path.isdir("/proc") else []:
        try:
            with open(f"/proc/{entry}/stat") as file:
                count += entry.isdigit() and file.read().rpartition(")")[2].split()[1] == own
        except OSError:
            pass
    return count
"""
_OURS = {"imports": "import modelwright as mw", "call": "run.log(data)", "closing": "run.finish()"}
_OPEN = "run = mw.init('bench', dir=folder, silent=True, console='off', git=False{more})"
_SENT = _OPEN.format(more=", url=sys.argv[4], finish_timeout=300")
_WANDB = (
    "run = wandb.init(project='bench', mode='offline', dir=folder, settings=wandb.Settings(console='off', silent=True))"
)
CLIENTS: dict[str, dict[str, str]] = {
    "modelwright": {**_OURS, "opening": _OPEN.format(more=""), "second": _OPEN.format(more="")},
    "modelwright → server": {**_OURS, "opening": _SENT, "second": _SENT},
    "wandb": {
        "imports": "import wandb",
        "opening": _WANDB,
        "call": "run.log(data)", "closing": "run.finish()",
        "second": _WANDB,
    },
    "trackio": {
        "imports": "import os; os.environ['TRACKIO_DIR'] = folder\nimport trackio",
        "opening": "run = trackio.init(project='bench', embed=False)",
        "call": "trackio.log(data)", "closing": "trackio.finish()",
        "second": "run = trackio.init(project='bench', embed=False)",
    },
    "tensorboardX": {
        "imports": "from tensorboardX import SummaryWriter",
        "opening": "run = SummaryWriter(folder)",
        "call": "[run.add_scalar(key, value) for key, value in data.items()]", "closing": "run.close()",
        "second": "run = SummaryWriter(folder)",
    },
}  # fmt: skip
_SERVE = (
    "import sys; from modelwright.kit.settings import Settings; from modelwright.server.serve import serve;"
    "serve(Settings(dir=sys.argv[1], port=0), lambda url: print(url, flush=True))"
)


def interpreter(client: str) -> str:
    """Ours for us, an environment of its own for a peer."""
    if client not in PEERS:
        return sys.executable
    place = ROOT / ".envs" / f"bench-{client}"
    python = place / "bin" / "python"
    if not (place / "complete").exists():
        print(f"making an environment for {client}", file=sys.stderr, flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(place)], check=True)
        uv = Path(sys.executable).with_name("uv")
        command = (
            [str(uv), "pip", "install", "-q", "--python", str(python)]
            if uv.exists()
            else [str(python), "-m", "pip", "install", "-q"]
        )
        subprocess.run([*command, PEERS[client], "numpy"], check=True)
        (place / "complete").touch()
    return str(python)


def once(client: str, calls: int, paced: int, url: str) -> dict[str, Any]:
    """One fresh process."""
    with tempfile.TemporaryDirectory() as folder:
        program = _CHILDREN + _LOOP.format(**CLIENTS[client])
        env = {**os.environ, "MODELWRIGHT_CONFIG_DIR": folder, "WANDB_SILENT": "true", "PYTHONPATH": ""}
        done = subprocess.run(
            [interpreter(client), "-c", program, folder, str(calls), str(paced), url],
            capture_output=True,
            text=True,
            env=env,
            cwd=folder,
            check=False,
        )
        if done.returncode:
            raise SystemExit(f"{client}: {done.stderr[-2000:]}")
        lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
        figures: dict[str, Any] = json.loads(lines[-1])
        return figures


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(prog="bench/sdk.py", description=__doc__)
    parser.add_argument("--calls", type=int, default=100_000, help="calls of log in the tight loop")
    parser.add_argument("--paced", type=int, default=600, help="calls at 200 a second")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--peers", action="store_true", help="wandb, trackio and tensorboardX too")
    options = parser.parse_args()
    clients = [name for name in CLIENTS if name not in PEERS or options.peers]
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen([sys.executable, "-c", _SERVE, folder], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            url = server.stdout.readline().strip()
            table: dict[str, dict[str, float]] = {}
            for client in clients:
                calls = options.calls if client not in PEERS else options.calls // 10
                runs = [once(client, calls, options.paced, url) for _ in range(options.repeat)]
                table[client] = {figure: statistics.median(run[figure] for run in runs) for figure in runs[0]}
        finally:
            server.terminate()
            server.wait(30)
    print(f"{'':16}" + "".join(f"{name:>22}" for name in clients) + f"{'wanted':>22}")
    for figure in table[clients[0]]:
        cells = "".join(f"{_shown(table[name][figure]):>22}" for name in clients)
        print(f"{figure:16}{cells}{WANTED.get(figure, ''):>22}")


def _shown(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


if __name__ == "__main__":
    main()
