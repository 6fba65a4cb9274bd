"""A trust in which claims can be made, decided and paid: what most tests of claims begin with.

Everything is made through the services. ``World.at`` is the moment the tests act at: a Tuesday morning after a meeting
that the partner attended the week before.
"""

import io
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from committees.enums import AttendanceKind, CommitteeKind
from committees.models import Assignment, Committee, Meeting
from committees.services import assign_partner, open_committee, record_attendance, schedule_meeting
from expenses import services
from expenses.enums import CardTemplate, LineAction, LineKind, LineStatus
from expenses.models import Claim, ClaimLine, PaymentRun, RateCard
from partners.enums import RoleCategory, Vehicle
from partners.models import Partner
from partners.services import appoint_partner, save_usual_journey
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Organisation, User
from psp_portal.dates import LONDON
from tests import factories
from tests.expenses.receipts import photo

AT = datetime(2026, 9, 15, 9, 0, tzinfo=LONDON)
MEETING_AT = datetime(2026, 9, 8, 10, 0, tzinfo=LONDON)


@dataclass
class World:
    """A trust, its people, a partner, and a meeting they attended for three and a half hours."""

    organisation: Organisation
    lead: User
    finance_lead: User
    finance_other: User
    executive: User
    chief_executive: User
    approver: User
    deputy: User
    auditor: User
    requester: User
    card: RateCard
    person: User
    partner: Partner
    committee: Committee
    assignment: Assignment
    meeting: Meeting
    at: datetime = AT
    made: list[Any] = field(default_factory=list)

    @property
    def today(self) -> date:
        return self.at.astimezone(LONDON).date()

    def later(self, **delta: float) -> datetime:
        """Return a moment after ``at``."""
        return self.at + timedelta(**delta)

    # --- claims in every state, through the services -----------------------------------------
    def draft(self, *, at: datetime | None = None) -> Claim:
        """Return a draft made with one tap from the meeting: an involvement payment and the usual journey."""
        meeting = self.meeting if not self.made else self.another_meeting()
        self.made.append(meeting)
        return services.start_claim(partner_id=self.partner.pk, meeting_id=meeting.pk, by=self.person, at=at or self.at)

    def another_meeting(self) -> Meeting:
        """Return one more meeting that the partner attended, each a day before the last one."""
        return attended_meeting(self.assignment, starts_at=MEETING_AT - timedelta(days=len(self.made)), by=self.lead)

    def line(self, claim: Claim, kind: LineKind, *, at: datetime | None = None, **fields: Any) -> ClaimLine:
        """Return a line added to a draft; the date is the meeting's unless given."""
        fields.setdefault("date", MEETING_AT.date())
        return services.add_line(
            claim_id=claim.pk, line=services.LineInput(kind, **fields), by=self.person, at=at or self.at
        )

    def sent(self, *, at: datetime | None = None, with_taxi: bool = False, with_parking: bool = False) -> Claim:
        """Return a claim that has been sent; with a taxi nobody agreed to it has a flagged line."""
        claim = self.draft(at=at)
        if with_taxi:
            taxi = self.line(claim, LineKind.TAXI, amount=Decimal("14.50"), at=at)
            self.receipt(claim, taxi, at=at)
        if with_parking:
            self.line(claim, LineKind.PARKING, amount=Decimal("4.20"), at=at)
        return services.submit_claim(claim_id=claim.pk, by=self.person, at=at or self.at)

    def receipt(self, claim: Claim, line: ClaimLine, *, at: datetime | None = None) -> Any:
        """Return a receipt added to a draft's line: a photo like no other."""
        return services.add_receipt(
            claim_id=claim.pk, line_id=line.pk, upload=photo(), by=self.person, at=at or self.at
        )

    def decide(self, claim: Claim, *actions: LineAction, by: User | None = None, at: datetime | None = None) -> Claim:
        """Decide the pending lines in order; with one action all of them."""
        pending = list(claim.lines.filter(status=LineStatus.PENDING).order_by("position"))
        chosen = list(actions) * len(pending) if len(actions) == 1 else list(actions)
        return services.decide_lines(
            claim_id=claim.pk,
            decisions=[
                services.Decision(line.pk, action, "" if action == LineAction.APPROVE and not line.problems else "Why")
                for line, action in zip(pending, chosen, strict=True)
            ],
            by=by or self.approver,
            at=at or self.at,
        )

    def approved(self, *, at: datetime | None = None) -> Claim:
        """Return a claim approved whole."""
        return self.decide(self.sent(at=at), LineAction.APPROVE, at=at)

    # --- many at once: what a list or a run needs to be long ---------------------------------
    def many(self, count: int) -> list[Claim]:
        """Return so many claims that wait for a decision, each with time (£75.00) and a fare (£13.53), in order.

        They come from a list in one go, a day apart: making each by hand takes a hundred times as long.
        """
        rows = ["Email,Date,Date claimed,Kind,Amount,Committee,Our ref"]
        for number in range(count):
            on = MEETING_AT.date() - timedelta(days=10 + number)
            for kind, amount in (("Involvement payment", "75.00"), ("Train", "13.53")):
                rows.append(
                    f"{self.person.email},{on:%d/%m/%Y},{self.today:%d/%m/%Y},{kind},{amount},{self.committee.name},{number}"
                )
        # Whoever brings them in has no part in paying them.
        clerk = factories.make_member(Role.FINANCE, self.organisation)
        draft = services.upload_backlog(
            organisation_id=self.organisation.pk, upload=io.BytesIO("\n".join(rows).encode()), file_name="many.csv",
            by=clerk, at=self.at,
        )  # fmt: skip
        brought = services.import_backlog(draft_id=draft.pk, by=clerk, at=self.at)
        return list(Claim.objects.filter(brought_in=brought).order_by("number"))

    def many_approved(self, count: int) -> list[Claim]:
        """Return so many claims approved whole: £88.53 each."""
        claims = self.many(count)
        services.approve_in_bulk(claim_ids=[claim.pk for claim in claims], by=self.approver, at=self.at)
        return claims

    def run(self, *, at: datetime | None = None) -> PaymentRun:
        """Return a run of all that is due, made by the finance lead and not released."""
        return services.make_run(
            organisation_id=self.organisation.pk, line_ids=None, by=self.finance_lead, at=at or self.at
        )

    def released(self, *, at: datetime | None = None) -> PaymentRun:
        """Return a run of all that is due, released by the other finance person."""
        run = self.run(at=at)
        return services.release_run(run_id=run.pk, by=self.finance_other, at=at or self.at)

    def paid(self, *, at: datetime | None = None) -> Claim:
        """Return a claim paid whole."""
        claim = self.approved(at=at)
        services.record_payment(
            run_id=self.released(at=at).pk, run_line_ids=None, by=self.finance_lead, at=at or self.at
        )
        claim.refresh_from_db()
        return claim


def attended_meeting(assignment: Assignment, *, starts_at: datetime, by: User, minutes: int = 210) -> Meeting:
    """Return a meeting that a partner attended for so many minutes."""
    meeting = schedule_meeting(
        committee_id=assignment.committee_id, starts_at=starts_at, planned_minutes=240, place="Boardroom",
        online_link="", by=by, at=starts_at - timedelta(days=7),
    )  # fmt: skip
    record_attendance(
        meeting_id=meeting.pk, assignment_id=assignment.pk, kind=AttendanceKind.ATTENDED, minutes=minutes, by=by,
        at=starts_at + timedelta(days=1),
    )  # fmt: skip
    return meeting


def make_world(*, template: CardTemplate = CardTemplate.NATIONAL, is_paid: bool = True) -> World:
    """Return a new trust with everybody it needs."""
    organisation = factories.make_organisation()
    posts = {post: factories.make_post(post, organisation).user for post in Post}
    lead, finance_lead = posts[Post.PROGRAMME_LEAD], posts[Post.FINANCE_LEAD]
    approver, deputy = (factories.make_member(Role.APPROVER, organisation) for _ in range(2))
    person = factories.make_member(Role.PARTNER, organisation)
    partner = appoint_partner(
        user_id=person.pk, organisation_id=organisation.pk, role_category=RoleCategory.SENIOR, is_paid=is_paid,
        starts_on=date(2025, 5, 1), term_ends_on=date(2027, 4, 30), lead_id=lead.pk, by=lead, at=factories.START,
    )  # fmt: skip
    save_usual_journey(
        partner_id=partner.pk,
        from_place="Home",
        to_place="Trust headquarters",
        miles=Decimal("24.6"),
        vehicle=Vehicle.CAR,
        by=lead,
        at=factories.START,
    )
    committee = open_committee(
        organisation_id=organisation.pk, name="Patient Safety Committee", kind=CommitteeKind.COMMITTEE,
        purpose="Keeps patients safe.", is_safety_related=True, seats=2, by=lead, at=factories.START,
    )  # fmt: skip
    assignment = assign_partner(
        partner_id=partner.pk, committee_id=committee.pk, starts_on=date(2025, 5, 1), ends_on=None,
        payer_id=organisation.pk, budget_code="PS100", budget_holder_id=approver.pk, deputy_id=deputy.pk,
        by=lead, at=factories.START,
    )  # fmt: skip
    return World(
        organisation=organisation,
        lead=lead,
        finance_lead=finance_lead,
        finance_other=factories.make_member(Role.FINANCE, organisation),
        executive=posts[Post.EXECUTIVE_LEAD],
        chief_executive=posts[Post.CHIEF_EXECUTIVE],
        approver=approver,
        deputy=deputy,
        auditor=factories.make_member(Role.AUDITOR, organisation),
        requester=factories.make_member(Role.REQUESTER, organisation),
        card=services.make_rate_card(
            organisation_id=organisation.pk, template=template, name="Rates", by=finance_lead, at=factories.START
        ),
        person=person,
        partner=partner,
        committee=committee,
        assignment=assignment,
        meeting=attended_meeting(assignment, starts_at=MEETING_AT, by=lead),
    )
