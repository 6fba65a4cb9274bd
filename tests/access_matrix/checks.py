"""Who may open which address of checks."""

from django.utils import timezone

from partners.enums.checks import CheckKind, CheckOutcome
from partners.models.checks import Check
from partners.services import checks as services
from tests.access_matrix.world import PRIVATE_WORDS, World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "checks:check_list":                          "302 403 200 403 403 403 403 403 200",
    "checks:requirement_list":                    "302 403 200 403 403 403 403 403 200",
    "checks:requirement_create":                  "302 403 200 403 403 403 403 403 200",
    "checks:requirement_edit":                    "302 404 200 404 404 404 404 404 404",
    "checks:requirement_remove":                  "302 404 200 404 404 404 404 404 404",
    "checks:partner_detail":                      "302 200 200 404 404 404 404 404 404",
    "checks:check_create":                        "302 403 200 404 404 404 404 404 404",
    "checks:check_record":                        "302 403 200 404 404 404 404 404 404",
    "checks:check_remove":                        "302 403 200 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()

# A certificate's number, for the partner and those who look after partners.
REFERENCE = "ID-7141-CERT"
PRIVATE_WORDS[REFERENCE] = frozenset({"partner", "programme_lead"})


def add(world: World) -> None:
    """Let the trust require checks of a role that nobody has, and the partner have two: one waits, one is recorded."""
    now, lead, partner_id = timezone.now(), world.people["programme_lead"], world.things["partner_id"]
    for kind in (CheckKind.IDENTITY, CheckKind.REFERENCES):
        [requirement] = services.require_check(
            organisation_id=world.trust.pk, kind=kind, role_categories=[1], facts=services.RequirementFacts(36),
            by=lead, at=now,
        )  # fmt: skip
    services.ask_for_checks(partner_id=partner_id, kinds=[CheckKind.IDENTITY, CheckKind.REFERENCES], by=lead, at=now)
    done = Check.objects.get(partner=partner_id, kind=CheckKind.IDENTITY)
    services.record_check(
        check_id=done.pk, outcome=CheckOutcome.CLEARED, done_on=timezone.localdate(), reference=REFERENCE,
        seen_by_id=lead.pk, by=lead, at=now,
    )  # fmt: skip
    world.things |= {
        "requirement_id": requirement.pk,
        "check_id": Check.objects.get(partner=partner_id, kind=CheckKind.REFERENCES).pk,
    }
