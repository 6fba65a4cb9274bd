"""What may be seen of recruitment, and what waits."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStatus as S
from partners.enums.recruitment import Stage
from partners.models.recruitment import Application, Vacancy
from partners.queries import recruitment as queries
from partners.services import recruitment as services
from psp_portal.accounts.enums import Role
from tests import factories
from tests.partners import recruitment_samples as samples
from tests.partners.recruitment_samples import AT

pytestmark = pytest.mark.django_db
TODAY = AT.date()


def test_only_those_who_manage_partners_there_see_anything():
    vacancy, other = samples.make_vacancy(), samples.make_vacancy()
    application, _elsewhere = samples.make_sent(vacancy), samples.make_sent(other)
    seen = {}
    for role in Role:
        user = factories.make_member(role, vacancy.organisation)
        seen[role] = (
            list(queries.vacancies_visible_to(user, today=TODAY)),
            list(queries.applications_visible_to(user, today=TODAY)),
            queries.channels_visible_to(user, today=TODAY).count(),
            queries.criteria_visible_to(user, today=TODAY).count(),
            [item.url for item in queries.waiting(user, today=TODAY)],
        )
    url = reverse("recruitment:application_detail", args=[application.pk])
    nothing = ([], [], 0, 0, [])
    assert seen == dict.fromkeys(Role, nothing) | {Role.PROGRAMME_LEAD: ([vacancy], [application], 2, 2, [url])}


def test_what_is_not_sent_is_the_applicants_own():
    vacancy = samples.make_vacancy()
    begun, withdrawn = samples.make_started(vacancy), samples.make_started(vacancy)
    services.withdraw_application(application_id=withdrawn.pk, by=services.APPLICANT, at=AT)
    assert begun.status == S.STARTED
    assert not queries.applications_visible_to(samples.lead_of(vacancy), today=TODAY).exists()


def test_a_draft_has_no_public_page():
    draft, closed = samples.make_vacancy(is_open=False), samples.make_vacancy()
    services.close_vacancy(vacancy_id=closed.pk, by=samples.lead_of(closed), at=AT)
    assert queries.public_vacancy(draft.slug) is None
    assert queries.public_vacancy(closed.slug) == closed
    assert queries.public_vacancy("nothing") is None


def test_a_vacancy_counts_what_came_and_what_is_to_decide():
    vacancy = samples.make_vacancy()
    samples.make_started(vacancy)
    samples.make_sent(vacancy)
    samples.decide(samples.make_sent(vacancy), M.NOT_THIS_TIME)
    counted = queries.with_counts(Vacancy.objects.filter(pk=vacancy.pk)).get()
    assert (counted.sent_in, counted.undecided) == (2, 1)


def test_rates_are_of_each_vacancy_by_channel(django_assert_num_queries):
    first, second = samples.make_vacancy(), samples.make_vacancy(channels=())
    for _ in range(6):
        samples.make_started(first, code="gp")
        samples.make_started(second)
    with django_assert_num_queries(2):
        one, two = queries.rates_of([first, second])
    assert [row.label for row in one.rates] == ["GP surgery poster", "Local radio", "All together"]
    assert one.rates[0].reached[Stage.SENT] is None
    assert [row.label for row in two.rates] == [queries.NOT_SAID, "All together"]
    assert two.rates[1].reached[Stage.STARTED] == 6


def test_what_waits_is_the_oldest_first_with_its_due_day(django_assert_num_queries):
    vacancy = samples.make_vacancy()
    lead = samples.lead_of(vacancy)
    sent = samples.make_sent(vacancy, at=AT + timedelta(hours=5))
    shortlisted = samples.decide(samples.make_sent(vacancy), M.SHORTLIST, at=AT + timedelta(hours=4))
    untimed = samples.make_invited(vacancy, at=AT + timedelta(hours=3))
    samples.make_time(samples.make_invited(vacancy, at=AT + timedelta(hours=2)))
    refused = samples.make_invited(vacancy, at=AT + timedelta(hours=1))
    samples.make_time(refused)
    services.refuse_times(application_id=refused.pk, note="", by=services.APPLICANT, at=AT + timedelta(hours=6))
    talked = samples.make_invited(vacancy)
    time = samples.make_time(talked, starts_at=datetime(2025, 4, 16, 10, tzinfo=AT.tzinfo))
    services.choose_time(application_id=talked.pk, time_id=time.pk, by=services.APPLICANT, at=AT)
    samples.make_offered(vacancy)
    with django_assert_num_queries(2):
        found = queries.waiting(lead, today=date(2025, 4, 20))
    assert [(item.label, item.since) for item in found] == [
        (f"Decide after the talk about application {talked.reference}", AT),
        (f"Offer times for application {untimed.reference}", AT + timedelta(hours=3)),
        (f"Say what comes next for application {shortlisted.reference}", AT + timedelta(hours=4)),
        (f"Shortlist application {sent.reference}", AT + timedelta(hours=5)),
        (f"Offer times for application {refused.reference}", AT + timedelta(hours=6)),
    ]
    assert found[3].due_on == date(2025, 5, 1)
    assert "Ada" not in "".join(item.label + item.detail for item in found)


def test_what_waits_ends_at_fifty(monkeypatch):
    vacancy = samples.make_vacancy()
    for _ in range(3):
        samples.make_sent(vacancy)
    monkeypatch.setattr(queries, "WAITING_SHOWN", 2)
    assert len(queries.waiting(samples.lead_of(vacancy), today=TODAY)) == 2


def test_rows_say_what_they_are():
    vacancy = samples.make_vacancy()
    application = samples.make_offered(vacancy)
    time = samples.make_time(samples.make_invited(vacancy))
    texts = [
        str(vacancy), str(vacancy.channels.get(code="gp")), str(vacancy.criteria.get(position=1)), str(application),
        str(application.keys.first()), str(application.letters.first()), str(application.offer), str(time),
        str(queries.settings_of(vacancy.organisation_id)),
    ]  # fmt: skip
    assert texts[1:4] == ["GP surgery poster (gp)", "Has used our services", f"Application {application.reference}"]
    assert all("Ada" not in text for text in texts)
    assert application.shown_name == "Ada Okoro"
    assert Application.objects.live().count() == 2
