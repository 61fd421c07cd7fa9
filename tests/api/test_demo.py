"""Does the demo work, from its data to its runs, and does it say what is true?"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest
from tests.docs.serving import mw, server

from modelwright.cli.demo import example

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def flights(monkeypatch: pytest.MonkeyPatch) -> dict[str, ModuleType]:
    monkeypatch.syspath_prepend(str(ROOT / "examples"))
    return {name: importlib.import_module(f"flights.{name}") for name in ("data", "features")}


@pytest.fixture
def joined() -> pd.DataFrame:
    """Two flights as `data.load` gives them."""
    return pd.DataFrame(
        {
            "scheduled": pd.to_datetime(["2013-02-28 23:59", "2013-03-01 00:00"]),
            "arr_delay": [15.0, 14.0], "dep_delay": [90.0, 0.0], "carrier": ["UA", "AA"], "origin": ["EWR", "JFK"],
            "dest": ["IAH", "LAX"], "engine": ["Turbo-fan", None], "distance": [1400, 2475], "year": [2013, 2013],
            "built": [1999.0, None], "seats": [149.0, None], "departures_in_hour": [20, 25],
            **dict.fromkeys(["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust"], 1.0),
            **dict.fromkeys(["precip", "pressure", "visib"], 1.0),
        }
    )  # fmt: skip


def test_the_demo_finds_its_example() -> None:
    assert (example() / "flights" / "train.py").is_file()


def test_features_hold_nothing_that_is_known_only_later(flights: dict[str, ModuleType], joined: pd.DataFrame) -> None:
    columns = set(flights["features"].table(joined).columns)
    assert columns & {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time", "sched_arr_time"} == set()
    assert {"carrier", "origin", "dest", "minute_of_day", "weekday", "plane_age"} <= columns


def test_a_flight_is_late_from_fifteen_minutes_on(flights: dict[str, ModuleType], joined: pd.DataFrame) -> None:
    assert flights["features"].label(joined).tolist() == [1, 0]


def test_the_split_puts_every_judged_flight_after_every_learnt_one(
    flights: dict[str, ModuleType], joined: pd.DataFrame
) -> None:
    early, late = flights["data"].split(joined)
    assert (len(early), len(late)) == (1, 1)
    assert early["scheduled"].max() < late["scheduled"].min()


def test_the_demo_trains_five_models_and_leaves_everything_on_the_server(tmp_path: Path) -> None:
    cache = ROOT / ".envs" / "demo"  # the data is fetched once for all test runs
    done = mw("demo", "--quick", "--exit", "--port", "0", cwd=tmp_path, MODELWRIGHT_DEMO_CACHE=str(cache))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Look around" in done.stdout
    assert str(sys.executable) not in done.stdout
    with server(tmp_path) as url:
        listed = json.loads(mw("runs", "ls", "-e", "flight-delays", "--json", cwd=tmp_path, url=url).stdout)
        assert len(listed) == 5
        assert {run["state"] for run in listed} == {"finished"}
        for run in listed:
            assert run["metrics"]["valid/log_loss"]["best"] == run["summary"]["best/valid/log_loss"]
            assert run["metrics"]["valid/log_loss"]["count"] == run["params"]["iterations"]
            assert run["metrics"]["valid/roc_auc"]["last"] > 0.65
        shown = mw("runs", "show", listed[0]["id"], cwd=tmp_path, url=url).stdout
        assert "plots/" in shown
        assert "model/" in shown
