"""Who is told what about committees and meetings. No name of a committee, no reason: an e-mail is not private."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse

from committees.models import Assignment, Meeting
from psp_portal.accounts.models import User
from psp_portal.notifications.outbox import Letter, queue


def partner_assigned(assignment: Assignment, *, at: datetime) -> None:
    """Tell a partner that they are on a committee from a day, and the budget's holder and deputy that they are."""
    kind = "committees.partner.assign"
    letter = _letter(
        kind,
        assignment.partner.user,
        subject="You have been added to a committee",
        template="committees/email/partner_assigned.txt",
        about=str(assignment.pk),
        link=reverse("committees:committee_detail", args=[assignment.committee_id]),
        starts_on=assignment.starts_on,
    )
    queue([letter, *_budget_letters(kind, assignment, _named(assignment), at)], at=at)


def budget_changed(assignment: Assignment, *, told_before: Collection[UUID | None], at: datetime) -> None:
    """Tell those who are newly named as budget holder or deputy, or to decide who pays."""
    named = _named(assignment)
    newly = [person for person in named if person is not None and person.pk not in told_before]
    queue(_budget_letters("committees.budget.change", assignment, newly, at), at=at)


def assignment_ended(assignment: Assignment, *, at: datetime) -> None:
    """Tell a partner the last day of their assignment."""
    letter = _letter(
        "committees.assignment.end",
        assignment.partner.user,
        subject="Your time on a committee ends",
        template="committees/email/assignment_ended.txt",
        about=f"{assignment.pk}:{assignment.ends_on}",
        link=reverse("committees:committee_detail", args=[assignment.committee_id]),
        ends_on=assignment.ends_on,
    )
    queue([letter], at=at)


def escort_changed(assignment: Assignment, *, before: User | None, at: datetime) -> None:
    """Tell a partner, and whoever goes along to their first meeting, that they do; and whoever was to, that not.

    Where they meet stands on the page only.
    """
    about = f"{assignment.pk}:{at.isoformat()}"
    letters = []
    if assignment.escort:
        letters += [
            _letter(
                "committees.escort.set",
                person,
                subject=subject,
                template="committees/email/escort_set.txt",
                about=about,
                link=reverse("committees:escort_detail", args=[assignment.pk]),
                partner=assignment.partner,
                escort=assignment.escort,
            )
            for person, subject in (
                (assignment.partner.user, "Somebody goes along to your first meeting"),
                (assignment.escort, "You go along to a first meeting"),
            )
        ]
    told = [before] if before else []
    if not assignment.escort:
        told.append(assignment.partner.user)
    letters += [
        _letter(
            "committees.escort.remove",
            person,
            subject="Going along to a first meeting has changed",
            template="committees/email/escort_removed.txt",
            about=about,
            partner=assignment.partner,
        )
        for person in told
    ]
    queue(letters, at=at)


def meeting_scheduled(meeting: Meeting, assignments: Iterable[Assignment], *, at: datetime) -> None:
    """Tell the partners who will be on the committee that day of a new meeting."""
    _tell_partners(
        "committees.meeting.schedule", meeting, assignments, "New meeting", "committees/email/meeting_scheduled.txt", at
    )


def meeting_cancelled(meeting: Meeting, assignments: Iterable[Assignment], *, at: datetime) -> None:
    """Tell the partners who would have been on the committee that day that a meeting is cancelled."""
    _tell_partners(
        "committees.meeting.cancel",
        meeting,
        assignments,
        "A meeting has been cancelled",
        "committees/email/meeting_cancelled.txt",
        at,
    )


def _tell_partners(
    kind: str, meeting: Meeting, assignments: Iterable[Assignment], subject: str, template: str, at: datetime
) -> None:
    letters = [
        _letter(
            kind,
            assignment.partner.user,
            subject=subject,
            template=template,
            about=str(meeting.pk),
            link=reverse("committees:meeting_detail", args=[meeting.pk]),
            starts_at=meeting.starts_at,
        )
        for assignment in assignments
    ]
    queue(letters, at=at)


def _named(assignment: Assignment) -> list[User | None]:
    return [assignment.budget_holder, assignment.deputy, assignment.dispute_person]


def _budget_letters(kind: str, assignment: Assignment, people: Iterable[User | None], at: datetime) -> list[Letter]:
    """Return a letter for each person. It has no link: an approver sees claims, not committees."""
    return [
        _letter(
            kind,
            person,
            subject="You are named for a partner's claims",
            template=(
                "committees/email/dispute_named.txt"
                if person.pk == assignment.dispute_person_id
                else "committees/email/budget_named.txt"
            ),
            about=f"{assignment.pk}:{at.isoformat()}",
            organisation=assignment.committee.organisation.name,
            payer=assignment.payer.name,
        )
        for person in people
        if person is not None
    ]


def _letter(
    kind: str, person: User, *, subject: str, template: str, about: str, link: str = "", **context: Any
) -> Letter:
    return Letter(
        kind=kind,
        recipient_id=person.pk,
        subject=subject,
        template=template,
        dedupe_key=f"{kind}:{about}:{person.pk}",
        link=link,
        context={"person": person, **context},
    )
