"""What has happened to a claim, and what will."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from expenses import queries
from expenses.enums import (
    LineAction,
)
from expenses.policies import escalation
from expenses.views.presenting.lines import line_title
from psp_portal.dates import format_date, local_date

_LINE_HAPPENED = {
    LineAction.APPROVE: "approved",
    LineAction.RETURN: "question asked",
    LineAction.REFUSE: "not approved",
    LineAction.ANSWER: "question answered",
    LineAction.ANSWER_HOLD: "what was missing was given",
    LineAction.APPEAL: "appealed",
    LineAction.ALLOW_APPEAL: "appeal allowed",
    LineAction.DISMISS_APPEAL: "appeal turned down",
    LineAction.LET_STAND: "refusal became final",
    LineAction.ADD_TO_RUN: "put in a payment run",
    LineAction.REMOVE_FROM_RUN: "taken out of a payment run",
    LineAction.RECORD_PAYMENT: "paid",
    LineAction.RECORD_FAILURE: "payment failed",
    LineAction.RECORD_RETURN: "payment sent back by the bank",
    LineAction.WITHDRAW: "withdrawn",
}


def events_of(claim) -> list[dict[str, str]]:
    """Return a claim's story for the timeline component, oldest first; its lines and timeline must be loaded.

    What one person did at one moment is one entry: the claim's event names it, its lines' events follow.
    """
    titles = {line.pk: line_title(line) for line in claim.lines.all()}
    moments = defaultdict(list)
    for event in claim.timeline.all():
        moments[event.at, event.by_name].append(event)
    return [_moment(at, who, events, titles) for (at, who), events in moments.items()]


def _moment(at, who: str, events: list, titles: dict) -> dict[str, str]:
    # At one moment the order in which events were written is not kept: the claim's come first.
    of_claim = [event for event in events if event.line_id is None]
    of_lines = [event for event in events if event.line_id is not None]
    # A payment that fails for all lines of a claim says so once, not once a line.
    words = list(dict.fromkeys(event.note for event in of_claim if event.note))
    alike = defaultdict(list)
    for event in of_lines:
        note = event.note if event.note not in words else ""
        alike[LineAction(event.action), note].append(titles.get(event.line_id, "A line"))
    words += [_happened(action, note, lines) for (action, note), lines in alike.items()]
    return {
        "title": " and ".join(dict.fromkeys(event.label for event in of_claim)) or "Changed",
        "when": format_date(local_date(at)),
        "who": who,
        "text": ". ".join(words),
        "state": "past",
    }


def _happened(action: LineAction, note: str, lines: list[str]) -> str:
    what, quoted = _LINE_HAPPENED[action], f" (“{note}”)" if note else ""
    if len(lines) == 1:
        return f"{lines[0]}: {what}{quoted}"
    return f"{what[:1].upper()}{what[1:]}: {'; '.join(lines)}{quoted}"


def ladder_of(claim, *, today: date) -> list[dict[str, str]]:
    """Return a sent claim's whole ladder for the timeline component: what has been, what is now, what may come.

    What may come names whom it would reach as things stand ``today``.

    Its escalations must be loaded. Of a claim that is settled only what has been is left.
    """
    steps = queries.ladder_of(claim)
    last = max((step.number for step, written in steps if written), default=0)
    if not claim.is_open:
        return [_rung(step, written, is_now=False) for step, written in steps if written]
    ahead = queries.whom_steps_reach(claim, {step.kind for step, written in steps if not written}, today=today)
    return [
        _rung(step, written, is_now=step.number == last) if written else _rung_ahead(step, ahead[step.kind])
        for step, written in steps
    ]


def _rung_ahead(step, reached: Iterable[queries.Reached]) -> dict[str, str]:
    names = [f"{each.name} ({each.post.label})" if each.post else each.name for each in reached]
    return {
        "title": f"Step {step.number}: {step.kind.label}",
        "when": f"On {format_date(step.due_on)}, unless it is paid before",
        "who": f"to {' and '.join(names)}" if names else "",
        "text": "",
        "state": "future",
    }


def _rung(step, written, *, is_now: bool) -> dict[str, str]:
    return {
        "title": f"Step {step.number}: {step.kind.label}",
        "when": format_date(local_date(written.written_at)),
        "who": f"went to {written.responsible.get_full_name()}",
        "text": reply_words(written),
        "state": "now" if is_now else "past",
    }


def reply_words(written) -> str:
    """Return what came of a step: the reply and the promise, who owes the reply, or why there is none."""
    if written.replied_at:
        replied = f"{written.replied_by.get_full_name()} replied on {format_date(local_date(written.replied_at))}"
        return " ".join(filter(None, [f"{replied}: “{written.reply}”", promise_words(written)]))
    if not written.needs_reply:
        return "No reply was asked for: the claim was as old as this when the organisation brought it in."
    instead = f" {written.passed_to.get_full_name()} gives it instead." if written.passed_to else ""
    return f"No reply yet. It is due by {format_date(written.reply_due_on)}.{instead}"


def promise_words(written) -> str:
    """Return the day promised in the reply to a step, and what became of it; nothing for a reply without one."""
    if written.promised_on is None:
        return ""
    who = written.replied_by.get_full_name()
    if written.promise_missed_at:
        return f"{escalation.missed_in_words(who, written.promised_on)}."
    kept = "; it was kept" if written.promise_kept_at else ""
    return f"{who} promised {format_date(written.promised_on)}{kept}."
