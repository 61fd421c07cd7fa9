"""Plays the fenced examples of one page in order: Python blocks share one namespace, bash blocks one folder.

Started by test_examples.py in a process of its own: python play.py BLOCKS.json
"""

from __future__ import annotations

import json
import subprocess
import sys
import traceback
from pathlib import Path

namespace: dict[str, object] = {"__name__": "__main__"}
for block in json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")):
    place = f"{block['page']}:{block['line']}"
    if block["language"] == "python":
        try:
            exec(compile(block["text"], place, "exec"), namespace)
        except BaseException:
            traceback.print_exc()
            sys.exit(f"the Python example at {place} fails")
    else:
        done = subprocess.run(["bash", "-euo", "pipefail", "-c", block["text"]])
        if done.returncode:
            sys.exit(f"the bash example at {place} exits with {done.returncode}")
