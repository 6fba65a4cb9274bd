"""What partners ask: most are answered in a few days, one has gone up a step, one waits for its partner's word."""

from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import TYPE_CHECKING

from partners.enums.questions import AskedRole
from partners.services import questions as services
from psp_portal.dates import LONDON, add_working_days, is_working_day, local_date
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.questions import Question

# For so many days before the day of loading the clock looks at questions every morning.
CLOCK_DAYS = 70


@dataclass(frozen=True)
class Told:
    """What happens to a question: on which working day after it was asked, what, and in which words."""

    day: int
    what: str
    text: str = ""


@dataclass(frozen=True)
class Wonder:
    """A question: who asks, so many working days ago, of which role, what, and what becomes of it."""

    who: str
    ago: int
    to_role: AskedRole
    subject: str
    text: str
    then: tuple[Told, ...] = ()


LEAD, FINANCE, EXECUTIVE = AskedRole.PROGRAMME_LEAD, AskedRole.FINANCE, AskedRole.EXECUTIVE

WONDERS = (
    Wonder("desmond", 44, LEAD, "Parking at the Northside site",
           "My space was given away twice this month. Can one be kept for me?",
           (Told(2, "answer", "I am sorry. From Monday bay 14 is kept for you on meeting days."),
            Told(3, "close"))),
    Wonder("eleri", 37, FINANCE, "What the letters on my remittance mean",
           "It says PSP-ADJ beside one amount. What is that?",
           (Told(1, "answer", "It is a correction of last month’s mileage, 3 pounds 15 in your favour."),
            Told(2, "close"))),
    Wonder("margaret", 30, LEAD, "Papers in larger print",
           "The pack for the falls group came in small print again. Whom do I tell?",
           (Told(3, "update", "I have asked the secretary and wait to hear."),
            Told(4, "answer", "Tell the secretary each time, please."),
            Told(5, "reopen", "I have told her three times. Who sees to it that it happens?"),
            Told(7, "answer", "I do. It is in her list now, and I check each pack before it goes out."),
            Told(9, "close"))),
    Wonder("aisha", 18, EXECUTIVE, "Thank you",
           "Thank you for coming to the partners’ lunch.",
           (Told(1, "no_reply", "This was a thank-you and asks nothing. Thank you, Aisha."),)),
    Wonder("priya", 9, LEAD, "Why the deaths review was not shared",
           "I was told in June that I would see the action plan. When will I?"),
    Wonder("kwame", 5, LEAD, "Whom I can bring to the ward visit",
           "May my daughter come along to help me with the stairs?",
           (Told(2, "answer", "Yes. Please tell the ward the day before; I have told the matron."),)),
    Wonder("ruth", 2, FINANCE, "Which form for a hotel",
           "The conference is two days. Do I pay the hotel myself?"),
)  # fmt: skip


def plan_questions(stage: Stage) -> None:
    """Plan what partners ask, what becomes of it, and the clock that follows it."""
    for wonder in WONDERS:
        stage.plan(stage.at(_days(stage, wonder.ago), 8, 20), partial(_ask, stage, wonder))
    for ago in range(CLOCK_DAYS, -1, -1):
        stage.plan(stage.at(ago, 7, 5), _follow)


def _days(stage: Stage, working_days: int) -> int:
    """Return how many days ago it was so many working days before the day of loading."""
    ago = 0
    while working_days:
        working_days -= is_working_day(stage.day(ago), stage.holidays)
        ago += 1
    while not is_working_day(stage.day(ago), stage.holidays):
        ago += 1
    return ago


def _ask(stage: Stage, wonder: Wonder, at: datetime) -> None:
    question = services.ask_question(
        partner_id=stage.partners[wonder.who].pk,
        to_role=wonder.to_role,
        subject=wonder.subject,
        text=wonder.text,
        by=stage.people[wonder.who],
        at=at,
    )
    for told in wonder.then:
        day = add_working_days(local_date(at), told.day, stage.holidays)
        stage.plan(datetime.combine(day, time(10), tzinfo=LONDON), partial(_happen, question, told))


def _happen(question: "Question", told: Told, at: datetime) -> None:
    question.refresh_from_db()
    match told.what:
        case "close":
            services.close_question(question_id=question.pk, by=question.asker, at=at)
        case "reopen":
            services.reopen_question(question_id=question.pk, text=told.text, by=question.asker, at=at)
        case "no_reply":
            services.say_no_reply_needed(question_id=question.pk, reason=told.text, by=question.owner, at=at)
        case _:
            services.reply_to_question(
                question_id=question.pk, text=told.text, answers=told.what == "answer", by=question.owner, at=at
            )


def _follow(at: datetime) -> None:
    services.follow_questions(at=at)
