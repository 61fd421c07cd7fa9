"""What the server counts about itself, in the text format of Prometheus (exposition format 0.0.4). Knows no route.

Labels come from route templates and a fixed list of methods, so their number is bounded whatever callers send.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable

_BOUNDS_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LIMIT = 2_000


class _Latency:
    __slots__ = ("buckets", "total_s")

    def __init__(self) -> None:
        self.buckets = [0] * (len(_BOUNDS_S) + 1)
        self.total_s = 0.0


class Metrics:
    """Counters of one server process. Requests are counted on the event loop only, so no lock is needed."""

    def __init__(self) -> None:
        self._requests: dict[tuple[str, str, int], int] = {}
        self._latencies: dict[tuple[str, str], _Latency] = {}
        self._gauges: dict[str, tuple[str, Callable[[], float]]] = {}

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """One request was answered."""
        key = (method, route, status)
        seen = self._requests.get(key)
        if seen is None and len(self._requests) >= _LIMIT:
            return
        self._requests[key] = (seen or 0) + 1
        latency = self._latencies.get(key[:2])
        if latency is None:
            latency = self._latencies[method, route] = _Latency()
        latency.buckets[bisect_left(_BOUNDS_S, seconds)] += 1
        latency.total_s += seconds

    def gauge(self, name: str, description: str, read: Callable[[], float]) -> None:
        """Declare a value that is read when it is asked for."""
        self._gauges[name] = (description, read)

    def text(self) -> str:
        """Everything, as Prometheus reads it."""
        lines = [
            "# HELP modelwright_http_requests_total Requests answered.",
            "# TYPE modelwright_http_requests_total counter",
        ]
        for (method, route, status), number in sorted(self._requests.items()):
            lines.append(f'modelwright_http_requests_total{{{_labels(method, route)},status="{status}"}} {number}')
        lines.append("# HELP modelwright_http_request_seconds Time from the first byte to the end of the answer.")
        lines.append("# TYPE modelwright_http_request_seconds histogram")
        for (method, route), latency in sorted(self._latencies.items()):
            labels = _labels(method, route)
            running = 0
            for bound, number in zip((*_BOUNDS_S, None), latency.buckets, strict=True):
                running += number
                edge = "+Inf" if bound is None else f"{bound:g}"
                lines.append(f'modelwright_http_request_seconds_bucket{{{labels},le="{edge}"}} {running}')
            lines.append(f"modelwright_http_request_seconds_sum{{{labels}}} {latency.total_s:.6f}")
            lines.append(f"modelwright_http_request_seconds_count{{{labels}}} {running}")
        for name, (description, read) in sorted(self._gauges.items()):
            lines += [
                f"# HELP modelwright_{name} {description}",
                f"# TYPE modelwright_{name} gauge",
                f"modelwright_{name} {read():g}",
            ]
        return "\n".join(lines) + "\n"


def _labels(method: str, route: str) -> str:
    escaped = route.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'method="{method}",route="{escaped}"'
