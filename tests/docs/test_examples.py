"""Does every example run? Fenced `python` and `bash` blocks of all pages are played against a real server.

A block under the comment `<!-- not run: reason -->` is left out: it starts a server, installs packages, or talks to a
machine that is not here. The address http://127.0.0.1:7117 in a block stands for the server of the test.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.docs.serving import environment, server

ROOT = Path(__file__).resolve().parents[2]
FENCE = re.compile(
    r"^(?P<mark><!-- not run: [^\n]+ -->\n+)?```(?P<language>python|bash)\n(?P<text>.*?)^```", re.MULTILINE | re.DOTALL
)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


def blocks(page: Path, url: str = "") -> list[dict[str, object]]:
    text = page.read_text(encoding="utf-8")
    return [
        {
            "page": str(page.relative_to(ROOT)),
            "line": text.count("\n", 0, found.start("text")) + 1,
            "language": found["language"],
            "text": found["text"].replace("http://127.0.0.1:7117", url),
        }
        for found in FENCE.finditer(text)
        if not found["mark"]
    ]


@pytest.fixture
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server for each page, so that pages do not see each other's runs."""
    with server(tmp_path_factory.mktemp("server")) as address:
        yield address


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page)], ids=lambda page: str(page.relative_to(ROOT)))
def test_the_examples_of_a_page_run(page: Path, url: str, tmp_path: Path) -> None:
    script = tmp_path / "blocks.json"
    script.write_text(json.dumps(blocks(page, url)), encoding="utf-8")
    place = tmp_path / "work"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, ROOT / "tests" / "docs" / "play.py", script],
        cwd=place,
        capture_output=True,
        text=True,
        timeout=170,
        env=environment(tmp_path, MODELWRIGHT_URL=url, MLFLOW_TRACKING_URI=url),
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
