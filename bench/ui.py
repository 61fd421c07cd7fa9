"""How quick the web UI is, in the system's Chromium on a seeded store: `python -m bench.ui` prints a table.

    python -m bench.ui                        10,000 runs × 200 metric keys; 100,000 runs to sort
    python -m bench.ui --deep                 also 100 runs × 1 M points
    python -m bench.ui --runs 500 --many 5000 --minutes 0.2     smaller
    python -m bench.ui --dir DIR              keep what was seeded, and use it again

Times are taken inside the page: from the start of the navigation, or from the event, to the last stroke on a canvas or
to the frame that shows the answer.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import urllib3
from playwright.sync_api import CDPSession, Page, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench.servers import ROOT, serving

_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run")
_SCREEN = {"width": 2200, "height": 1500}
_MOVES = 100
_CANVAS = "[data-panel] canvas"
# Notes when charts are painted and when the first of what one waits for is there.
_WATCH = """(() => {
  const watch = {
    painted: 0, wall: 0, strokes: 0, charts: new Map(), first: null, list: null,
    asked: 0, landed: 0, pending: 0, up: 0, // requests for series
  }
  const fetched = window.fetch
  window.fetch = async (...given) => {
    if (!String(given[0].url ?? given[0]).includes("series")) return fetched(...given)
    watch.asked = performance.now()
    watch.pending += 1
    try { return await fetched(...given) } finally { watch.pending -= 1; watch.landed = performance.now() }
  }
  window.__watch = watch
  const pen = CanvasRenderingContext2D.prototype
  for (const name of ["stroke", "fill", "clearRect", "drawImage"]) {
    const real = pen[name]
    pen[name] = function (...given) {
      watch.painted = performance.now()
      watch.wall = Date.now()
      watch.strokes += 1
      watch.charts.set(this.canvas, watch.painted)
      if (name === "stroke" && this.canvas.closest?.("[data-panel]")) watch.first ??= watch.painted
      return real.apply(this, given)
    }
  }
  const rows = new MutationObserver(() => {
    if (!document.querySelector("[data-run]")) return
    rows.disconnect()
    watch.frame().then((at) => { watch.list = at })
  })
  rows.observe(document, { childList: true, subtree: true })
  watch.frame = () => new Promise((done) => requestAnimationFrame(() => {
    const channel = new MessageChannel()
    channel.port1.onmessage = () => done(performance.now())
    channel.port2.postMessage(0)
  }))
  // The time of the last stroke after `from`, once for `rest` ms neither a stroke nor an answer with series came.
  watch.quiet = async (from, rest, most = 30000, ask = false) => {
    const end = performance.now() + most
    for (;;) {
      await new Promise((done) => setTimeout(done, 30))
      const now = performance.now()
      const still = watch.pending === 0 && now - Math.max(watch.painted, watch.landed) > rest
      if (now > end || (watch.painted > from && still && (!ask || watch.asked > from))) return watch.painted
    }
  }
})()"""
_TOGGLE = """async (at) => {
  const row = document.querySelectorAll("[data-run]")[at]
  const eye = row.querySelector("button[aria-label^='Hide'],button[aria-label^='Draw']")
  const from = performance.now()
  eye.click()
  const painted = await window.__watch.quiet(from, 500, 6000)
  return painted > from ? painted - from : null
}"""
# Work of the main thread for one move: the frame that hears it, and the one in which the other charts follow.
_CROSSHAIR = """async (moves) => {
  const canvas = document.querySelector("[data-panel] canvas")
  const box = canvas.getBoundingClientRect()
  const spent = []
  for (let n = 0; n < moves; n++) {
    const where = { clientX: box.left + box.width * (0.2 + 0.6 * n / moves), clientY: box.top + box.height / 2 }
    const target = document.elementFromPoint(where.clientX, where.clientY) ?? canvas
    let work = 0
    const frame = (before) => new Promise((done) => requestAnimationFrame(() => {
      const began = performance.now()
      const channel = new MessageChannel()
      channel.port1.onmessage = () => { work += performance.now() - began; done() }
      channel.port2.postMessage(0)
    }))
    const first = frame()
    target.dispatchEvent(new PointerEvent("pointermove", { bubbles: true, pointerType: "mouse", ...where }))
    await first
    await frame()
    spent.push(work)
  }
  return spent
}"""
_SEARCH = """async (text) => {
  const box = document.querySelector("[aria-label='Search panels']")
  const shown = () => [...document.querySelectorAll("[data-panel]")].map((panel) => panel.dataset.panel).join()
  const before = shown()
  const from = performance.now()
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(box, text)
  box.dispatchEvent(new Event("input", { bubbles: true }))
  while (shown() === before && performance.now() - from < 10000) await new Promise((done) => {
    const channel = new MessageChannel()
    channel.port1.onmessage = done
    channel.port2.postMessage(0)
  })
  return performance.now() - from
}"""
_SORT = """async (name) => {
  const head = [...document.querySelectorAll("[role=columnheader]")].find((each) => each.dataset.column === name)
  const before = head.getAttribute("aria-sort")
  const from = performance.now()
  head.querySelector("button").click()
  for (;;) {
    const now = [...document.querySelectorAll("[role=columnheader]")].find((each) => each.dataset.column === name)
    if (now.getAttribute("aria-sort") !== before) break
    if (performance.now() - from > 20000) return null
    await new Promise((done) => setTimeout(done, 0))
  }
  return (await window.__watch.frame()) - from
}"""


@dataclass
class Row:
    """A line of the table."""

    what: str
    measured: float | None
    wanted: float
    unit: str = "ms"
    note: str = ""


class Bench:
    """One browser, one page at a time, on one server."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.rows: list[Row] = []
        self.http = urllib3.PoolManager(maxsize=8)

    def add(self, what: str, measured: float | None, wanted: float, unit: str = "ms", note: str = "") -> None:
        """Note a figure."""
        self.rows.append(Row(what, measured, wanted, unit, note))
        shown = "none" if measured is None else f"{measured:,.1f}"
        print(f"  {what}: {shown} {unit} {note}", file=sys.stderr, flush=True)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the API."""
        headers = {"content-type": "application/json"}
        answer = self.http.request(
            method, f"{self.url}/api/v1{path}", body=None if body is None else json.dumps(body), headers=headers
        )
        assert answer.status < 400, f"{method} {path}: {answer.status} {answer.data[:300]!r}"
        return json.loads(answer.data) if answer.data else None

    def experiment(self, name: str) -> str:
        """The id of an experiment, made if there is none."""
        return self.ask("POST", "/experiments", {"name": name, "exist_ok": True})["id"]

    def open(self, experiment: str, more: str = "", ready: str = _CANVAS) -> None:
        """Go there and wait until all is drawn and at rest."""
        self.page.goto(f"{self.url}/w/default/experiments/{experiment}{more}", wait_until="commit")
        self.page.locator(ready).first.wait_for(timeout=120_000)
        if ready == _CANVAS:
            self.page.evaluate("window.__watch.quiet(0, 1000)")

    # --- what is measured

    def navigation(self, experiment: str, label: str, times: int) -> None:
        """From the start of a navigation to the rows of the list and to the first chart."""
        charts: list[float] = []
        lists: list[float] = []
        for turn in range(times + 1):
            self.page.goto("about:blank")
            self.open(experiment)
            if turn:  # the first one warms the server
                charts.append(self.page.evaluate("window.__watch.first"))
                lists.append(self.page.evaluate("window.__watch.list"))
        worst = f"worst {max(charts):,.0f}"
        self.add(f"first chart after navigation, {label}", statistics.median(charts), 500, note=worst)
        self.add(f"run list after navigation, {label}", statistics.median(lists), 200, note=f"worst {max(lists):,.0f}")

    def toggle(self, experiment: str, runs: int) -> None:
        """One eye of many drawn runs: until the last visible chart is repainted."""
        self.open(experiment, "?q=params.seed+%3C+1000&panels=loss%7Caccuracy")
        self.page.get_by_role("button", name="All", exact=True).click()
        self.page.evaluate("window.__watch.quiet(performance.now() - 1, 3000, 60000)")
        drawn = self.page.get_by_text("runs drawn").first.inner_text().split("\n")[0]
        charts = self._visible()
        took = [self.page.evaluate(_TOGGLE, at) for at in (2, 2, 3, 3, 4, 4, 5)]
        told = [each for each in took if each is not None]
        median = statistics.median(told) if told else None
        self.add("toggle 1 of 1,000 runs", median, 100, note=f"{drawn}, {charts} charts")

    def _visible(self) -> int:
        return self.page.evaluate(
            f"[...document.querySelectorAll('{_CANVAS}')].map((canvas) => canvas.getBoundingClientRect())"
            ".filter((box) => box.width > 0 && box.bottom > 0 && box.top < innerHeight).length"
        )

    def crosshair(self, experiment: str, cdp: CDPSession) -> None:
        """The mean work of one move of the pointer while all charts follow, and how much of it is the processor's."""
        self.open(experiment)
        charts = self._visible()
        cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
        before = self._busy(cdp)
        spent: list[float] = self.page.evaluate(_CROSSHAIR, _MOVES)
        busy = (self._busy(cdp) - before) / _MOVES * 1000
        cdp.send("Performance.disable")
        p95 = sorted(spent)[int(len(spent) * 0.95)]
        note = f"{charts} charts visible, p95 {p95:.1f}, of the main thread's processor time {busy:.1f}"
        self.add("crosshair over 50 visible charts, a move", statistics.mean(spent), 16, note=note)

    def _busy(self, cdp: CDPSession) -> float:
        """Seconds of processor time that the tasks of the main thread have taken."""
        return {each["name"]: each["value"] for each in cdp.send("Performance.getMetrics")["metrics"]}["TaskDuration"]

    def zoom(self, experiment: str, label: str) -> None:
        """From the end of the drag to finer buckets, in the dragged chart and in all visible ones."""
        own: list[float] = []
        everywhere: list[float] = []
        for turn in range(4):
            self.open(experiment)
            box = self.page.locator(_CANVAS).first.bounding_box()
            assert box is not None
            self.page.evaluate(
                "() => addEventListener('pointerup', () => { window.__watch.up = performance.now() }, true)"
            )
            y = box["y"] + box["height"] / 2
            self.page.mouse.move(box["x"] + box["width"] * 0.35, y)
            self.page.mouse.down()
            self.page.mouse.move(box["x"] + box["width"] * 0.5, y, steps=4)
            self.page.mouse.move(box["x"] + box["width"] * (0.65 + turn / 50), y, steps=4)
            self.page.mouse.up()
            last, one = self.page.evaluate(
                "async () => { const watch = window.__watch;"
                " const last = await watch.quiet(watch.up, 1000, 15000, true);"
                f" return [last - watch.up, watch.charts.get(document.querySelector('{_CANVAS}')) - watch.up] }}"
            )
            if turn:
                own.append(one)
                everywhere.append(last)
        note = f"all visible charts {statistics.median(everywhere):,.0f}"
        self.add(f"zoom, {label}", statistics.median(own), 250, note=note)

    def regex(self, keys: int) -> None:
        """A pattern over the names of many metrics, to the panels it leaves."""
        experiment = self.experiment("keys")
        if self.ask("POST", "/runs:count", {"experiments": [experiment]})["count"] == 0:
            made = self.ask("POST", "/runs", {"experiment": "keys", "name": "many-keys"})["id"]
            names = [f"layer.{n % 50}/block{n // 50}/weight.{n}" for n in range(keys)]
            for first in range(0, keys, 1000):
                points = [
                    {"key": key, "steps": [0, 1], "times_ms": [1_760_000_000_000] * 2, "values": [1.0, 0.5]}
                    for key in names[first : first + 1000]
                ]
                self.ask("POST", f"/runs/{made}/log", {"points": points})
            self.ask("PATCH", f"/runs/{made}", {"state": "finished"})
        self.page.goto(f"{self.url}/w/default/experiments/{experiment}", wait_until="commit")
        self.page.locator("[data-panel]").first.wait_for(timeout=60_000)
        self.page.wait_for_timeout(4000)
        took: list[float] = []
        for text in ("block1[0-9]{2}/", "weight.*77$", "^layer.(3|4)/.*9", "9{3}", "block[13579]+/w.*[02468]$"):
            took.append(self.page.evaluate(_SEARCH, text))
            self.page.wait_for_timeout(800)
        note = f"{keys:,} keys, worst {max(took):,.0f}"
        self.add("regex over 10,000 keys, keystroke to panels", statistics.median(took), 50, note=note)

    def sort(self, experiment: str, runs: int) -> None:
        """A click on a header to the sorted rows."""
        self.page.goto(f"{self.url}/w/default/experiments/{experiment}/table", wait_until="commit")
        self.page.locator("[aria-rowcount]").first.wait_for(timeout=120_000)
        began = time.monotonic()
        enough = "(least) => Number(document.querySelector('[aria-rowcount]')?.getAttribute('aria-rowcount')) >= least"
        whole = True
        try:
            self.page.wait_for_function(enough, arg=runs, timeout=120_000)
        except PlaywrightError:  # then the table sorts what it has, and the note says how many rows that is
            whole = False
        waited = time.monotonic() - began
        self.page.wait_for_timeout(3000)
        rows = self.page.evaluate("Number(document.querySelector('[aria-rowcount]').getAttribute('aria-rowcount'))")
        names: list[str] = self.page.evaluate(
            "[...document.querySelectorAll('[role=columnheader][aria-sort]')]"
            ".map((head) => head.dataset.column).slice(0, 6)"
        )
        took: dict[str, float] = {}
        for name in names:
            times = [self.page.evaluate(_SORT, name) for _ in range(2)]
            told = [each for each in times if each is not None]
            if told:
                took[name] = max(told)
            self.page.wait_for_timeout(300)
        worst = max(took, key=lambda name: took[name]) if took else ""
        note = f"{rows:,} rows{'' if whole else ' (not all)'}, there after {waited:.1f} s"
        note += f"; worst {worst} {took.get(worst, 0):,.0f}"
        self.add("sort of 100,000 runs", statistics.median(took.values()) if took else None, 300, note=note)

    def live(self, points: int = 8) -> None:
        """From `log()` of the SDK to the stroke."""
        name = f"live-{int(time.time())}"
        code = (
            "import sys, time, modelwright as mw\n"
            f"run = mw.init(experiment={name!r}, url={self.url!r})\n"
            "run.log({'loss': 1.0}); run.log({'loss': 0.9})\n"
            "print('ready', flush=True)\n"
            "for number, _ in enumerate(sys.stdin):\n"
            "    at = time.time(); run.log({'loss': 1 / (number + 2)}); print('logged', at * 1000, flush=True)\n"
            "run.finish()\n"
        )
        with tempfile.TemporaryDirectory() as folder:
            process = subprocess.Popen(
                [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=folder,
                env={**os.environ, "MODELWRIGHT_URL": self.url},
            )  # fmt: skip
            assert process.stdin is not None and process.stdout is not None
            try:
                self._line(process, "ready")
                time.sleep(1)
                self.open(self.experiment(name))
                took: list[float] = []
                for _ in range(points):
                    self.page.wait_for_timeout(1500)
                    process.stdin.write("log\n")
                    process.stdin.flush()
                    at = float(self._line(process, "logged").split()[1])
                    self.page.wait_for_function("(at) => window.__watch.wall > at", arg=at, timeout=20_000)
                    took.append(self.page.evaluate("window.__watch.wall") - at)
            finally:
                process.stdin.close()
                process.wait(30)
        self.add("live point, log() to pixel", statistics.median(took), 2000, note=f"worst {max(took):,.0f}")

    def _line(self, process: subprocess.Popen[str], start: str) -> str:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(start):
                return line
        raise SystemExit("the logging process ended early")

    def memory(self, cdp: CDPSession, minutes: float) -> None:
        """The heap of the page after garbage collection, while ten runs log ten points a second."""
        name = f"memory-{int(time.time())}"
        runs = [self.ask("POST", "/runs", {"experiment": name, "name": f"live-{n}"})["id"] for n in range(10)]
        over = threading.Event()
        sent = [0]

        def write() -> None:
            step = 0
            while not over.is_set():
                began = time.monotonic()
                for run in runs:
                    now = int(time.time() * 1000)
                    steps = list(range(step, step + 10))
                    values = [math.exp(-each / 500) for each in steps]
                    point = {"key": "loss", "steps": steps, "times_ms": [now] * 10, "values": values}
                    self.ask("POST", f"/runs/{run}/log", {"points": [point]})
                    sent[0] += 10
                step += 10
                over.wait(max(0.0, 1.0 - (time.monotonic() - began)))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            time.sleep(2)
            self.open_live(self.experiment(name))
            self.page.wait_for_timeout(max(5.0, minutes * 15) * 1000)
            strokes = self.page.evaluate("window.__watch.strokes")
            first = self._heap(cdp)
            heaps = [first]
            until = time.monotonic() + minutes * 60
            while time.monotonic() < until:
                self.page.wait_for_timeout(min(10.0, minutes * 20) * 1000)
                heaps.append(self._heap(cdp))
            strokes = self.page.evaluate("window.__watch.strokes") - strokes
        finally:
            over.set()
            writer.join()
        growth = (heaps[-1] / first - 1) * 100
        note = f"{first / 1e6:.1f} → {heaps[-1] / 1e6:.1f} MB, {sent[0]:,} points, {strokes:,} strokes"
        self.add(f"growth of memory in {minutes:g} min of live updates", growth, 10, "%", note)

    def open_live(self, experiment: str) -> None:
        """Go there; what is drawn is never at rest."""
        self.page.goto(f"{self.url}/w/default/experiments/{experiment}", wait_until="commit")
        self.page.locator(_CANVAS).first.wait_for(timeout=60_000)

    def _heap(self, cdp: CDPSession) -> float:
        cdp.send("HeapProfiler.collectGarbage")
        heap = cdp.send("Runtime.getHeapUsage")
        return sum(heap.get(part, 0) for part in ("usedSize", "embedderHeapUsedSize", "backingStorageSize"))


def table(rows: list[Row]) -> str:
    """What was measured beside what is wanted."""
    lines = [f"{'':58}{'measured':>12}{'wanted':>12}   "]
    for row in rows:
        shown = "none" if row.measured is None else f"{row.measured:,.1f} {row.unit}"
        mark = "✓" if row.measured is not None and row.measured <= row.wanted else "✗"
        lines.append(f"{row.what:58}{shown:>12}{f'≤ {row.wanted:,.0f} {row.unit}':>12} {mark} {row.note}")
    return "\n".join(lines)


def _chromium() -> str:
    named = os.environ.get("MODELWRIGHT_CHROMIUM", "")
    found = named or shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    return found or sys.exit("there is no Chromium: `apt install chromium`, or name one in MODELWRIGHT_CHROMIUM")


def measure(folder: Path, options: argparse.Namespace) -> list[Row]:
    """All figures of a seeded folder."""
    with serving("modelwright", folder) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_chromium(), args=list(_ARGUMENTS))
        context = browser.new_context(viewport=_SCREEN)  # pyright: ignore[reportArgumentType]
        context.set_default_timeout(60_000)
        context.add_init_script(_WATCH)
        page = context.new_page()
        bench = Bench(page, url)
        wide = bench.experiment("wide")
        steps: list[tuple[str, Any]] = [
            ("navigation", lambda: bench.navigation(wide, f"{options.runs:,} × {options.keys}", 5)),
            ("toggle", lambda: bench.toggle(wide, options.runs)),
            ("crosshair", lambda: bench.crosshair(wide, context.new_cdp_session(page))),
            ("zoom", lambda: bench.zoom(wide, f"{options.runs:,} × {options.keys}")),
            ("regex", lambda: bench.regex(10_000)),
            ("sort", lambda: bench.sort(bench.experiment("many"), options.many)),
            ("live", bench.live),
            ("memory", lambda: bench.memory(context.new_cdp_session(page), options.minutes)),
        ]
        if options.deep:
            label = f"{options.deep} runs × {options.points:,} points"
            steps.append(("deep", lambda: bench.navigation(bench.experiment("deep"), label, 3)))
            steps.append(("deep zoom", lambda: bench.zoom(bench.experiment("deep"), label)))
        for name, step in steps:
            if options.only and name not in options.only.split(","):
                continue
            try:
                step()
            except Exception as error:  # one figure that fails must not lose the others
                bench.add(f"{name} (failed)", None, 0, note=str(error).splitlines()[0][:120])
        browser.close()
        return bench.rows


def main() -> None:
    """Seed, measure, print."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.ui", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--dir", help="folder to seed and to keep")
    parser.add_argument("--runs", type=int, default=10_000)
    parser.add_argument("--keys", type=int, default=200)
    parser.add_argument("--many", type=int, default=100_000, help="runs to sort")
    parser.add_argument("--deep", type=int, nargs="?", const=100, default=0, help="runs of a long metric")
    parser.add_argument("--points", type=int, default=1_000_000, help="points of each of them")
    parser.add_argument("--minutes", type=float, default=1.0, help="how long live updates go on")
    parser.add_argument("--only", default="", help="figures, comma-separated: navigation, toggle, crosshair, …")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as fresh:
        folder = Path(options.dir) if options.dir else Path(fresh) / "store"
        shape = ("runs", "keys", "many", "deep", "points")
        given = [part for name in shape for part in (f"--{name}", str(getattr(options, name)))]
        command = [sys.executable, "-m", "bench.seed_ui", "--dir", str(folder), *given]
        subprocess.run(command, cwd=ROOT, check=True)
        print(table(measure(folder, options)))


if __name__ == "__main__":
    main()
