"""What the rows of training and support say of themselves, and that the clock's tasks are there and do their work."""

import pytest
import time_machine
from celery import current_app
from django.conf import settings

from partners.enums.support import CheckInItem, PlanItem
from partners.models.support import (
    CheckIn,
    CheckInAnswer,
    FollowUp,
    NoFollowUp,
    PrivateNote,
    ReviewAnswer,
    WellbeingPlan,
)
from partners.models.training import TrainingSettings
from partners.services import support as services
from partners.tasks import support as support_tasks
from partners.tasks import training as training_tasks
from psp_portal.accounts.enums import Role
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners import support_samples, training_samples
from tests.partners.support_samples import NOW, TODAY


def test_private_rows_say_nothing_of_anybody(trust):
    talk = support_samples.make_talk(trust.partner)
    own = trust.partner.user
    services.write_private_note(talk_id=talk.pk, text="Mine", by=own, at=NOW)
    services.save_wellbeing_plan(
        partner_id=trust.partner.pk, items={PlanItem.CALL: "Mine"}, is_shared=False, by=own, at=NOW
    )
    services.make_check_in(partner_id=trust.partner.pk, items={CheckInItem.MOOD: "Mine"}, shared=set(), by=own, at=NOW)
    services.mark_hard(partner_id=trust.partner.pk, about="Mine", happened_on=TODAY, by=own, at=NOW)
    support_samples.make_review(trust.partner)
    said = [
        str(model.objects.first())
        for model in (PrivateNote, WellbeingPlan, CheckIn, CheckInAnswer, FollowUp, ReviewAnswer)
    ]
    assert [*said, str(NoFollowUp(user=own))] == [
        "A private note", "A wellbeing plan", "A wellbeing check-in", "An answer of a wellbeing check-in",
        "A quiet question", "An answer of an annual review", "Does not want to be asked",
    ]  # fmt: skip


def test_other_rows_say_what_they_are(trust):
    course = training_samples.make_course(trust.organisation, trust.lead)
    record = training_samples.make_training(trust.partner, course)
    mentor = factories.make_member(Role.REQUESTER, trust.organisation)
    pairing = support_samples.make_pairing(trust.partner, mentor)
    review, partner = support_samples.make_review(trust.partner), trust.partner.pk
    assert str(course) == "Essentials"
    assert str(record) == f"{partner} did {course.pk} on 2026-03-31"
    assert str(training_samples.make_request(trust.partner)) == f"{partner} asks for visit"
    assert str(TrainingSettings(organisation=trust.organisation)) == f"Training at {trust.organisation.pk}"
    assert str(support_samples.make_talk(trust.partner)).startswith(f"{partner} and {trust.lead.pk} at 2026-03-30")
    assert str(pairing) == f"{mentor.pk} for {partner}"
    assert str(review).startswith(f"Review of {partner} from 2026-03-31")
    assert str(trust.organisation.review_questions.order_by("side", "position").first()).endswith("?")
    services.change_support_settings(
        organisation_id=trust.organisation.pk, ask_after_days=1, review_months=1, who_to_talk_to="", by=trust.lead,
        at=NOW,
    )  # fmt: skip
    assert str(trust.organisation.support_settings) == f"Support at {trust.organisation.pk}"


@pytest.mark.parametrize("name", ["warn-of-training", "ask-how-they-are", "open-due-reviews"])
def test_the_clock_knows_its_tasks(name):
    assert settings.CELERY_BEAT_SCHEDULE[name]["task"] in current_app.tasks


def test_the_tasks_do_their_work(trust):
    course = training_samples.make_course(trust.organisation, trust.lead, renewal_months=1)
    training_samples.make_training(trust.partner, course)
    services.mark_hard(partner_id=trust.partner.pk, about="", happened_on=TODAY, by=trust.partner.user, at=NOW)
    # A month is 30 days here, so the last of the three warnings is due.
    with time_machine.travel(NOW.replace(month=4, day=6), tick=False):
        training_tasks.warn_of_training()
        support_tasks.ask_how_they_are()
        support_tasks.open_due_reviews()
    kinds = Message.objects.filter(recipient=trust.partner.user).values_list("kind", flat=True)
    assert {"partners.training.warn", "partners.support.page", "partners.review.open"} <= set(kinds)
