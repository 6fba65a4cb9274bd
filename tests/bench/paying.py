"""Makes, releases, exports and settles one run in a process of its own, and says in JSON how long each took."""

import json
import os
import sys
import time

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"

import django

from tests.bench.process import peak_megabytes


def main() -> None:
    """Pay as many lines as the third argument says; the first two are the finance officers."""
    django.setup()
    from django.utils import timezone

    from expenses import queries, services
    from expenses.enums import ExportFormat
    from psp_portal.accounts.models import User
    from psp_portal.accounts.queries import organisations_of

    maker, releaser = (User.objects.get(pk=key) for key in sys.argv[1:3])
    wanted = int(sys.argv[3])
    at, today = timezone.now(), timezone.localdate()
    organisation = organisations_of(maker, today).get()
    payable = queries.payable_lines(maker, organisation.pk, today=today)
    line_ids = list(payable.values_list("pk", flat=True)[:wanted])
    before = peak_megabytes()
    told: dict[str, float] = {}

    def timed(name: str, call: object, **arguments: object) -> object:
        begun = time.perf_counter()
        answer = call(**arguments)  # type: ignore[operator]  # a service
        told[name] = time.perf_counter() - begun
        return answer

    run = timed("make", services.make_run, organisation_id=organisation.pk, line_ids=line_ids, by=maker, at=at)
    timed("release", services.release_run, run_id=run.pk, by=releaser, at=at)
    for wanted_format in ExportFormat:
        timed(wanted_format.value, services.export_run, run_id=run.pk, format=wanted_format, by=maker, at=at)
    timed("settle", services.record_payment, run_id=run.pk, run_line_ids=None, by=maker, at=at)
    print(json.dumps({**told, "lines": len(line_ids), "peak": peak_megabytes(), "before": before}))


if __name__ == "__main__":
    main()
