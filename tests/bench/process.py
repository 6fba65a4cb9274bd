"""What one process of its own is asked to tell: its memory, and JSON on its last line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

KILOBYTES_A_MEGABYTE = 1024


def peak_megabytes() -> float:
    """Return the most memory that this process has had so far; Linux only.

    Not ``getrusage``: a new process begins there with the peak of the one that started it.
    """
    status = Path("/proc/self/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / KILOBYTES_A_MEGABYTE


def told_by(module: str, database: str, *arguments: str) -> dict[str, Any]:
    """Run a module on a database and return what it tells. Raises RuntimeError with its words when it fails."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "PSP_BENCH_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module} failed:\n{done.stderr[-3000:]}")
    return json.loads(done.stdout.splitlines()[-1])
