"""Runs the escalation pass once in a process of its own, and says in JSON how long it took and what memory it had."""

import json
import os
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

from tests.bench.process import peak_megabytes


def main() -> None:
    """Run the pass and print what it took."""
    django.setup()
    from django.utils import timezone

    from expenses import services
    from expenses.models import Claim

    open_claims = Claim.objects.open().count()
    before = peak_megabytes()
    begun = time.perf_counter()
    steps = services.escalate_overdue_claims(at=timezone.now())
    took = time.perf_counter() - begun
    told = {"open": open_claims, "steps": steps, "seconds": took, "peak": peak_megabytes(), "before": before}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
