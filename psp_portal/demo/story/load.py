"""Plays the whole story up to the moment of loading, in one transaction."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial

from celery import current_app
from django.db import transaction
from django.db.models import F

from expenses import queries
from expenses import services as expenses
from psp_portal.accounts.queries import organisation_with_code
from psp_portal.dates import is_working_day, local_date
from psp_portal.demo.story.access import plan_access
from psp_portal.demo.story.agreeing import plan_agreements
from psp_portal.demo.story.capacity import plan_capacity
from psp_portal.demo.story.cast import BEGINS, ORGANISATIONS
from psp_portal.demo.story.claiming import plan_claims
from psp_portal.demo.story.diversity import plan_diversity
from psp_portal.demo.story.induction import plan_induction
from psp_portal.demo.story.leaving import plan_leaving
from psp_portal.demo.story.meeting import plan_meetings
from psp_portal.demo.story.papers import plan_papers
from psp_portal.demo.story.paying import plan_runs
from psp_portal.demo.story.questions import plan_questions
from psp_portal.demo.story.recruitment import plan_recruitment
from psp_portal.demo.story.retention import plan_retention
from psp_portal.demo.story.setting import LEADS, plan_setting
from psp_portal.demo.story.stage import Stage
from psp_portal.demo.story.subject_access import plan_subject_access
from psp_portal.demo.story.support import plan_support
from psp_portal.demo.story.training import plan_training
from psp_portal.notifications.models import Message

# Older messages have been read.
READ_AFTER = timedelta(weeks=2)
# For so many days before the day of loading the clock is complete, absences that begin included.
ALWAYS_LATELY = 10


def is_loaded() -> bool:
    """Say whether the demonstration is in the database."""
    return organisation_with_code(ORGANISATIONS[0].ods_code) is not None


def load_story(*, now: datetime) -> Stage:
    """Play the story with ``now`` as the day of loading: all of it, or with an error nothing.

    Needs neither worker nor broker: every message of the past counts as sent.
    """
    with _without_worker(), transaction.atomic():
        stage = Stage(now=now)
        plan_setting(stage)
        plan_retention(stage)
        plan_diversity(stage)
        plan_recruitment(stage)
        plan_papers(stage)
        plan_induction(stage)
        plan_training(stage)
        plan_support(stage)
        plan_capacity(stage)
        plan_access(stage)
        plan_questions(stage)
        plan_leaving(stage)
        plan_meetings(stage)
        plan_subject_access(stage)
        plan_agreements(stage)
        plan_claims(stage)
        plan_runs(stage)
        _plan_clock(stage)
        stage.play()
        _clock(stage, now, ago=0)
        _close_messages(now)
    return stage


@contextmanager
def _without_worker() -> Iterator[None]:
    """Let the tasks that wait for the commit run here, where they find their messages sent, and log nothing."""
    before = current_app.conf.task_always_eager, logging.root.manager.disable
    current_app.conf.task_always_eager = True
    logging.disable(logging.INFO)
    try:
        yield
    finally:
        current_app.conf.task_always_eager = before[0]
        logging.disable(before[1])


def _plan_clock(stage: Stage) -> None:
    """Plan what the clock does every morning, so that steps and final refusals bear their true days."""
    for ago in range(BEGINS - 1, -1, -1):
        stage.plan(stage.at(ago, 6, 30), partial(_clock, stage, ago=ago))


def _clock(stage: Stage, at: datetime, *, ago: int) -> None:
    expenses.let_refusals_stand(at=at)
    # A pass that finds nothing costs as much as one that does: 430 of them would be most of the loading.
    if ago <= ALWAYS_LATELY or at.weekday() == 0 or _is_step_due(stage, at):
        expenses.escalate_overdue_claims(at=at)
    if is_working_day(local_date(at), stage.holidays):
        expenses.remind_claims_awaiting_decision(at=at)


def _is_step_due(stage: Stage, at: datetime) -> bool:
    return any(
        queries.claims_of_organisation(stage.people[lead], today=local_date(at)).filter(next_step_at__lte=at).exists()
        for lead in LEADS.values()
    )


def _close_messages(now: datetime) -> None:
    """Mark what was queued as sent when it was written, and as read the next day when that is long ago."""
    Message.objects.unsent().update(sent_at=F("created_at"), attempts=1)
    Message.objects.unread().filter(created_at__lt=now - READ_AFTER).update(read_at=F("created_at") + timedelta(days=1))
