"""An applicant on a phone: from the public page to the appointment, and the first sign-in."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from partners.enums.recruitment import ApplicationStatus
from partners.models.recruitment import Application
from partners.services import recruitment as services
from psp_portal.dates import local_date
from psp_portal.notifications.models import Message
from tests import factories
from tests.journeys.conftest import DESK, PHONE
from tests.partners import recruitment_samples as samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]

PASSWORD = "a long enough password"
EMAIL = "ada.okoro@example.org"


def link_in_latest_email(application: Application) -> str:
    """Return the address in the latest e-mail to an applicant."""
    return reverse("recruitment:progress_detail", args=[samples.token_of(application)])


def test_an_applicant_on_a_phone_from_the_public_page_to_the_first_day(world, now, new_window, has_javascript):
    # given: a lead who prepares a role at their desk
    lead = factories.make_lead(world.organisation)
    today = local_date(world.at)
    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("recruitment:vacancy_list"))
    desk.check()
    desk.press("Add a role")
    desk.check()
    desk.fill("Name of the role", "Patient Safety Partner")
    desk.fill("Short address", "partner-here")
    desk.fill("Why do you want a partner?", "We want care to be safer.")
    desk.fill("What will they do?", "Sit on a committee\nAsk questions")
    desk.fill("How much time does it take?", "1 day a month")
    desk.page.get_by_role("group", name="Is the role paid?").get_by_label("Yes").check()
    desk.fill("Whom can people ask, or apply to by telephone?", "Ask Joanne on 01632 960001")
    desk.fill_date("First day for applications", today)
    desk.fill_date("Last day for applications", today + timedelta(days=30))
    desk.page.get_by_role("group", name="Shortlist without names?").get_by_label("Yes").check()
    desk.press("Save as a draft")
    desk.check()
    desk.press("Add a criterion")
    desk.check()
    desk.fill("What do you look for?", "Has used our services")
    desk.tick("Yes")
    desk.press("Add the criterion")
    desk.press("Add a channel")
    desk.check()
    desk.fill("What is it?", "GP surgery poster")
    desk.fill("Code in the address", "gp")
    desk.press("Add the channel")
    desk.check()
    desk.press("Open the public page")
    desk.check()
    desk.press("Open the page")
    desk.check()

    # when: somebody comes by the poster, and begins
    phone = new_window(PHONE, has_javascript=has_javascript)
    phone.open(reverse("recruitment:advert_detail", args=["partner-here"]) + "?from=gp")
    phone.check()
    phone.follow("have it sent again")
    phone.check()
    phone.follow("Back")
    phone.press("Apply")
    phone.check()
    phone.press("Email me the link")
    phone.check()
    phone.fill("Your name", "Ada Okoro")
    phone.fill("Your email address", EMAIL)
    phone.press("Email me the link")
    phone.check()
    assert phone.reads("Look in your email")

    # then: the link in the e-mail leads to the questions; they answer one, and stop
    application = Application.objects.get(email=EMAIL)
    phone.open(link_in_latest_email(application))
    phone.check()
    phone.follow("Why you would like to do this")
    phone.check()
    phone.press("Save and continue")
    phone.check()
    phone.fill("Why would you like to be a Patient Safety Partner?", "I am Ada Okoro and I want care to be safer.")
    phone.press("Save and continue")
    phone.check()

    # when: they come back the next day, on another phone, through the public page and the address they gave
    now.move_to(world.at + timedelta(days=1))
    phone = new_window(PHONE, has_javascript=has_javascript)
    phone.open(reverse("recruitment:application_start", args=["partner-here"]))
    phone.fill("Your name", "Ada")
    phone.fill("Your email address", EMAIL.upper())
    phone.press("Email me the link")
    assert phone.reads("Look in your email")
    assert Application.objects.filter(email=EMAIL).count() == 1
    phone.open(link_in_latest_email(application))
    phone.check()

    # then: what they wrote is there, and they go through the rest
    phone.follow("What you would bring")
    phone.fill("What would you bring to the role?", "I cared for my mother.")
    phone.press("Save and continue")
    phone.check()
    phone.press("Save and continue")
    phone.check()
    phone.fill("What would you need for a chat or an interview? (optional)", "A ground-floor room")
    phone.press("Save and continue")
    phone.check()
    phone.fill("What is your telephone number? (optional)", "01632 960123")
    phone.press("Save and continue")
    phone.check()
    assert phone.page.get_by_label("GP surgery poster").is_checked()
    phone.press("Save and continue")
    phone.check()
    assert phone.reads("I am Ada Okoro and I want care to be safer.")
    check_page = phone.page.url
    phone.press("Send your application")
    phone.check()
    assert phone.reads("Application sent")

    # and: sending it twice changes nothing and shows the same page
    phone.page.goto(check_page)
    assert phone.reads("Application sent")
    assert Message.objects.filter(subject="We have your application").count() == 1

    # when: the lead shortlists without a name, and invites to a chat
    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("recruitment:application_list"))
    desk.check()
    assert not desk.reads("Ada")
    desk.follow(f"Applicant {application.reference}")
    desk.check()
    assert not desk.reads("Ada")
    assert not desk.reads(EMAIL)
    desk.press("Give points")
    desk.check()
    desk.tick("3: very much")
    desk.press("Save the points")
    desk.press("Invite to an informal chat")
    desk.check()
    desk.press("Send the letter")
    desk.check()
    assert desk.reads("Ada Okoro")

    # then: what she needs stands where the time is offered, and she chooses it
    offer_a_time(desk, today + timedelta(days=3))
    phone.open(link_in_latest_email(application))
    phone.check()
    assert phone.reads("Invitation to an informal chat")
    phone.press("Choose a time")
    phone.check()
    phone.page.get_by_role("radio").first.check()
    phone.press("Save")
    phone.check()
    assert phone.reads("Room 4, Willow House")

    # when: an interview follows, and the offer
    now.move_to(world.at + timedelta(days=4))
    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("recruitment:application_detail", args=[application.pk]))
    desk.press("Invite to an interview")
    desk.check()
    desk.press("Send the letter")
    offer_a_time(desk, today + timedelta(days=8))
    phone.open(link_in_latest_email(application))
    phone.press("Choose a time")
    phone.tick("None of these")
    phone.fill("If none is good for you, when would be? (optional)", "An afternoon")
    phone.press("Save")
    phone.check()
    desk.page.reload()
    assert desk.reads("An afternoon")
    desk.check()
    offer_a_time(desk, today + timedelta(days=9))
    phone.open(link_in_latest_email(application))
    phone.press("Choose a time")
    phone.page.get_by_role("radio").first.check()
    phone.press("Save")
    now.move_to(world.at + timedelta(days=10))
    desk = new_window(DESK, user=lead, has_javascript=has_javascript)
    desk.open(reverse("recruitment:application_detail", args=[application.pk]))
    desk.press("Offer the role")
    desk.check()
    desk.fill_date("First day", today + timedelta(days=30))
    desk.fill_date("Last day of the term", today + timedelta(days=730))
    desk.press("Send the offer")
    desk.check()

    # then: she accepts by her link, which makes her account, and signs in for the first time
    phone.open(link_in_latest_email(application))
    phone.check()
    assert phone.reads("What we offer you")
    phone.press("Accept the role")
    phone.check()
    phone.fill("Choose a password (optional)", PASSWORD)
    phone.press("Accept")
    phone.check()
    phone.fill("Email", EMAIL)
    phone.fill("Password", PASSWORD)
    phone.press("Sign in")
    phone.check()
    application.refresh_from_db()
    assert application.status == ApplicationStatus.APPOINTED
    phone.open(reverse("partners:partner_detail", args=[application.partner_id]))
    phone.check()
    assert phone.reads(lead.name)

    # and: the lead sees what the poster brought, without a number that tells of her alone
    desk.open(reverse("recruitment:rate_list"))
    desk.check()
    assert desk.reads("GP surgery poster")
    assert desk.reads("Left out")


def offer_a_time(desk, on: date) -> None:
    """Offer an applicant whose page is open a time on a day, with what they need before the eyes."""
    desk.press("Offer a time")
    desk.check()
    assert desk.reads("A ground-floor room")
    desk.fill_date("Date", on)
    desk.fill("Time", "2:30pm")
    desk.tick("In person")
    desk.fill("Where", "Room 4, Willow House")
    desk.press("Offer this time")
    desk.check()


def test_the_other_pages_of_recruitment(world, new_window):
    # given: a role that is open, with applications at every point
    lead = factories.make_lead(world.organisation)
    vacancy = samples.make_vacancy(world.organisation, lead)
    begun = samples.make_started(vacancy, at=world.at)
    invited = samples.make_invited(vacancy, lead, at=world.at)
    time = samples.make_time(invited, lead, at=world.at)
    services.withdraw_application(
        application_id=samples.make_sent(vacancy, at=world.at).pk, by=services.APPLICANT, at=world.at
    )

    # then: each page is sound
    desk = new_window(DESK, user=lead)
    for name, args in (
        ("vacancy_edit", [vacancy.pk]), ("vacancy_close", [vacancy.pk]), ("letter_list", []),
        ("letter_edit", ["offer"]), ("settings_edit", []), ("application_create", [vacancy.pk]),
        ("contact_edit", [invited.pk]),
        ("time_remove", [invited.pk, time.pk]), ("criterion_remove", [vacancy.criteria.first().pk]),
        ("application_decide", [invited.pk, "not_this_time"]), ("application_list", []),
    ):  # fmt: skip
        desk.open(reverse(f"recruitment:{name}", args=args))
        desk.check()
    phone = new_window(PHONE)
    phone.open(reverse("recruitment:application_withdraw", args=[samples.token_of(begun)]))
    phone.check()
    phone.press("Withdraw")
    phone.check()
    assert phone.reads("Application withdrawn")
