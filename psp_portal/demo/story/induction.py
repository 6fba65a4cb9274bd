"""How a new partner settles in: a template, one list half-way with something late, and notes from those before."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from uuid import UUID

from committees import services as committees
from partners.enums.induction import ItemOwner
from partners.queries import induction as queries
from partners.services import induction as services
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

LEAD = LEADS["marshvale"]
WRITTEN_AGO = 95
# The trust had no list when Lin came; hers began once there was one, and she stayed active.
NEW, BEGAN_AGO = "lin", 40
# Place in the template, who has it, and their job: something that a colleague does.
GUIDE_AT, GUIDE, GUIDE_JOB = 4, "callum.adeyinka", "Improvement lead"
# Days ago, who, and which place of the list. The fourth is late, and the agreement waits for Lin.
DONE = ((36, NEW, 1), (29, LEAD, 2), (16, NEW, 3))
AGREEMENT_AGO = 12
AGREEMENT = (
    "Papers come a week before each meeting, in large type.\n\n"
    "A message from Lin is answered within 5 working days, by Joanne or whoever stands in for her.\n\n"
    "Lin says early when she cannot come. Nobody asks why."
)
GOES_ALONG, GOES_ALONG_AT, GOES_ALONG_AGO = "priya", "transfers", 6
WHERE = "At the main entrance of Alder House, 20 minutes before it begins. Priya wears a green scarf."

# Days ago, who, about what, the words, and whether the name is shown.
NOTES = (
    (88, "priya", "", "Keep a copy of every claim. Send it on the day of the meeting, while the ticket is in your bag.",
     True),
    (70, "desmond", "Patient Safety Committee",
     "The first three meetings I understood half. Ask the secretary for the list of short words. There is one.", False),
    (48, "tomasz", "", "You may say “I need time to read this”. I found out after a year.", True),
    (30, "colin", "Incident Response Oversight Group",
     "The camera icon is at the bottom left. Do not ask the registrar on ward 12, he is no help.", False),
)  # fmt: skip
HIDDEN, HIDDEN_AGO = 3, 27
HIDDEN_BECAUSE = "Everybody here knows the registrar of ward 12. Please leave that out, and I show your note again."


def plan_induction(stage: Stage) -> None:
    """Plan the template, Lin's list, who goes along with her, the notes, and the clock's reminders."""
    stage.plan(stage.in_office(WRITTEN_AGO, 14), partial(_write_template, stage))
    stage.plan(stage.in_office(BEGAN_AGO, 10), partial(_begin, stage))
    for ago, who, place in DONE:
        stage.plan(stage.in_office(ago, 13), partial(_close, stage, who, place))
    stage.plan(stage.in_office(AGREEMENT_AGO, 15), partial(_write_agreement, stage))
    stage.plan(stage.in_office(GOES_ALONG_AGO, 11), partial(_go_along, stage))
    for place, (ago, who, about, text, shows_name) in enumerate(NOTES):
        stage.plan(stage.at(ago, 20), partial(_write_note, stage, place, who, about, text, shows_name))
    for ago in range(BEGAN_AGO, -1, -1):
        stage.plan(stage.at(ago, 7, 20), _remind)


def _write_template(stage: Stage, at: datetime) -> None:
    organisation_id, lead = stage.organisations["marshvale"].pk, stage.people[LEAD]
    services.add_default_template(organisation_id=organisation_id, by=lead, at=at)
    item = queries.template_items_of(organisation_id).get(position=GUIDE_AT)
    line = replace(
        services.DEFAULT_LINES[GUIDE_AT - 1],
        owner=ItemOwner.COLLEAGUE,
        colleague_id=stage.people[GUIDE].pk,
        colleague_title=GUIDE_JOB,
    )
    services.change_template_item(item_id=item.pk, line=line, by=lead, at=at)


def _begin(stage: Stage, at: datetime) -> None:
    services.start_induction(partner_id=stage.partners[NEW].pk, by=stage.people[LEAD], at=at)


def _close(stage: Stage, who: str, place: int, at: datetime) -> None:
    item = stage.partners[NEW].induction.items.get(position=place)
    services.close_item(item_id=item.pk, by=stage.people[who], at=at)


def _write_agreement(stage: Stage, at: datetime) -> None:
    partner_id, lead = stage.partners[NEW].pk, stage.people[LEAD]
    written = services.write_agreement(partner_id=partner_id, text=AGREEMENT, seen=0, by=lead, at=at)
    services.agree_to_agreement(partner_id=partner_id, seen=written.agreement_revision, by=lead, at=at)


def _go_along(stage: Stage, at: datetime) -> None:
    committees.set_escort(
        assignment_id=stage.assignments[NEW][GOES_ALONG_AT].pk,
        escort_id=stage.people[GOES_ALONG].pk,
        how_to_meet=WHERE,
        by=stage.people[LEAD],
        at=at,
    )


def _write_note(stage: Stage, place: int, who: str, about: str, text: str, shows_name: bool, at: datetime) -> None:
    note = services.write_note(
        partner_id=stage.partners[who].pk, about=about, text=text, shows_name=shows_name, by=stage.people[who], at=at
    )
    if place == HIDDEN:
        stage.plan(stage.in_office(HIDDEN_AGO, 12), partial(_hide, stage, note.pk))


def _hide(stage: Stage, note_id: UUID, at: datetime) -> None:
    services.hide_note(note_id=note_id, reason=HIDDEN_BECAUSE, by=stage.people[LEAD], at=at)


def _remind(at: datetime) -> None:
    services.remind_of_items(at=at)
