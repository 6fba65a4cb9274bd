"""Runs the nightly reconciliation once in a process of its own, and says in JSON how long it took and what it found."""

import json
import os
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

from tests.bench.process import peak_megabytes


def main() -> None:
    """Check all organisations and print what it took."""
    django.setup()
    from django.db.models import Sum
    from django.utils import timezone

    from expenses import services
    from expenses.models import Reconciliation

    before = peak_megabytes()
    begun = time.perf_counter()
    wrong = services.reconcile_payments(at=timezone.now())
    took = time.perf_counter() - begun
    told = {
        "wrong": wrong,
        "organisations": Reconciliation.objects.count(),
        "runs": Reconciliation.objects.aggregate(runs=Sum("run_count"))["runs"],
        "seconds": took,
        "peak": peak_megabytes(),
        "before": before,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
