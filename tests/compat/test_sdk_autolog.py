"""Autologging against the real frameworks, in environments of their own (made once, kept under .envs/ by their pins).

The deep-learning frameworks weigh gigabytes: their test runs where that environment exists, or with
MODELWRIGHT_COMPAT=full, which makes it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from modelwright.sdk.carrier import to_batch
from modelwright.sdk.sync import writers
from modelwright.types.tracking import LogBatch

ROOT = Path(__file__).parents[2]
BASE = ["msgspec", "urllib3", "click"]
PINS = {
    "trees": [[*BASE, "scikit-learn", "xgboost", "lightgbm", "pandas"]],
    "deep": [[*BASE, "torch==2.13.0", "numpy"], ["lightning", "transformers", "accelerate", "keras"]],
}


def folder(name: str) -> Path:
    key = hashlib.sha256(repr((PINS[name], sys.version)).encode()).hexdigest()[:12]
    return ROOT / ".envs" / f"autolog-{name}-{key}"


def environment(name: str) -> Path:
    """The interpreter of an environment with these frameworks."""
    place = folder(name)
    python = place / "bin" / "python"
    if (place / "complete").exists():
        return python
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    uv = Path(sys.executable).with_name("uv")
    for pins in PINS[name]:
        # pip for torch: it also finds builds for the processor alone, which uv does not look for.
        quick = uv.exists() and name == "trees"
        command = (
            [str(uv), "pip", "install", "-q", "--python", str(python)]
            if quick
            else [str(python), "-m", "pip", "install", "-q"]
        )
        subprocess.run([*command, *pins], check=True)
    (place / "complete").touch()
    return python


def trained(name: str, tmp_path: Path) -> dict[str, tuple[LogBatch, Any, set[str]]]:
    """Run a script; what each of its runs recorded, its final state and the names of its files."""
    env = {
        **os.environ, "PYTHONPATH": str(ROOT / "src"), "OMP_NUM_THREADS": "2",
        "MODELWRIGHT_DIR": str(tmp_path / "data"), "MODELWRIGHT_CONFIG_DIR": str(tmp_path),
        "MODELWRIGHT_GIT": "0", "MODELWRIGHT_SYSTEM_METRICS": "0", "MODELWRIGHT_MODE": "offline",
    }  # fmt: skip
    script = Path(__file__).parent / "autolog" / f"{name}.py"
    done = subprocess.run(
        [str(environment(name)), str(script), str(tmp_path)], capture_output=True, text=True, env=env, timeout=600
    )
    assert done.returncode == 0, done.stderr[-4000:]
    assert "modelwright: autolog" not in done.stderr, done.stderr[-4000:]
    runs: dict[str, tuple[LogBatch, Any, set[str]]] = {}
    for place in (tmp_path / "data" / "spool").iterdir():
        frames: list[Any] = []
        for reader in writers(place):
            while batch := reader.batch(dead=True):
                frames += batch
                reader.peek_past()
            files = {item.name for _, item in _queue(place, reader.writer)}
        states = [frame.update.state for frame in frames if frame.update and frame.update.state]
        runs[place.name] = (to_batch(frames, "w"), states[-1], files)
    return runs


def _queue(place: Path, writer: str) -> Any:
    from modelwright.sdk.files import FileQueue

    return FileQueue(place, writer).waiting()


def steps(batch: LogBatch, key: str) -> list[int]:
    (found,) = [points for points in batch.points if points.key == key]
    return list(found.steps)


@pytest.mark.compat
def test_autolog_of_scikit_learn_xgboost_and_lightgbm_records_params_rounds_and_models(tmp_path: Path) -> None:
    runs = trained("trees", tmp_path)
    pipeline, _, files = runs["pipeline"]
    assert pipeline.params["estimator"] == "Pipeline" and pipeline.params["logisticregression.C"] == 0.5
    assert {points.key for points in pipeline.points} == {"training/score"} and "model/model.pkl" in files
    assert steps(runs["boosting"][0], "training/stage_score") == list(range(7))
    assert runs["search"][0].summary["search.best"]["params"]["C"] in (0.1, 1.0, 10.0)
    assert runs["search"][0].params["param_grid"] == {"C": [0.1, 1.0, 10.0]}
    xgb, _, files = runs["xgb"]
    assert xgb.params["max_depth"] == 2 and xgb.params["num_boost_round"] == 9 and "model/model.ubj" in files
    assert steps(xgb, "valid/logloss") == steps(xgb, "train/logloss") == list(range(9))
    assert steps(runs["xgb-estimator"][0], "validation_0/logloss") == list(range(5))
    lgb, _, files = runs["lgb"]
    assert steps(lgb, "valid/auc") and lgb.summary["best_iteration"] >= 1 and "model/model.txt" in files
    assert steps(runs["lgb-estimator"][0], "valid_0/binary_logloss") == list(range(4))
    own = {state.value for name, (_, state, _) in runs.items() if len(name) == 32}
    assert own == {"finished", "failed"}, "a training without a run opened one, and a failed one is failed"


def deep_wanted() -> list[str]:
    return ["deep"] if os.environ.get("MODELWRIGHT_COMPAT") == "full" or (folder("deep") / "complete").exists() else []


@pytest.mark.compat
def test_autolog_of_pytorch_lightning_transformers_and_keras_records_their_trainings(tmp_path: Path) -> None:
    for name in deep_wanted():
        runs = trained(name, tmp_path)
        loop = runs["loop"][0]
        assert steps(loop, "training/loss") == steps(loop, "training/learning_rate") == list(range(12))
        assert (
            loop.params["optimizer"]["name"] == "SGD"
            and loop.params["optimizer"]["lr"] == 0.1
            and loop.params["trained_parameters"] == 5
        )
        lightning = runs["lightning"][0]
        assert lightning.params["width"] == 8 and lightning.params["model"] == "Module"
        assert max(steps(lightning, "train/loss")) == 12 and steps(lightning, "val/loss")
        assert "training/loss" not in {points.key for points in lightning.points}, "the loop's patch steps aside"
        transformers = runs["transformers"][0]
        assert steps(transformers, "train/loss") == [2, 4, 6] and steps(transformers, "eval/loss") == [3, 6]
        assert (
            transformers.params["model"]["hidden_size"] == 16
            and transformers.params["per_device_train_batch_size"] == 8
        )
        assert transformers.summary["train_loss"] > 0
        assert not [key for key in transformers.params if "token" in key]
        keras = runs["keras"][0]
        assert (
            steps(keras, "train/loss") == steps(keras, "val/loss") == [0, 1, 2, 3] and keras.params["batch_size"] == 16
        )
