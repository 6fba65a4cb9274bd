"""A partner of long ago whose name stands wherever a person's words can stand, and a trust that has set its periods."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from allauth.account.models import EmailAddress
from django.db import connection

from committees import services as committees
from expenses import services as claims
from expenses.enums import CallOutcome, LineAction, LineKind
from expenses.queries import bank_details_of, numbers_to_call
from partners import services as partners
from partners.enums import Vehicle
from partners.enums.induction import ItemKind, ItemOwner
from partners.enums.leaving import ExitSharing, PackSection
from partners.queries import leaving as leaving_queries
from partners.services import induction, leaving, questions
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import User
from psp_portal.audit.services import record_read
from psp_portal.dates import LONDON, local_date
from psp_portal.people import services as people
from psp_portal.retention import queries, services
from psp_portal.retention.kinds import KINDS
from tests import factories
from tests.expenses.receipts import photo
from tests.expenses.world import World, make_world
from tests.partners.questions_samples import ask, reply

# Stands nowhere but where the person put it, or where somebody wrote of them.
WORD = "Zebedee"
LEFT_ON = date(2026, 10, 31)
LEFT_AT = datetime(2026, 11, 2, 18, 30, tzinfo=LONDON)


def confirm_all(world: World, *, by: User | None = None, at: datetime | None = None) -> None:
    """Let the lead confirm every proposed period, whatever it removes."""
    for kind in KINDS.values():
        services.set_rule(
            organisation_id=world.organisation.pk, kind=kind.key, period=kind.default, source="Records policy 2026",
            seen=10_000, by=by or world.lead, at=at or world.at,
        )  # fmt: skip


def years_later(years: int, *, months: int = 0) -> datetime:
    """Return the evening so many years, and months, after the partner left."""
    return datetime(LEFT_AT.year + years, LEFT_AT.month + months, 2, 18, 30, tzinfo=LONDON)


def run_to(world: World, at: datetime) -> int:
    """Plan at a moment and carry out at the next night; return how many records were removed."""
    services.plan_runs(at=at)
    return services.carry_out_runs(at=at + timedelta(hours=12))


def the_run(world: World):
    """Return the only run of the trust."""
    return queries.runs_visible_to(world.lead, today=date(2040, 1, 1)).get()


def leaver() -> World:
    """Return a trust with a partner whose words stand everywhere, who was paid and has left."""
    world = make_world()
    person = world.person
    with factories.acting():
        User.objects.filter(pk=person.pk).update(
            name=f"{WORD} Quill", email=f"{WORD.lower()}@example.org", telephone=f"{WORD} 1"
        )
        EmailAddress.objects.filter(user=person).update(email=f"{WORD.lower()}@example.org")
    person.refresh_from_db()
    world.partner.refresh_from_db()
    lead, at = world.lead, world.at
    partners.record_telephone(partner_id=world.partner.pk, number="01632 960017", by=lead, at=factories.START)
    partners.save_usual_journey(
        partner_id=world.partner.pk, from_place=f"{WORD}'s house", to_place="Trust", miles=Decimal("24.6"),
        vehicle=Vehicle.CAR, by=person, at=at,
    )  # fmt: skip
    claims.name_helper(
        partner_id=world.partner.pk, name="Sister Quill", email=f"sister.of.{WORD.lower()}@example.org",
        relation=f"{WORD}'s sister", by=person, at=at,
    )  # fmt: skip
    _give_account(world)
    _claim(world)
    asked = claims.ask_for_approval(
        partner_id=world.partner.pk, assignment_id=None,
        request=claims.Request(LineKind.TAXI, at.date(), at.date(), Decimal("30.00"), f"{WORD} cannot walk far"),
        by=person, at=at,
    )  # fmt: skip
    asked.refresh_from_db()
    claims.answer_approval(
        approval_id=asked.pk, agrees=True, limit=None, note=f"Yes, {WORD}", by=asked.waiting_on, at=at
    )
    standing = claims.record_standing_approval(
        partner_id=world.partner.pk, organisation_id=world.organisation.pk,
        standing=claims.Standing(
            frozenset({LineKind.TAXI}), False, f"{WORD}'s hip", at.date(), at.date() + timedelta(days=9), None
        ),
        by=lead, at=at,
    )  # fmt: skip
    claims.end_standing_approval(approval_id=standing.pk, reason=f"{WORD} is well", by=lead, at=at)
    record_read(
        by=lead, what="tests.thing.read", subject_id=person.pk, subject_name=person.name,
        organisation_id=world.organisation.pk, at=at,
    )  # fmt: skip
    record_read(
        by=person, what="tests.thing.read", subject_id=lead.pk, subject_name=lead.name,
        organisation_id=world.organisation.pk, at=at,
    )  # fmt: skip
    invitation = accounts.invite_user(
        email=f"friend.of.{WORD.lower()}@example.org", name=f"A friend of {WORD}",
        organisation_id=world.organisation.pk, role=Role.PARTNER, by=lead, at=at,
    )  # fmt: skip
    accounts.withdraw_invitation(invitation_id=invitation.pk, by=lead, at=at)
    question = ask(world.partner, subject=f"{WORD}'s lift", text=f"When is {WORD}'s lift mended?", at=at)
    reply(question, text=f"Tomorrow, {WORD}", at=at)
    questions.close_question(question_id=question.pk, by=person, at=at)
    _settle_in(world)
    _leave(world)
    return world


def _settle_in(world: World) -> None:
    """Give the partner an induction, a note for those who come next, and somebody who goes along."""
    lead, at, partner_id = world.lead, world.at, world.partner.pk
    for line in (
        induction.Line("Read the pack", "", ItemOwner.PARTNER, 7),
        induction.Line("Agree", "", ItemOwner.LEAD, 30, kind=ItemKind.AGREEMENT),
    ):
        induction.add_template_item(organisation_id=world.organisation.pk, line=line, by=lead, at=at)
    begun = induction.start_induction(partner_id=partner_id, by=lead, at=at)
    induction.skip_item(item_id=begun.items.get(position=1).pk, reason=f"{WORD} has read it", by=lead, at=at)
    induction.write_agreement(partner_id=partner_id, text=f"{WORD} answers", seen=0, by=lead, at=at)
    induction.write_note(partner_id=partner_id, about="", text=f"Ask {WORD}", shows_name=True, by=world.person, at=at)
    committees.set_escort(
        assignment_id=world.assignment.pk, escort_id=lead.pk, how_to_meet=f"At {WORD}'s door", by=lead, at=at
    )


def _leave(world: World) -> None:
    """Let the partner be asked about, change and end their term, with words at every turn."""
    person, lead, key, at = world.person, world.lead, world.partner.pk, world.at
    factories.make_member(Role.EXECUTIVE, world.organisation)
    asked = people.ask_to_shut_out(
        user_id=person.pk, organisation_id=world.organisation.pk, reason=f"{WORD} shouted", turn_to=f"{WORD}'s lead",
        by=lead, at=at,
    )  # fmt: skip
    people.refuse_shut_out(shut_out_id=asked.pk, answer=f"{WORD} said sorry", by=lead, at=at)
    partners.change_term(
        partner_id=key, term_ends_on=local_date(at) + timedelta(days=90), reason=f"{WORD} moves", by=lead, at=at
    )
    leaving.open_succession_plans(at=at)
    plan = leaving_queries.plans_visible_to(lead, today=local_date(at)).get(partner=key)
    leaving.write_notes(plan_id=plan.pk, notes=f"Ask {WORD}", by=lead, at=at)
    partners.end_appointment(partner_id=key, left_on=LEFT_ON, by=lead, at=LEFT_AT)
    leaving.answer_exit(
        partner_id=key, answers={1: f"{WORD} was here"}, sharing=ExitSharing.LEAD, by=person, at=LEFT_AT
    )
    leaving.start_pack(partner_id=key, texts={PackSection.ADVICE: f"{WORD}'s advice"}, by=person, at=LEFT_AT)


def _give_account(world: World) -> None:
    person, at = world.person, world.at
    claims.change_bank_details(
        account_name=f"{WORD} Quill", sort_code="089999", account_number="66374958", by=person, at=at
    )
    details = bank_details_of(person)
    number = numbers_to_call([details], at=at)[details.pk][0]
    claims.record_bank_call(
        details_id=details.pk, number_id=number.pk, outcome=CallOutcome.CONFIRMED, note=f"Spoke to {WORD}",
        by=world.finance_lead, at=at,
    )  # fmt: skip


def _claim(world: World) -> None:
    """Make a claim that is paid in part and refused in part, with words at every turn."""
    person, at = world.person, world.at
    claim = world.draft()
    parking = world.line(claim, LineKind.PARKING, amount=Decimal("4.20"), no_receipt_reason=f"{WORD} lost it")
    other = world.line(claim, LineKind.OTHER, amount=Decimal("9.00"), description=f"{WORD}'s printing")
    upload = photo()
    upload.name = f"{WORD}.jpg"
    claims.add_receipt(claim_id=claim.pk, line_id=other.pk, upload=upload, by=person, at=at)
    claims.submit_claim(claim_id=claim.pk, by=person, at=at)
    update = claims.ask_for_update(claim_id=claim.pk, question=f"Where is {WORD}'s money?", by=person, at=at)
    update.refresh_from_db()
    claims.answer_update(update_id=update.pk, answer=f"Soon, {WORD}", by=update.asked_of, at=at)
    decisions = [
        claims.Decision(
            line.pk,
            LineAction.REFUSE if line.pk == other.pk else LineAction.APPROVE,
            f"{WORD} was told" if line.pk in (parking.pk, other.pk) else "",
        )
        for line in claim.lines.order_by("position")
    ]
    claims.decide_lines(claim_id=claim.pk, decisions=decisions, by=world.approver, at=at)
    claims.appeal_line(claim_id=claim.pk, line_id=other.pk, reason=f"{WORD} needs it", by=person, at=at)
    claims.decide_appeal(
        claim_id=claim.pk, line_id=other.pk, allow=False, reason=f"{WORD} was heard", by=world.deputy, at=at
    )
    claims.record_payment(run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=at)


def where_it_stands(word: str) -> list[str]:
    """Return the table and column of every text of the database in which a word stands, in whatever case."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
            " AND data_type IN ('text', 'character varying', 'jsonb', 'ARRAY') ORDER BY 1, 2"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{table}" WHERE "{column}"::text ILIKE %s', [f"%{word}%"])  # noqa: S608
            if cursor.fetchone()[0]:
                found.append(f"{table}.{column}")
    return found
