"""Who is told what about an application. What is personal stands behind the applicant's own link, not in the e-mail."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from partners.models.recruitment import Application
from psp_portal.accounts.models import User
from psp_portal.notifications import keys
from psp_portal.notifications.outbox import Letter, queue

# What an applicant is told, in the subject of the e-mail; the template has the same name.
SUBJECTS = {
    "start": "Your application: how to go on",
    "again": "Your application",
    "remind": "Your application is not sent yet",
    "sent": "We have your application",
    "news": "There is news about your application",
    "times": "Choose a time to talk",
    "chosen": "Your time to talk",
    "dropped": "A time to talk is no longer to be had",
    "withdrawn": "You have withdrawn your application",
}
# What the staff are told; the reference stands for the person.
STAFF_SUBJECTS = {
    "came_in": "An application has come in",
    "time_chosen": "An applicant has chosen a time",
    "times_refused": "An applicant cannot come to any of the times",
    "gone": "An applicant has withdrawn",
    "accepted": "An applicant has accepted the role",
}


def prefix(application: Application) -> str:
    """Return what the dedupe keys of all e-mails to an applicant begin with."""
    return f"recruitment.application:{application.pk}:"


def dedupe_key(application: Application, what: str, at: datetime) -> str:
    """Return the key of one e-mail to an applicant, from which the key in its link is made."""
    return f"{prefix(application)}{what}:{at.isoformat()}"


def applicant_told(application: Application, what: str, *, at: datetime) -> None:
    """E-mail an applicant that there is something to read or do on their own page."""
    letter = Letter(
        kind=f"recruitment.application.{what}",
        recipient_id=None,
        address=application.email,
        subject=SUBJECTS[what],
        template=f"recruitment/email/{what}.txt",
        dedupe_key=dedupe_key(application, what, at),
        link=reverse("recruitment:progress_detail", args=[keys.PLACEHOLDER]),
        context={"application": application, "vacancy": application.vacancy},
    )
    queue([letter], at=at)


def staff_told(application: Application, what: str, staff: Iterable[User], *, at: datetime) -> None:
    """Tell members of staff that an applicant has done something; the applicant is not named."""
    letters = [
        Letter(
            kind=f"recruitment.staff.{what}",
            recipient_id=person.pk,
            subject=STAFF_SUBJECTS[what],
            template="recruitment/email/staff.txt",
            dedupe_key=f"recruitment.staff.{what}:{application.pk}:{at.isoformat()}:{person.pk}",
            link=reverse("recruitment:application_detail", args=[application.pk]),
            context={"application": application, "vacancy": application.vacancy, "what": STAFF_SUBJECTS[what]},
        )
        for person in staff
    ]
    queue(letters, at=at)
