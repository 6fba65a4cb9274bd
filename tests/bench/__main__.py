"""The door: sets Django up for the bench, and ends in order on Ctrl-C or a signal from outside."""

import argparse
import os
import signal
import sys
from typing import Any

import django


def stop(*_: Any) -> None:
    """End as on Ctrl-C: whatever was started is stopped and deleted on the way out."""
    raise KeyboardInterrupt


def main() -> int:
    """Run the bench; return the exit status."""
    options = argparse.ArgumentParser(prog="make bench", description="Measure how fast the portal is.")
    options.add_argument("--lines", type=int, default=1_000_000, help="claim lines of the large trust")
    options.add_argument("--claims", type=int, default=1_000_000, help="open claims for the escalation pass")
    options.add_argument("--quick", action="store_true", help="leave out the pages that are measured beside bare ones")
    options.add_argument("--people", action="store_true", help="measure the pages about people alone")
    asked = options.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    # This process prints figures only; the measured ones write their logs as in production.
    level = os.environ.get("LOG_LEVEL", "")
    os.environ["LOG_LEVEL"] = "WARNING"
    django.setup()
    os.environ["LOG_LEVEL"] = level
    signal.signal(signal.SIGTERM, stop)

    from tests.bench import run

    try:
        run.main(lines=asked.lines, claims=asked.claims, is_quick=asked.quick, is_people_only=asked.people)
    except KeyboardInterrupt:
        print("\nStopped", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
