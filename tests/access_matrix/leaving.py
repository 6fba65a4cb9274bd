"""Who may open which address of terms, pauses, leaving, handing over and shutting out."""

from datetime import timedelta

from django.utils import timezone

from partners.enums.leaving import ExitSharing, LeavingReason, PackSection
from partners.models.leaving import SuccessionPlan
from partners.services import leaving as services
from psp_portal.people import services as people
from tests import factories
from tests.access_matrix.world import PRIVATE_WORDS, World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "leaving:term_detail":                        "302 200 200 404 404 404 404 404 404",
    "leaving:succession_list":                    "302 403 200 403 403 403 403 403 200",
    "leaving:succession_detail":                  "302 404 200 404 404 404 404 404 404",
    "leaving:succession_edit":                    "302 404 200 404 404 404 404 404 404",
    "leaving:succession_decide":                  "302 404 200 404 404 404 404 404 404",
    "leaving:pause_create":                       "302 200 200 404 404 404 404 404 404",
    "leaving:pause_end":                          "302 200 200 404 404 404 404 404 404",
    "leaving:departure_create":                   "302 200 200 404 404 404 404 404 404",
    "leaving:departure_withdraw":                 "302 200 200 404 404 404 404 404 404",
    # Answered, for the programme lead: nothing is left to answer or decline.
    "leaving:exit_detail":                        "302 200 200 404 404 404 404 404 404",
    "leaving:exit_answer":                        "302 302 403 404 404 404 404 404 404",
    "leaving:exit_decline":                       "302 302 403 404 404 404 404 404 404",
    # Published.
    "people:handover_list":                       "302 200 200 200 200 200 200 200 200",
    "people:handover_detail":                     "302 200 200 404 404 404 404 404 404",
    "people:handover_create":                     "302 200 404 404 404 404 404 404 404",
    "people:handover_edit":                       "302 200 404 404 404 404 404 404 404",
    "people:handover_publish":                    "302 302 404 404 404 404 404 404 404",
    # Asked by another lead, about a requester.
    "people:shut_out_list":                       "302 403 200 403 403 403 200 403 200",
    "people:shut_out_create":                     "302 403 200 403 403 403 403 403 404",
    "people:shut_out_detail":                     "302 404 200 404 404 404 200 404 404",
    "people:shut_out_confirm":                    "302 404 200 404 404 404 200 404 404",
    "people:shut_out_refuse":                     "302 404 200 404 404 404 200 404 404",
}  # fmt: skip

# What the partner said when they left, for their lead alone.
SAID = "Nobody asked me twice about it"
PRIVATE_WORDS |= {SAID: frozenset({"partner", "programme_lead"})}

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Let the partner say that they leave, write all there is to write, and stay after all; and ask to shut one out."""
    now, today = timezone.now(), timezone.localdate()
    person, lead, partner_id = world.people["partner"], world.people["programme_lead"], world.things["partner_id"]
    services.announce_leaving(
        partner_id=partner_id, last_day=today + timedelta(days=9), reason=LeavingReason.TIME, by=person, at=now
    )
    services.answer_exit(partner_id=partner_id, answers={1: SAID}, sharing=ExitSharing.LEAD, by=person, at=now)
    services.start_pack(partner_id=partner_id, texts={PackSection.ADVICE: "Ask"}, by=person, at=now)
    services.publish_pack(partner_id=partner_id, successor_id=None, by=person, at=now)
    services.stay_after_all(partner_id=partner_id, by=person, at=now)
    ends_on = today + timedelta(days=60)
    partner = factories.make_partner(world.trust, lead=lead, term_ends_on=ends_on)
    services.open_succession_plans(at=now)
    asked = people.ask_to_shut_out(
        user_id=world.things["user_id"], organisation_id=world.trust.pk, reason="Threats", turn_to="The Chief Nurse",
        by=factories.make_lead(world.trust), at=now,
    )  # fmt: skip
    world.things |= {"plan_id": SuccessionPlan.objects.get(partner=partner).pk, "shut_out_id": asked.pk}
