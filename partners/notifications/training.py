"""Who is told what about training, in which words."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from partners.models import Partner
from partners.models.training import DevelopmentRequest, TrainingRecord
from psp_portal.accounts.models import User
from psp_portal.dates import format_date
from psp_portal.notifications.outbox import Letter, queue


def trainings_recorded(records: Iterable[TrainingRecord], *, by: User, at: datetime) -> None:
    """Tell each partner that a training of theirs was recorded; nobody is told of what they recorded themselves."""
    queue(
        [
            Letter(
                kind="partners.training.record",
                recipient_id=record.partner.user_id,
                subject=f"Training recorded: {record.course.title}",
                template="training/email/training_recorded.txt",
                dedupe_key=f"partners.training.record:{record.pk}",
                link=reverse("training:training_detail", args=[record.partner_id]),
                context={"record": record, "person": record.partner.user},
            )
            for record in records
            if record.partner.user_id != by.pk
        ],
        at=at,
    )


def training_runs_out(record: TrainingRecord, *, days: int, at: datetime) -> None:
    """Warn the partner and their lead that a training runs out, once for each step."""
    partner = record.partner
    told = [
        (partner.user, f"Your training runs out on {format_date(record.expires_on)}"),  # type: ignore[arg-type]
        (partner.lead, f"A partner’s training runs out on {format_date(record.expires_on)}"),  # type: ignore[arg-type]
    ]
    queue(
        [
            Letter(
                kind="partners.training.warn",
                recipient_id=person.pk,
                subject=subject,
                template="training/email/training_runs_out.txt",
                dedupe_key=f"partners.training.warn:{record.pk}:{days}:{person.pk}",
                link=reverse("training:training_detail", args=[partner.pk]),
                context={"record": record, "person": person, "partner": partner, "is_own": person == partner.user},
            )
            for person, subject in told
        ],
        at=at,
    )


def development_asked(request: DevelopmentRequest, *, at: datetime) -> None:
    """Tell the lead that a partner asks for something, and the partner who answers by when."""
    partner = request.partner
    _tell(request, partner.lead, "A partner asks for training or development", "request_asked", "asked", at=at)
    _tell(request, partner.user, "Your request has been sent", "request_sent", "sent", at=at)


def development_decided(request: DevelopmentRequest, *, by: User, at: datetime) -> None:
    """Tell the partner what was decided, and their lead where somebody else did it."""
    told = [request.partner.user, *_others(request.partner, by)]
    for person in told:
        _tell(request, person, "A request has been answered", "request_answered", "answered", at=at)


def development_closed(request: DevelopmentRequest, *, by: User, at: datetime) -> None:
    """Tell the other side that something was done, or that the partner no longer asks for it."""
    told = [person for person in (request.partner.user, request.partner.lead) if person.pk != by.pk]
    for person in told:
        _tell(request, person, "A request has been closed", "request_closed", request.status, at=at)


def _others(partner: Partner, by: User) -> list[User]:
    return [] if partner.lead_id == by.pk else [partner.lead]


def _tell(request: DevelopmentRequest, person: User, subject: str, template: str, what: str, *, at: datetime) -> None:
    queue(
        [
            Letter(
                kind=f"partners.development.{what}",
                recipient_id=person.pk,
                subject=subject,
                template=f"training/email/{template}.txt",
                dedupe_key=f"partners.development.{what}:{request.pk}:{person.pk}",
                link=reverse("training:request_detail", args=[request.pk]),
                context={"request": request, "person": person, "partner": request.partner},
            )
        ],
        at=at,
    )
