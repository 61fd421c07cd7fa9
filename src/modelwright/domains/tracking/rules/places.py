"""Where artifacts lie below the location of an experiment."""

from __future__ import annotations


def within(location: str, path: str) -> str:
    """A place below an artifact location; a query (`?…`) stays at the end."""
    head, mark, query = location.partition("?")
    return f"{head.rstrip('/')}/{path}{mark}{query}"
