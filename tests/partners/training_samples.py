"""Courses, trainings and requests for tests, through the services."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from partners.enums import RoleCategory
from partners.enums.training import DevelopmentKind
from partners.models import Partner
from partners.models.training import Course, DevelopmentRequest, TrainingRecord
from partners.services import training as services
from psp_portal.accounts.models import Organisation, User
from psp_portal.dates import local_date
from tests import factories

# A Tuesday, in the tests' own year.
NOW = factories.START + timedelta(days=364)
TODAY = local_date(NOW)


def facts(title: str = "Essentials", **change) -> services.CourseFacts:
    """Return what somebody says of a course asked of senior partners: half an hour, every three years."""
    said = {
        "level": 1, "provider": "e-learning", "minutes": 30, "renewal_months": 36,
        "required_of": [RoleCategory.SENIOR], "is_published": False,
    }  # fmt: skip
    return services.CourseFacts(title=title, **said | change)


def make_course(organisation: Organisation, lead: User, title: str = "Essentials", **change) -> Course:
    return services.create_course(
        organisation_id=organisation.pk, facts=facts(title, **change), by=lead, at=factories.START
    )


def make_training(
    partner: Partner, course: Course, done_on: date = TODAY, *, minutes: int | None = 30, at: datetime = NOW
) -> TrainingRecord:
    """Return a training recorded by the partner's lead."""
    recorded = services.record_session(
        course_id=course.pk, done_on=done_on, minutes=minutes, reference="", partner_ids=[partner.pk],
        by=partner.lead, at=at,
    )  # fmt: skip
    return recorded.records[0]


def make_request(partner: Partner, what: str = "A visit to the ward", *, at: datetime = NOW) -> DevelopmentRequest:
    return services.ask_for_development(
        partner_id=partner.pk, kind=DevelopmentKind.VISIT, what=what, why="To understand it", when="In spring", hours=3,
        cost=Decimal("12.50"), by=partner.user, at=at,
    )  # fmt: skip


def decide(request: DevelopmentRequest, *, agrees: bool = True, reason: str = "", at: datetime = NOW):
    return services.decide_development(
        request_id=request.pk, agrees=agrees, reason=reason, agreed_for=None, by=request.partner.lead, at=at
    )
