"""Plays the table of claims: each is started, filled, sent and followed by what its plot says."""

from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID

from expenses import queries, services
from expenses.enums import Activity, ClaimStatus, LineAction, LineKind, LineStatus, Preference, Problem
from psp_portal.dates import local_date, start_of_day
from psp_portal.demo.story import script
from psp_portal.demo.story.calendar import Sitting
from psp_portal.demo.story.meeting import last_cancelled
from psp_portal.demo.story.receipt import draw_receipt
from psp_portal.demo.story.settled import SETTLED
from psp_portal.demo.story.stage import Stage
from psp_portal.demo.story.unsettled import UNSETTLED

PLOTS = (*SETTLED, *UNSETTLED)

# What an approver writes when they agree to a line that has been flagged.
AGREED = {
    Problem.NO_RECEIPT: "Agreed without a receipt this time: the reason is a good one.",
    Problem.NEEDS_APPROVAL: "Agreed now. Next time a word beforehand is enough.",
    Problem.OVER_CAP: "Paid up to our limit, which is the same for everybody.",
    Problem.FIRST_CLASS: "Paid up to the standard fare.",
    Problem.OUTSIDE_CLAIM_WINDOW: "Late because of an illness, which is reason enough.",
    Problem.LIKELY_DUPLICATE: "Two tickets, for the morning and the afternoon: both are right.",
    Problem.AGREED_ELSEWHERE: "Joanne has told me that she agreed to this.",
    Problem.ROLE_NOT_PAID: "Noted with thanks. This role is not paid for time.",
}
PREPARATION = script.time_given(Activity.PREPARATION, 120)
# What staff do, in office hours.
_STAFFS = (
    script.Decide, script.DecideAppeal, script.Tell, script.Reply, script.Dispute, script.SettleDispute,
)  # fmt: skip
# When on a day partners write, and staff decide; each claim a minute later than the one before.
EVENING, AFTERNOON = 19, 15


def plan_claims(stage: Stage) -> None:
    """Plan every claim and everything that happens to it."""
    for number, plot in enumerate(PLOTS):
        stage.plan(stage.at(plot.sent, EVENING, number % 60), partial(_claim, stage, number, plot))
        for act in plot.acts:
            is_staffs = isinstance(act, _STAFFS)
            when = stage.in_office(act.ago, AFTERNOON, number % 60) if is_staffs else stage.at(act.ago, 20, number % 60)
            stage.plan(when, partial(_act, stage, number, plot, act))


# --- writing a claim ----------------------------------------------------------------------
def _claim(stage: Stage, number: int, plot: script.Plot, at: datetime) -> None:
    user = stage.people[plot.who]
    attended = None if plot.is_blank else _meeting_to_claim(stage, plot, at)
    assignments = stage.assignments[plot.who]
    sitting = last_cancelled(stage, plot.who, at) if script.CANCELLED in plot.items else None
    assignment = assignments[sitting.body.key] if sitting else next(iter(assignments.values()))
    claim = services.start_claim(
        partner_id=stage.partners[plot.who].pk,
        meeting_id=attended.meeting_id if attended else None,
        assignment_id=None if attended else assignment.pk,
        by=user,
        at=at,
    )
    stage.claims[number] = claim.pk
    on = local_date(attended.meeting.starts_at if attended else at - timedelta(days=1 + plot.until))
    items = plot.items if attended or plot.is_blank else (PREPARATION, *plot.items)
    for item in items:
        _add(stage, claim.pk, item, on=on, sitting=sitting, by=user, at=at)
    if plot.preference != Preference.FULL:
        services.set_preference(
            claim_id=claim.pk, preference=plot.preference, reduced_to=plot.reduced_to, by=user, at=at
        )
    if not plot.is_draft:
        services.submit_claim(claim_id=claim.pk, by=user, at=at)


def _meeting_to_claim(stage: Stage, plot: script.Plot, at: datetime) -> Any:
    """Return the newest attendance that fits the plot and is not claimed for, or None."""
    return (
        queries.meetings_to_claim(stage.people[plot.who], today=local_date(at))
        .filter(
            assignment__partner=stage.partners[plot.who],
            meeting__starts_at__gte=at - timedelta(days=plot.since),
            meeting__starts_at__lt=start_of_day(local_date(at)) - timedelta(days=plot.until),
        )
        .first()
    )


def _add(
    stage: Stage, claim_id: UUID, item: script.Item, *, on: Any, sitting: Sitting | None, by: Any, at: datetime
) -> None:
    more = dict(item.more)
    on -= timedelta(days=item.days_before)
    if sitting and item == script.CANCELLED:
        on, more["notice_hours"] = local_date(sitting.starts_at), sitting.notice_hours
    line = services.add_line(
        claim_id=claim_id, line=services.LineInput(item.kind, on, amount=item.amount, **more), by=by, at=at
    )
    if item.shop and item.amount:
        upload = _receipt(stage, item.kind, item.shop, item.amount, on, is_pdf=item.is_pdf)
        services.add_receipt(claim_id=claim_id, line_id=line.pk, upload=upload, by=by, at=at)


def _receipt(stage: Stage, kind: LineKind, shop: str, amount: Decimal, on: Any, *, is_pdf: bool = False) -> Any:
    stage.receipts += 1
    return draw_receipt(
        shop=shop, what=LineKind(kind).label, amount=amount, on=on, number=10_000 + 37 * stage.receipts, is_pdf=is_pdf
    )


# --- following it -------------------------------------------------------------------------
def _act(stage: Stage, number: int, plot: script.Plot, act: script.Act, at: datetime) -> None:
    user = stage.people[plot.who]
    claim = (
        queries.claims_visible_to(user, today=local_date(at))
        .select_related("waiting_on", "responsible")
        .prefetch_related("lines")
        .get(pk=stage.claims[number])
    )
    match act:
        case script.Decide():
            services.decide_lines(claim_id=claim.pk, decisions=_decisions(claim, act), by=claim.waiting_on, at=at)
        case script.Answer():
            line = _line(claim, act.kind)
            upload = _receipt(stage, act.kind, act.shop, line.amount, line.date) if act.shop else None
            services.answer_question(claim_id=claim.pk, line_id=line.pk, answer=act.text, by=user, at=at, upload=upload)
        case script.Appeal():
            line_id = _line(claim, act.kind).pk
            services.appeal_line(claim_id=claim.pk, line_id=line_id, reason=act.text, by=user, at=at)
        case script.DecideAppeal():
            services.decide_appeal(
                claim_id=claim.pk, line_id=_line(claim, act.kind).pk, allow=act.allow, reason=act.text,
                by=claim.waiting_on, at=at,
            )  # fmt: skip
        case script.Dispute():
            services.raise_dispute(claim_id=claim.pk, reason=act.text, by=claim.waiting_on, at=at)
        case script.SettleDispute():
            payer = stage.organisations[act.payer]
            services.decide_dispute(claim_id=claim.pk, payer_id=payer.pk, reason=act.text, by=claim.waiting_on, at=at)
        case script.Recall():
            services.recall_claim(claim_id=claim.pk, by=user, at=at)
            services.submit_claim(claim_id=claim.pk, by=user, at=at + timedelta(hours=1))
        case script.Withdraw():
            services.withdraw_claim(claim_id=claim.pk, reason=act.text, by=user, at=at)
        case script.Ask():
            services.ask_for_update(claim_id=claim.pk, question=act.text, by=user, at=at)
        case script.Tell():
            asked = queries.update_requests_visible_to(user, today=local_date(at))
            request = asked.get(claim=claim, answered_at=None)
            services.answer_update(update_id=request.pk, answer=act.text, by=claim.responsible, at=at)
        case script.Reply():
            steps = queries.escalations_visible_to(user, today=local_date(at))
            step = steps.get(claim=claim, number=act.number)
            # They promise the day before the next step: when that is missed, the steps keep their dates.
            promised_on = local_date(step.claim.next_step_at) - timedelta(days=1)
            services.reply_to_escalation(
                escalation_id=step.pk, reply=act.text, promised_on=promised_on, by=step.responsible, at=at
            )


def _line(claim: Any, kind: LineKind) -> Any:
    return next(line for line in claim.lines.all() if line.kind == kind)


def _decisions(claim: Any, act: script.Decide) -> list[services.Decision]:
    assert claim.status == ClaimStatus.SUBMITTED, f"{claim} is not there to be decided"  # noqa: S101
    waiting = [line for line in claim.lines.all() if line.status == LineStatus.PENDING]
    return [
        services.Decision(line.pk, *act.but.get(LineKind(line.kind), (LineAction.APPROVE, _words(line))))
        for line in waiting
    ]


def _words(line: Any) -> str:
    return " ".join(AGREED[Problem(problem)] for problem in line.problems)
