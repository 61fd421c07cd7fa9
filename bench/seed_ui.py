"""Fills a folder with what the web UI is measured on, straight into the tables.

    python -m bench.seed_ui --dir DIR                       10,000 runs × 200 metric keys, experiment `wide`
    python -m bench.seed_ui --dir DIR --deep                also 100 runs × 1 M points, experiment `deep`
    python -m bench.seed_ui --dir DIR --many                also 100,000 runs of 10 metrics, experiment `many`
    python -m bench.seed_ui --dir DIR --runs 500 --keys 20  smaller, for tests

Then `mw up --dir DIR` serves it. Every series has its points: 100 for the first keys of every run and for all keys of
the newest runs, one for the others. The same options make the same data, ids and times too.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from modelwright import testing
from modelwright.domains.tracking.points import chunk, merge
from modelwright.domains.tracking.points.chunk import Block
from modelwright.domains.tracking.service import experiments, log, runs
from modelwright.kit.context import Ctx
from modelwright.types.tracking import ExperimentCreate, LogBatch, Points, RunCreate

START = 1_760_000_000_000
STATES = ("finished",) * 7 + ("failed", "crashed", "killed")
MODELS = ("resnet50", "resnet101", "vit-b16", "vit-l16", "convnext", "mlp")
OPTIMIZERS = ("adam", "adamw", "sgd", "lion")
USERS = ("ada", "grace", "linus", "barbara", "edsger")
POINTS = 100
DEEP_KEYS = 4  # of every run have all their points
NEWEST = 100  # runs whose every series has all its points
_PART = 250  # runs a transaction

_RUN = (
    "INSERT INTO runs (id, workspace, experiment, name, kind, state, user_name, group_name, created_ms, start_ms, "
    "end_ms) VALUES (?,'default',?,?,?,?,?,?,?,?,?) RETURNING seq"
)
_METRIC = (
    'INSERT INTO metrics (run, key, experiment, "last", last_step, last_ms, "count", "min", "max", "sum", '
    "min_step, fresh) VALUES (?,?,?,?,?,?,?,?,?,?,0,1)"
)
_CHUNK = (
    'INSERT INTO chunks (run, key, level, first_step, last_step, first_ms, last_ms, "count", data) '
    "VALUES (?,?,0,?,?,?,?,?,?)"
)


def keys_of(count: int) -> list[str]:
    """Names as people give them: sections with a slash; the first ones are the usual."""
    usual = ["loss", "accuracy", "val/loss", "val/accuracy"]
    sections = ("train", "val", "test", "system", "grad", "layer")
    return [*usual, *(f"{sections[n % 6]}/m{n:04d}" for n in range(len(usual), count))][:count]


def params_of(rng: random.Random, place: int) -> dict[str, Any]:
    """Twenty params: numbers, texts, a flag, one that only some runs have."""
    found: dict[str, Any] = {
        "lr": round(10 ** rng.uniform(-5, -1), 7),
        "batch_size": rng.choice((16, 32, 64, 128, 256)),
        "epochs": rng.choice((10, 20, 50)),
        "dropout": round(rng.random() * 0.5, 3),
        "weight_decay": round(10 ** rng.uniform(-6, -2), 8),
        "model": rng.choice(MODELS),
        "optimizer.name": rng.choice(OPTIMIZERS),
        "augment": rng.random() < 0.5,
        "seed": place,
    }
    if rng.random() < 0.7:
        found["warmup"] = rng.choice((0, 100, 500, 1_000))
    return found | {f"p{number:02d}": rng.randrange(8) for number in range(10)}


def _spelled(value: Any) -> tuple[str, str, float | None]:
    if isinstance(value, bool):
        return str(value).lower(), str(value), None
    if isinstance(value, str):
        return f'"{value}"', value, None
    return repr(value), repr(value), float(value)


def wide(ctx: Ctx, name: str, count: int, keys: list[str]) -> None:
    """Many runs of many keys."""
    experiment = int(experiments.create(ctx, ExperimentCreate(name=name, exist_ok=True)).id)
    rng = random.Random(name)
    noise = np.random.default_rng(len(name)).normal(0.0, 0.02, (64, POINTS))
    curve = np.exp(-np.arange(POINTS) / 25.0)
    steps = np.arange(POINTS, dtype=np.int64)
    for first in range(0, count, _PART):
        metrics: list[Any] = []
        chunks: list[Any] = []
        params: list[Any] = []
        tags: list[Any] = []
        summaries: list[Any] = []
        with ctx.db.write() as tx:
            for place in range(first, min(first + _PART, count)):
                at = START + place * 60_000
                given = params_of(rng, place)
                row = tx.row(
                    _RUN,
                    (
                        f"{rng.getrandbits(128):032x}",
                        experiment,
                        f"{given['model']}-{place}",
                        "trial" if place % 10 == 0 else "training",
                        rng.choice(STATES),
                        rng.choice(USERS),
                        f"sweep-{place // 50}",
                        at,
                        at,
                        at + rng.randrange(60_000, 7_200_000),
                    ),
                )
                assert row is not None
                seq = row[0]
                params += [(seq, key, *_spelled(value)) for key, value in given.items()]
                tags += [
                    (seq, "team", rng.choice(("vision", "nlp"))),
                    (seq, "stage", rng.choice(("dev", "prod"))),
                    (seq, "node", f"node-{place % 40}"),
                ]
                quality = 0.2 + 0.1 * abs(np.log10(given["lr"]) + 3) + 0.3 * given["dropout"] + rng.gauss(0, 0.03)
                summaries.append((seq, "score", repr(round(1 - float(quality), 4)), round(1 - float(quality), 4)))
                times = at + steps * 500
                whole = len(keys) if place >= count - NEWEST else min(DEEP_KEYS, len(keys))
                for number, key in enumerate(keys[:whole]):
                    values = quality + curve + noise[(place + number) % 64]
                    if key.endswith("accuracy"):
                        values = 1.0 - values / 3.0
                    last = float(values[-1])
                    metrics.append(
                        (
                            seq,
                            key,
                            experiment,
                            last,
                            POINTS - 1,
                            int(times[-1]),
                            POINTS,
                            float(values.min()),
                            float(values.max()),
                            float(values.sum()),
                        )
                    )
                    chunks.append(
                        (seq, key, 0, POINTS - 1, at, int(times[-1]), POINTS, chunk.fresh(Block(steps, times, values)))
                    )
                for key in keys[whole:]:
                    last = rng.random()
                    metrics.append((seq, key, experiment, last, 0, at, 1, last, last, last))
                    chunks.append((seq, key, 0, 0, at, at, 1, chunk.single(0, at, last)))
            tx.many("INSERT INTO params (run, key, value, text, number) VALUES (?,?,?,?,?)", sorted(params))
            tx.many("INSERT INTO tags (run, key, value) VALUES (?,?,?)", tags)
            tx.many("INSERT INTO summaries (run, key, value, number) VALUES (?,?,?,?)", summaries)
            tx.many(_METRIC, sorted(metrics))
            tx.many(_CHUNK, chunks)


def deep(ctx: Ctx, count: int, points: int) -> None:
    """Few runs of a long metric, merged as the server would in time."""
    experiment = experiments.create(ctx, ExperimentCreate(name="deep", exist_ok=True)).id
    rng = np.random.default_rng(5)
    trend = np.exp(-np.arange(points) / (points / 5))
    for place in range(count):
        at = START + place * 3_600_000
        run = runs.create(
            ctx,
            RunCreate(
                id=f"{0xDEE9 + place:032x}",
                experiment_id=experiment,
                name=f"deep-{place}",
                start_ms=at,
                params={"lr": float(10 ** rng.uniform(-5, -1)), "model": MODELS[place % 6]},
            ),
        ).id
        values = trend * (1 + 0.3 * rng.standard_normal(points)) + 0.1
        values[points // 3] = 50.0
        times = at + np.cumsum(rng.integers(50, 150, points))
        for first in range(0, points, 100_000):
            part: Any = slice(first, first + 100_000)
            steps: Any = np.arange(first, min(first + 100_000, points))
            log.log(
                ctx, run, LogBatch(points=[Points(key="loss", steps=steps, times_ms=times[part], values=values[part])])
            )
        while merge.run(ctx):
            pass


def fill(folder: Path, options: argparse.Namespace) -> None:
    """Make what was asked for, once: a finished folder is left alone."""
    mark = folder / "seeded.txt"
    asked = f"{options.runs} {options.keys} {options.deep} {options.many} {options.points}\n"
    if mark.exists() and mark.read_text() == asked:
        return
    if mark.exists():
        shutil.rmtree(folder)
    elif folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} holds something else: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    mark.write_text("unfinished\n")
    ctx = testing.context(folder)
    sqlite = ctx.db.dialect.name == "sqlite"
    began = time.perf_counter()
    index = ""
    if sqlite:  # an index is built much faster at the end than along the way
        with ctx.db.write() as tx:
            row = tx.row("SELECT sql FROM sqlite_master WHERE name = 'metrics_by_value'")
            assert row is not None
            index = row[0]
            tx.execute("DROP INDEX metrics_by_value")
    wide(ctx, "wide", options.runs, keys_of(options.keys))
    if options.many:
        wide(ctx, "many", options.many, keys_of(10))
    if sqlite:
        with ctx.db.write() as tx:
            tx.execute(index)
    if options.deep:
        deep(ctx, options.deep, options.points)
    ctx.db.close()
    mark.write_text(asked)
    print(f"seeded {folder} in {time.perf_counter() - began:,.0f} s", file=sys.stderr)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--dir", required=True)
    options.add_argument("--runs", type=int, default=10_000)
    options.add_argument("--keys", type=int, default=200)
    options.add_argument("--deep", type=int, nargs="?", const=100, default=0, help="runs of the long metric")
    options.add_argument("--points", type=int, default=1_000_000, help="points of each of them")
    options.add_argument("--many", type=int, nargs="?", const=100_000, default=0, help="further runs, of 10 metrics")
    given = options.parse_args()
    fill(Path(given.dir), given)


if __name__ == "__main__":
    main()
