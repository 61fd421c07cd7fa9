"""A database of its own for server processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.conftest import PostgresServer


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """URL of an empty PostgreSQL database: the server under test makes its tables itself."""
    url = postgres_server.empty()
    yield url
    postgres_server.drop(url)
