"""A partner's own money: where each pound is, what a tax year came to, a letter, and limits that nobody else sees."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from committees.services import schedule_meeting
from expenses import services
from expenses.enums import ClaimStatus, LineAction, MoneyGroup, Preference
from psp_portal.dates import format_date
from tests.expenses.pages import page
from tests.expenses.world import World
from tests.journeys.conftest import DESK, PHONE, text_of_pdf

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("now")]


def money_in_every_place(world: World) -> None:
    """Leave the partner with money that waits, is asked about, agreed, sent back by the bank, in a run, and paid."""
    world.sent(at=world.later(days=-5), with_taxi=True)
    world.approved()
    run = world.released()
    for row in run.lines.all():
        if row.is_for_time:
            services.record_payment(run_id=run.pk, run_line_ids=[row.pk], by=world.finance_lead, at=world.at)
        else:
            services.record_failure(
                run_id=run.pk, run_line_id=row.pk, reason="Account closed", by=world.finance_lead, at=world.at
            )
    listed = world.approved()
    services.make_run(
        organisation_id=world.organisation.pk, line_ids=[line.pk for line in listed.lines.all()],
        by=world.finance_lead, at=world.at,
    )  # fmt: skip
    world.decide(world.sent(), LineAction.APPROVE, LineAction.RETURN)


def test_all_that_is_owed_is_on_one_page_and_is_what_finance_counts(world, new_window, has_javascript):
    # given: a partner with money in every place
    money_in_every_place(world)

    # when: they look where it is
    phone = new_window(PHONE, user=world.person, has_javascript=has_javascript)
    phone.open(page("claim_list"))
    phone.check()
    phone.follow("All your money")

    # then: each pound is in one place, and the age of the oldest is said
    assert phone.reads("£293.62 is owed to you.")
    assert phone.reads(f"The oldest of it you asked for on {format_date(world.later(days=-5).date())}, 5 days ago.")
    phone.check()
    places = {
        MoneyGroup.WAITING: "£103.03", MoneyGroup.QUESTION: "£13.53", MoneyGroup.APPROVED: "£75.00",
        MoneyGroup.FAILED: "£13.53", MoneyGroup.IN_RUN: "£88.53", MoneyGroup.PAID: "£75.00",
    }  # fmt: skip
    for group, pounds in places.items():
        row = phone.page.get_by_role("row").filter(has_text=group.label)
        assert pounds in row.first.inner_text(), group
    # And the lines behind each figure are one click away.
    for group in (MoneyGroup.WAITING, MoneyGroup.FAILED):
        phone.open(page("money_detail"))
        phone.follow(group.label)
        assert phone.reads(f"{places[group]}, from these lines of your claims.")
        phone.check()

    # and: what finance's report counts is the same, to the penny and to the day
    desk = new_window(DESK, user=world.finance_lead, has_javascript=has_javascript)
    desk.open(reverse("payments:owed_detail"))
    assert desk.reads("Owed to partners £293.62, for 4 claims")
    assert desk.reads("Oldest 5 days")
    desk.check()


def test_a_tax_year_and_a_letter_are_pages_and_files(world, new_window):
    # given: a claim paid, and one whose payment for time was declined
    world.paid()
    declined = world.draft()
    services.set_preference(
        claim_id=declined.pk, preference=Preference.DECLINED, reduced_to=None, by=world.person, at=world.at
    )
    services.submit_claim(claim_id=declined.pk, by=world.person, at=world.at)
    world.decide(declined, LineAction.APPROVE)
    services.record_payment(
        run_id=world.released().pk, run_line_ids=None, by=world.finance_lead, at=world.at
    )  # fmt: skip
    phone = new_window(PHONE, user=world.person)

    # when: the partner opens the tax year
    phone.open(page("money_detail"))
    phone.check()
    phone.follow("Your tax year")

    # then: what was paid and declined is there, as a page and as two files
    assert phone.reads("Payments for your time £75.00")
    assert phone.reads("All expenses £27.06 All that was paid £102.06")
    assert phone.reads("Payments for time that you declined £75.00, not paid to you")
    phone.check()
    words = text_of_pdf(phone.download("Download this as a PDF"))
    assert all(expected in words for expected in (world.person.name, world.organisation.name, "£102.06", "£75.00"))
    table = phone.download("Download this as a table (CSV)").decode("utf-8-sig")
    assert f"{world.organisation.name},Payments for time,75.00" in table

    # when: they ask for a letter, about the days that the page offers
    phone.open(page("money_detail"))
    phone.follow("A letter about your payments, for a benefits office or HMRC")
    phone.check()
    phone.press("Make the letter")

    # then: it is a page and a file
    assert phone.reads(f"Payments to {world.person.name}")
    # On a phone each cell says what its column is.
    assert phone.reads("All together Paid for time £75.00 Declined, not paid £75.00 Expenses paid back £27.06")
    phone.check()
    words = text_of_pdf(phone.download("Download this as a PDF"))
    for expected in ("To whom it may concern", world.person.name, "£27.06", format_date(world.today)):
        assert expected in words


def test_a_partner_s_own_limits_warn_before_a_claim_and_nobody_else_sees_them(world, new_window):
    # given: a claim not sent yet, and a long meeting next week
    draft = world.draft()
    schedule_meeting(
        committee_id=world.committee.pk, starts_at=world.later(days=6), planned_minutes=300, place="Boardroom",
        online_link="", by=world.lead, at=world.at,
    )  # fmt: skip
    phone = new_window(PHONE, user=world.person)

    # when: the partner sets a limit for a week and for four, and says what they earn elsewhere
    phone.open(page("plan_detail"))
    phone.check()
    phone.press("Set a limit")
    phone.check()
    phone.page.get_by_label("Limit for one week").fill("100")
    phone.page.get_by_label("Limit for 4 weeks").fill("190")
    phone.press("Save your limits")
    phone.check()
    phone.follow("Add what you earn elsewhere in a week")
    phone.check()
    phone.fill_date("Any day in the week", world.meeting.starts_at.date())
    phone.fill("What you earn elsewhere in that week", "30")
    phone.press("Save")
    assert phone.reads("Your limit for a week is £100.00.")
    assert phone.reads("Your limit for 4 weeks is £190.00.")
    assert phone.reads("7 September 2026 to 13 September 2026 Over your limit")
    phone.check()

    # then: the first page warns of the meeting ahead, and the claim's page before it is sent
    phone.open("/")
    assert phone.reads(
        "With the meetings that you have not claimed for yet, past and to come, your earnings would be over a limit"
    )
    assert phone.reads("£150.00 from 21 September 2026 to 27 September 2026. Your limit for a week is £100.00.")
    phone.check()
    phone.open(page("claim_check", claim_id=draft.pk))
    assert phone.reads("With this claim, your earnings would be over a limit you have set")
    assert phone.reads("£105.00 from 7 September 2026 to 13 September 2026. Your limit for a week is £100.00.")
    phone.check()

    # when: they ask for less
    phone.follow("ask for less, or for no payment")
    phone.check()
    phone.tick("Less than the full payment")
    phone.page.get_by_label("If less, the most you want for your time on this claim, in pounds").fill("60")
    phone.press("Save")

    # then: nothing warns any more, the claim is sent, and its staff learn of the lower payment and of no limit
    assert not phone.reads("over a limit")
    phone.check()
    phone.press("Send claim for £73.53")
    phone.check()
    draft.refresh_from_db()
    assert (draft.status, draft.asked) == (ClaimStatus.SUBMITTED, Decimal("73.53"))
    desk = new_window(DESK, user=world.approver)
    desk.open(page("claim_decide", claim_id=draft.pk))
    assert desk.reads("The partner takes no more than £60.00 for their time")
    assert not any(desk.reads(words) for words in ("£100.00", "£190.00", "your limit", "own limit"))
    desk.check()
    assert draft.submitted_at - world.at < timedelta(hours=1)
