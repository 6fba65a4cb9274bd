"""Who may open which address of induction."""

from django.utils import timezone

from committees import services as committees
from partners.enums.induction import ItemKind, ItemMove, ItemOwner
from partners.queries import induction as queries
from partners.services import induction as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "induction:template_detail":                 "302 403 200 403 403 403 403 403 200",
    "induction:template_begin":                  "302 403 200 403 403 403 403 403 200",
    "induction:template_item_create":            "302 403 200 403 403 403 403 403 200",
    "induction:template_item_edit":              "302 404 200 404 404 404 404 404 404",
    "induction:template_item_move":              "POST 302 404 302 404 404 404 404 404 404",
    "induction:template_item_remove":            "302 404 200 404 404 404 404 404 404",
    "induction:induction_list":                  "302 403 200 403 403 403 403 403 200",
    "induction:item_list":                       "302 403 200 403 403 403 403 403 200",
    "induction:induction_detail":                "302 200 200 404 404 404 404 404 404",
    "induction:induction_begin":                 "302 403 200 404 404 404 404 404 404",
    # The requester is the colleague named for this one.
    "induction:item_detail":                     "302 200 200 200 404 404 404 404 404",
    "induction:item_close":                      "302 403 200 200 404 404 404 404 404",
    "induction:item_skip":                       "302 403 200 403 404 404 404 404 404",
    "induction:item_reopen":                     "302 200 200 404 404 404 404 404 404",
    "induction:agreement_detail":                "302 200 200 404 404 404 404 404 404",
    "induction:agreement_edit":                  "302 200 200 404 404 404 404 404 404",
    "induction:agreement_agree":                 "302 200 200 404 404 404 404 404 404",
    "induction:note_list":                       "302 200 403 404 404 404 404 404 404",
    "induction:note_create":                     "302 200 403 404 404 404 404 404 404",
    "induction:note_edit":                       "302 200 403 404 404 404 404 404 404",
    "induction:note_withdraw":                   "302 200 403 404 404 404 404 404 404",
    "induction:note_overview":                   "302 403 200 403 403 403 403 403 200",
    "induction:note_hide":                       "302 403 200 404 404 404 404 404 404",
    "induction:note_show":                       "302 403 200 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Begin an induction with a thing for everybody, write a note, and name who goes along to the first meeting."""
    now, partner_id = timezone.now(), world.things["partner_id"]
    person, lead, colleague = (world.people[role] for role in ("partner", "programme_lead", "requester"))
    lines = (
        services.Line("Read the pack", "", ItemOwner.PARTNER, 7),
        services.Line("Tour of the ward", "", ItemOwner.COLLEAGUE, 14, colleague_id=colleague.pk),
        services.Line("Agree", "", ItemOwner.LEAD, 30, kind=ItemKind.AGREEMENT),
    )
    made = [services.add_template_item(organisation_id=world.trust.pk, line=line, by=lead, at=now) for line in lines]
    induction = services.start_induction(partner_id=partner_id, by=lead, at=now)
    services.write_agreement(partner_id=partner_id, text="We answer.", seen=0, by=lead, at=now)
    own, tour, _agreement = queries.items_of(induction)
    services.close_item(item_id=own.pk, by=person, at=now)
    note = services.write_note(partner_id=partner_id, about="", text="Ask early.", shows_name=False, by=person, at=now)
    committees.set_escort(
        assignment_id=world.things["assignment_id"], escort_id=world.people["executive"].pk, how_to_meet="Reception",
        by=lead, at=now,
    )  # fmt: skip
    world.things |= {
        "template_item_id": made[0].pk,
        "move": ItemMove.DOWN.value,
        "item_id": tour.pk,
        "note_id": note.pk,
        "induction:item_reopen": {"item_id": own.pk},
    }
