"""Reading metrics back: points of one metric, or many series on one grid.

Knows the binary frame (a JSON header and little-endian columns) and hands out arrays that NumPy reads without a copy.
Refuses to depend on NumPy.
"""

from __future__ import annotations

import sys
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from modelwright.sdk.transport import Transport, path, segment
from modelwright.types.codec import from_json, number_in
from modelwright.types.errors import Unavailable
from modelwright.types.tracking import RenameMetric, SeriesGrid, SeriesQuery

FRAME = "application/vnd.modelwright.frame"
_API = "/api/v1"
_CODES = {"i8": "q", "f8": "d", "i4": "i", "f4": "f", "u4": "I", "u1": "B", "i1": "b", "u2": "H", "i2": "h", "u8": "Q"}


class History(msgspec.Struct, frozen=True):
    """Points of one metric as three columns of equal length; `numpy.asarray(history.values)` makes no copy."""

    key: str
    steps: array[int]
    times_ms: array[int]
    values: array[float]

    def __len__(self) -> int:
        return len(self.steps)

    def rows(self) -> Iterator[tuple[int, int, float]]:
        """(step, time_ms, value), one point after the other."""
        return zip(self.steps, self.times_ms, self.values, strict=True)


class Series:
    """Metrics of runs."""

    def __init__(self, transport: Transport) -> None:
        self._http = transport

    def history(self, run_id: str, key: str, *, limit: int | None = None, page_size: int = 1_000_000) -> History:
        """All points of a metric (or the first `limit`), ordered by step; empty when there are none."""
        steps, times, values = array("q"), array("q"), array("d")
        after: str | None = None
        while limit is None or len(steps) < limit:
            size = page_size if limit is None else min(page_size, limit - len(steps))
            answer = self._http.request(
                "GET",
                f"{_API}/runs/{segment(run_id)}/metrics/{path(key)}",
                query={"after": after, "limit": size},
                headers={"Accept": FRAME},
            )
            if answer.headers.get("content-type", "").startswith(FRAME):
                header, columns = decode_frame(answer.data)
                more = (columns["steps"], columns["times"], columns["values"])
            else:
                header = from_json(answer.data, dict[str, Any])
                more = _plain(header)
            steps.extend(more[0])
            times.extend(more[1])
            values.extend(more[2])
            after = header.get("next_page") or header.get("next") or None
            if not after or not len(more[0]):
                break
        return History(key, steps, times, values)

    def metrics(self, run_id: str) -> list[dict[str, Any]]:
        """The metrics of a run with their summaries."""
        answer = self._http.ask("GET", f"{_API}/runs/{segment(run_id)}/metrics")
        return list(answer["items"] if isinstance(answer, dict) and "items" in answer else answer)

    def query(self, query: SeriesQuery) -> SeriesGrid:
        """Many series on one bucket grid."""
        return self._http.call(SeriesGrid, "POST", f"{_API}/series:query", query, tries=3)

    def keys(self, runs: Sequence[str], pattern: str = "") -> Any:
        """Names of metrics in these runs, with counts."""
        return self._http.ask("POST", f"{_API}/series:keys", {"runs": list(runs), "pattern": pattern}, tries=3)

    def rename(self, run_id: str, key: str, new_key: str) -> None:
        """Give a metric of one run a new name."""
        self._http.call(
            type(None), "POST", f"{_API}/runs/{segment(run_id)}/metrics:rename", RenameMetric(key=key, new_key=new_key)
        )

    def delete(self, run_id: str, key: str) -> None:
        """Delete a metric of one run with its points."""
        self._http.call(type(None), "DELETE", f"{_API}/runs/{segment(run_id)}/metrics/{path(key)}")


def _plain(answer: dict[str, Any]) -> tuple[array[int], array[int], array[float]]:
    times = answer.get("times_ms", answer.get("times", []))
    return array("q", answer["steps"]), array("q", times), array("d", [number_in(value) for value in answer["values"]])


def decode_frame(data: bytes) -> tuple[dict[str, Any], dict[str, array[Any]]]:
    """The header of a binary frame (`MWF1`) and its columns by name.

    Raises:
        Unavailable: the bytes are no frame.
    """
    try:
        size = int.from_bytes(data[4:8], "little")
        header = from_json(data[8 : 8 + size], dict[str, Any])
        columns: dict[str, array[Any]] = {}
        for column in header["columns"]:
            numbers = array(_CODES[column["type"].lstrip("<|")])
            start = column["offset"]
            numbers.frombytes(data[start : start + column["length"] * numbers.itemsize])
            if sys.byteorder == "big":
                numbers.byteswap()
            columns[column["name"]] = numbers
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise Unavailable(f"the server sent a frame that is not understood: {error}", where="frame") from None
    return header, columns
