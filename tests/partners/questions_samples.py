"""Questions for tests, through the services."""

from datetime import date, datetime, time, timedelta

from partners.enums.questions import AskedRole
from partners.models import Partner
from partners.models.questions import Question
from partners.services import questions as services
from psp_portal.dates import LONDON, local_date
from tests import factories

# A Monday: five working days on is the Monday after, with no bank holiday between.
NOW = datetime(2026, 6, 1, 9, 0, tzinfo=LONDON)
TODAY = local_date(NOW)


def on(day: date, hour: int = 7) -> datetime:
    """Return a moment of a day, in the morning when the clock passes."""
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def later(days: int) -> datetime:
    """Return the morning so many calendar days after the samples' day."""
    return on(TODAY + timedelta(days=days))


def ask(
    partner: Partner,
    to_role: AskedRole = AskedRole.PROGRAMME_LEAD,
    *,
    subject: str = "Parking",
    text: str = "Why was my parking space given away?",
    at: datetime = NOW,
) -> Question:
    return services.ask_question(
        partner_id=partner.pk, to_role=to_role, subject=subject, text=text, by=partner.user, at=at
    )


def reply(question: Question, *, by=None, answers: bool = True, text: str = "It was a mistake.", at: datetime = NOW):
    return services.reply_to_question(
        question_id=question.pk, text=text, answers=answers, by=by or question.owner, at=at
    )


def make_elsewhere() -> Question:
    """Return a question at another organisation that must never show."""
    return ask(factories.make_partner(factories.make_organisation("Far Trust")), subject="Foreign matter")
