"""The things that addresses name: one organisation with somebody in every role, and one of everything."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from committees.services import cancel_meeting, schedule_meeting
from expenses import queries as expense_queries
from expenses import services as claims
from expenses.enums import LineAction, LineKind, ResultRows
from partners import services as partner_services
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.notifications import invitation_token
from psp_portal.dates import year_starting
from psp_portal.notifications import outbox, queries
from tests import factories
from tests.expenses.receipts import photo

# "stranger" is the programme lead of another organisation: 404 for whatever belongs to this one.
WHO = (
    "anonymous", "partner", "programme_lead", "requester", "approver", "finance", "executive", "auditor", "stranger",
)  # fmt: skip

# A partner's own limits in pounds for one week and for four, and what they earn elsewhere: theirs alone to see.
PRIVATE_FIGURES = ("173.37", "641.93", "87.19")

# Words that stand in what people keep for themselves or for each other, and whose pages may show them.
PRIVATE_WORDS: dict[str, frozenset[str]] = dict.fromkeys(PRIVATE_FIGURES, frozenset({"partner"}))


@dataclass
class World:
    """One organisation with somebody in every role, another organisation, and one of everything that URLs name."""

    trust: Any = None
    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def build(cls) -> "World":
        trust, other = factories.make_organisation("Hillside NHS Trust"), factories.make_organisation("Riverbank")
        world = cls(trust)
        # First in their roles, so that what goes to whoever took one up first comes to them.
        first = date(2025, 3, 1)
        world.people = {role.value: factories.make_member(role, trust, starts_on=first) for role in Role}
        world.people["stranger"] = factories.make_member(Role.PROGRAMME_LEAD, other)
        factories.make_post(Post.PROGRAMME_LEAD, trust, user=world.people["programme_lead"])
        world.add_accounts(trust)
        world.add_committees(trust)
        world.add_claims(trust)
        world.add_approvals(trust)
        world.add_bank_details()
        world.add_private_plan()
        return world

    def add_private_plan(self) -> None:
        """Give the partner limits of their own, with figures that stand nowhere else."""
        weekly, four_weekly, elsewhere = map(Decimal, PRIVATE_FIGURES)
        by = self.people["partner"]
        claims.save_plan(weekly=weekly, four_weekly=four_weekly, week_starts=0, by=by)
        claims.save_other_earnings(on=date(2026, 9, 9), pounds=elsewhere, by=by)

    def add_accounts(self, trust) -> None:
        now = timezone.now()
        # Somebody whom no test signs in as: closing their account closes nobody's way.
        colleague = factories.make_member(Role.REQUESTER, trust)
        absence = accounts.record_absence(
            organisation_id=trust.pk, user_id=colleague.pk, deputy_id=None, starts_on=timezone.localdate(),
            ends_on=None, by=factories.TESTS, at=now,
        )  # fmt: skip
        invitation = accounts.invite_user(
            email="new@example.org", name="New Person", organisation_id=trust.pk, role=Role.REQUESTER,
            by=factories.TESTS, at=now,
        )  # fmt: skip
        letter = outbox.Letter(
            kind="tests.message.send", recipient_id=self.people["partner"].pk, subject="Hello",
            template="accounts/email/invitation.txt", dedupe_key="tests",
        )  # fmt: skip
        outbox.queue([letter], at=now)
        self.things |= {
            "message_id": queries.messages_visible_to(self.people["partner"]).get().pk,
            "user_id": colleague.pk,
            "membership_id": colleague.memberships.get().pk,
            "absence_id": absence.pk,
            "invitation_id": invitation.pk,
            "token": invitation_token(invitation.pk),
            "post": Post.EXECUTIVE_LEAD.value,
            "report": "spend",
            "area": "partners",
            "audit:object_detail": {"kind": "person", "object_id": colleague.pk},
            # allauth's own
            "key": "unknown",
            "pk": 1,
        }

    def add_committees(self, trust) -> None:
        lead = self.people["programme_lead"]
        partner = factories.make_partner(trust, user=self.people["partner"], lead=lead)
        assignment = factories.make_assignment(partner)
        self.things |= {
            "partner_id": partner.pk,
            "committee_id": assignment.committee_id,
            "assignment_id": assignment.pk,
            "meeting_id": factories.make_meeting(assignment.committee, by=lead).pk,
        }

    def add_claims(self, trust) -> None:
        """Make a claim in every state that some address needs, each with one line and its receipt."""
        now, today, person = timezone.now(), timezone.localdate(), self.people["partner"]
        approver, finance = self.people["approver"], self.people["finance"]
        other_approver = factories.make_member(Role.APPROVER, trust)
        other_finance = factories.make_member(Role.FINANCE, trust)
        card = factories.make_rate_card(trust, finance)
        helper = claims.name_helper(
            partner_id=self.things["partner_id"], name="A Helper", email=self.people["helper"].email,
            relation="My sister", by=person, at=now,
        )  # fmt: skip
        self.things["helper_id"] = helper.pk

        def draft():
            claim = claims.start_claim(partner_id=self.things["partner_id"], by=person, at=now)
            parking = claims.LineInput(LineKind.PARKING, today - timedelta(days=30), amount=Decimal("4.20"))
            line = claims.add_line(claim_id=claim.pk, line=parking, by=person, at=now)
            receipt = claims.add_receipt(claim_id=claim.pk, line_id=line.pk, upload=photo(), by=person, at=now)
            return {"claim_id": claim.pk, "line_id": line.pk, "receipt_id": receipt.pk, "kind": "parking"}

        def sent(at=now):
            made = draft()
            claims.submit_claim(claim_id=made["claim_id"], by=person, at=at)
            return made

        def held():
            claim = claims.start_claim(partner_id=self.things["partner_id"], by=person, at=now)
            taxi = claims.LineInput(LineKind.TAXI, today - timedelta(days=30), amount=Decimal("14.50"))
            line = claims.add_line(claim_id=claim.pk, line=taxi, by=person, at=now)
            claims.submit_claim(claim_id=claim.pk, by=person, at=now)
            return {"claim_id": claim.pk, "line_id": line.pk}

        def decided(action, by=approver):
            made = sent()
            decision = claims.Decision(made["line_id"], action, "Why")
            claims.decide_lines(claim_id=made["claim_id"], decisions=[decision], by=by, at=now)
            return made

        def run(*, is_released):
            made = decided(LineAction.APPROVE, other_approver)
            run = claims.make_run(organisation_id=trust.pk, line_ids=[made["line_id"]], by=other_finance, at=now)
            if is_released:
                claims.release_run(run_id=run.pk, by=finance, at=now)
            return {"run_id": run.pk, "run_line_id": run.lines.get().pk}

        refused = decided(LineAction.REFUSE, other_approver)
        claims.appeal_line(claim_id=refused["claim_id"], line_id=refused["line_id"], reason="No", by=person, at=now)
        waiting = sent()
        update = claims.ask_for_update(claim_id=waiting["claim_id"], question="", by=person, at=now)
        overdue = sent(now - timedelta(days=21))
        claims.escalate_overdue_claims(at=now)
        earlier = BytesIO(b"Email,Date,Date claimed,Kind,Amount\nnobody@example.org,1/6/2026,1/6/2026,Train,9.50\n")
        earlier_list = claims.upload_backlog(
            organisation_id=trust.pk, upload=earlier, file_name="earlier.csv", by=finance, at=now
        )
        released, paid = run(is_released=True), run(is_released=True)
        claims.record_payment(run_id=paid["run_id"], run_line_ids=None, by=finance, at=now)
        self.add_bank_results(trust, run(is_released=True)["run_id"])
        step = expense_queries.escalations_visible_to(self.people["programme_lead"], today=today).get(
            claim_id=overdue["claim_id"]
        )
        # A limit, a line over it, and a higher limit for days gone by: the line is offered the difference.
        for days, pounds, backdated in ((60, "3.00", False), (40, "4.00", True)):
            # The later limit is put in after the claim was sent.
            put_in_at = now + timedelta(seconds=backdated)
            claims.follow_cap(
                card_id=card.pk, kind=LineKind.PARKING, valid_from=today - timedelta(days=days),
                amount=Decimal(pounds), source="Policy", by=finance, at=put_in_at, backdated=backdated,
            )  # fmt: skip
            decided(LineAction.APPROVE)
        claims.change_keeping(card_id=card.pk, keeps_original_receipts=True, retention_years=6, by=finance, at=now)
        self.things["expenses:receipt_original"] = sent()
        row = card.time_rates.first()
        self.things |= waiting | released | {
            "update_id": update.pk, "list_id": earlier_list.pk, "escalation_id": step.pk, "card_id": card.pk,
            "row_id": row.pk,
            "top_up_id": expense_queries.top_ups_offered_to(person).get().pk,
        }  # fmt: skip
        for name in (
            "claim_check", "claim_submit", "claim_discard", "claim_preference_edit", "line_kind_choose", "line_create",
            "line_edit", "line_explain", "line_remove", "receipt_create", "receipt_use", "receipt_remove",
            "receipt_detail", "draft_hand_over",
        ):  # fmt: skip
            self.things[f"expenses:{name}"] = draft()
        self.things |= {
            **dict.fromkeys(
                ["expenses:receipt_detail", "expenses:receipt_page_detail", "expenses:receipt_preview"], sent()
            ),
            "number": 1,
            "expenses:line_answer": decided(LineAction.RETURN),
            "expenses:hold_answer": held(),
            "expenses:line_appeal": decided(LineAction.REFUSE),
            "expenses:appeal_decide": refused,
            "expenses:run_release": run(is_released=False),
            "expenses:run_cancel": run(is_released=False),
            "expenses:run_export": released | {"file": "ledger"},
            "expenses:remittance_detail": paid,
            "expenses:remittance_download": paid,
            "expenses:mileage_rate_edit": {"row_id": card.mileage_rates.first().pk},
            "expenses:cap_edit": {"row_id": card.caps.first().pk},
        }

    def add_approvals(self, trust) -> None:
        """Ask for something before a journey, let something stand, cancel a meeting late, claim one thing twice."""
        now, today, person = timezone.now(), timezone.localdate(), self.people["partner"]
        lead = self.people["programme_lead"]
        asked = claims.ask_for_approval(
            partner_id=self.things["partner_id"], assignment_id=None,
            request=claims.Request(LineKind.TAXI, today, today, Decimal("30.00"), "No bus runs then."),
            by=person, at=now,
        )  # fmt: skip
        standing = claims.record_standing_approval(
            partner_id=self.things["partner_id"], organisation_id=trust.pk,
            standing=claims.Standing(frozenset({LineKind.TAXI}), False, "Agreed access need", today, today, None),
            by=lead, at=now,
        )  # fmt: skip
        committee_id = self.things["committee_id"]
        meeting = schedule_meeting(
            committee_id=committee_id, starts_at=now - timedelta(days=1), planned_minutes=120, place="Board room",
            online_link="", by=lead, at=now - timedelta(days=9),
        )  # fmt: skip
        cancel_meeting(meeting_id=meeting.pk, reason="Too few people", by=lead, at=now - timedelta(days=1, hours=5))
        made = []
        for _ in range(2):
            claim = claims.start_claim(partner_id=self.things["partner_id"], by=person, at=now)
            toll = claims.LineInput(LineKind.TOLL, today - timedelta(days=3), amount=Decimal("2.00"))
            claims.add_line(claim_id=claim.pk, line=toll, by=person, at=now)
            claims.submit_claim(claim_id=claim.pk, by=person, at=now)
            made.append(claim)
        found = expense_queries.duplicates_visible_to(person, today=today).get(line__claim=made[1])
        self.things |= {
            "approval_id": asked.pk,
            "expenses:standing_approval_end": {"approval_id": standing.pk},
            "duplicate_id": found.pk,
            "expenses:cancellation_detail": {"meeting_id": meeting.pk},
            "expenses:cancellation_create": {"meeting_id": meeting.pk},
        }

    def add_bank_results(self, trust, run_id) -> None:
        """Upload two of the bank's files, and take one of them in."""
        now, finance = timezone.now(), self.people["finance"]
        run = expense_queries.runs_visible_to(finance, today=timezone.localdate()).get(pk=run_id)
        uploads = []
        for reference in (f"{run.reference}-001", "R99999-001"):
            file = BytesIO(f"Reference,Amount\n{reference},{run.total}\n".encode())
            uploads.append(
                claims.upload_result(organisation_id=trust.pk, file=file, name="bank.csv", by=finance, at=now)
            )
        taken, left = uploads
        claims.set_result_columns(
            upload_id=taken.pk, columns={"reference": "Reference", "amount": "Amount"}, rows=ResultRows.PAYMENTS,
            paid_words=[], failed_words=[], by=finance, at=now,
        )  # fmt: skip
        result = claims.take_result(upload_id=taken.pk, by=finance, at=now)
        self.things |= {"upload_id": left.pk, "result_id": result.pk}

    def add_bank_details(self) -> None:
        """Let the partner give bank details, which wait for a call; last, for nothing is paid while they wait."""
        partner_services.record_telephone(
            partner_id=self.things["partner_id"], number="01632 960001", by=self.people["programme_lead"],
            at=factories.START,
        )  # fmt: skip
        details = claims.change_bank_details(
            account_name="A Partner", sort_code="089999", account_number="66374958", by=self.people["partner"],
            at=timezone.now(),
        )  # fmt: skip
        self.things |= {
            "details_id": details.pk,
            "group": "waiting",
            "year": year_starting(timezone.localdate(), (4, 6)).year,
            "expenses:bank_history_detail": {"user_id": self.people["partner"].pk},
        }
