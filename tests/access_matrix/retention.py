"""Who may open which address of how long records are kept."""

from datetime import UTC, date, datetime

from psp_portal.retention import services
from psp_portal.retention.models import PlannedRow, RetentionRun
from tests import factories
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "retention:rule_list":                          "302 403 200 403 403 403 200 200 200",
    "retention:rule_edit":                          "302 403 200 403 403 403 403 403 200",
    "retention:rule_confirm":                       "302 403 404 403 403 403 403 403 404",
    "retention:notice_edit":                        "302 403 200 403 403 403 403 403 200",
    "retention:run_list":                           "302 403 200 403 403 403 200 200 200",
    "retention:run_detail":                         "302 403 200 403 403 403 200 200 404",
    "retention:row_list":                           "302 403 200 403 403 403 200 200 404",
    "retention:log_list":                           "302 403 200 403 403 403 200 200 200",
    "retention:hold_list":                          "302 403 200 403 403 403 200 200 200",
    "retention:hold_create":                        "302 403 200 403 403 403 200 403 200",
    "retention:hold_lift":                          "302 403 200 403 403 403 200 403 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()

AT = datetime(2026, 1, 5, 18, 30, tzinfo=UTC)


def add(world: World) -> None:
    """Hold a partner's records back, and plan to remove something."""
    hold = services.set_hold(
        organisation_id=world.trust.pk, person_id=world.people["partner"].pk, reason="A complaint",
        by=world.people["programme_lead"], at=AT,
    )  # fmt: skip
    with factories.acting():
        run = RetentionRun.objects.create(organisation=world.trust, planned_at=AT, runs_on=date(2026, 1, 6))
        PlannedRow.objects.create(run=run, kind="journey", row_id=hold.pk, began_on=date(2025, 1, 6))
    for name in ("rule_edit", "rule_confirm", "row_list"):
        world.things[f"retention:{name}"] = {"kind": "journey", "run_id": run.pk}
    world.things |= {"hold_id": hold.pk, "retention:run_detail": {"run_id": run.pk}}
