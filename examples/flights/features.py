"""The question and what may be used to answer it.

Knows what is known at scheduled departure. Refuses to know any model.

Left out because they leak the answer: dep_time, dep_delay, arr_time, air_time. They are known only once the
plane moves. The weather is that of the scheduled hour; in service a forecast takes its place.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from flights.data import WEATHER

LATE_MINUTES = 15
CATEGORIES = ["carrier", "origin", "dest", "engine"]
NUMBERS = ["minute_of_day", "weekday", "distance", "plane_age", "seats", "departures_in_hour", *WEATHER]


def label(flights: pd.DataFrame) -> np.ndarray:
    """1 where the flight arrived `LATE_MINUTES` late or more, else 0."""
    return (flights["arr_delay"] >= LATE_MINUTES).to_numpy(dtype=np.int8)


def table(flights: pd.DataFrame) -> pd.DataFrame:
    """One row a flight: the categories as pandas categories, then the numbers (NaN where unknown)."""
    rows = flights[CATEGORIES].fillna("unknown").astype("category")
    clock = flights["scheduled"].dt
    rows["minute_of_day"] = clock.hour * 60 + clock.minute
    rows["weekday"] = clock.day_of_week
    rows["distance"] = flights["distance"]
    rows["plane_age"] = flights["year"] - flights["built"]
    rows["seats"] = flights["seats"]
    for name in ["departures_in_hour", *WEATHER]:
        rows[name] = flights[name]
    return rows
