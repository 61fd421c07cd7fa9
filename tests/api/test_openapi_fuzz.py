"""Does anything that the description of the API allows, or nearly allows, make the server fail?"""

from __future__ import annotations

import contextlib
import time
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from modelwright.testing.clients import client as make

SECONDS = 40.0
EXAMPLES = 15
WIRE_EXAMPLES = 3  # its bodies have no schema to vary


class Fuzz:
    """Knocks at one operation after another and remembers where the server failed."""

    def __init__(self, served: TestClient) -> None:
        self.served = served
        self.asked = 0
        self.failures: list[str] = []

    def operation(self, operation: Any, mode: GenerationMode, seconds: float) -> None:
        ends = time.monotonic() + seconds

        @seed(20260101)
        @settings(
            max_examples=EXAMPLES if operation.path.startswith("/api/v1") else WIRE_EXAMPLES,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def knock(case: Any) -> None:
            if time.monotonic() < ends:
                self.send(case)

        with contextlib.suppress(Unsatisfiable):  # an operation without parameters has no wrong ones
            knock()

    def send(self, case: Any) -> None:
        options = case.as_transport_kwargs(base_url=str(self.served.base_url))
        content = options.pop("data", None)
        if content is not None:
            options["content"] = content if isinstance(content, (bytes, str)) else repr(content).encode()
        options = {
            name: options[name]
            for name in ("method", "url", "params", "headers", "json", "content")
            if options.get(name) is not None
        }
        options["headers"] = {
            name: value
            for name, value in dict(options.get("headers", {})).items()
            if name.lower() not in ("host", "content-length")
        }
        try:
            answer = self.served.request(**options)
        except (ValueError, UnicodeError, TypeError):
            return  # what no client can send
        self.asked += 1
        if answer.status_code >= 500 and answer.status_code not in (501, 503):
            self.failures.append(
                f"{case.method} {answer.url} {str(case.body)[:300]!r}: {answer.status_code} {answer.text[:300]}"
            )


@pytest.mark.slow
def test_no_request_makes_the_server_fail(tmp_path: Path) -> None:
    with make(tmp_path, max_body=5_000_000) as served:
        schema = schemathesis.openapi.from_dict(served.get("/api/v1/openapi.json").json())
        fuzz = Fuzz(served)
        operations = [result.ok() for result in schema.get_all_operations()]
        # The stream has no end.
        operations = [
            operation for operation in operations if operation.definition.raw["operationId"] != "events_follow"
        ]
        operations.sort(key=lambda operation: not operation.path.startswith("/api/v1"))
        until = time.monotonic() + SECONDS
        for number, operation in enumerate(operations):
            left = max(0.05, (until - time.monotonic()) / (len(operations) - number))
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                fuzz.operation(operation, mode, left)
        assert not fuzz.failures, f"{len(fuzz.failures)} failures\n" + "\n".join(fuzz.failures[:30])
        print(f"{fuzz.asked} requests to {len(operations)} operations")
        assert fuzz.asked > 2 * len(operations)
