"""The pages of recruitment: who sees what, what is hidden, what is kept when something is wrong, what is exported."""

import re
from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStatus as S
from partners.models.recruitment import Application, LetterTemplate, RecruitmentSettings, Vacancy
from partners.services import recruitment as services
from psp_portal.accounts.models import User
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners import recruitment_samples as samples

pytestmark = pytest.mark.django_db


def url(name: str, *args: object) -> str:
    return reverse(f"recruitment:{name}", args=args)


def words(answer) -> str:
    """Return a page's words, white space folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def vacancy() -> Vacancy:
    return samples.make_vacancy()


@pytest.fixture
def lead(vacancy) -> User:
    return samples.lead_of(vacancy)


@pytest.fixture
def desk(client, lead):
    client.force_login(lead)
    return client


def form_of(vacancy: Vacancy, **more: object) -> dict[str, object]:
    return {
        "title": vacancy.title, "slug": vacancy.slug, "purpose": "x", "tasks": "y", "time_asked": "z",
        "is_paid": "no", "contact": "c", "opens_on_0": 1, "opens_on_1": 4, "opens_on_2": 2025, "closes_on_0": 2,
        "closes_on_1": 4, "closes_on_2": 2027, "hides_names": "no",
    } | more  # fmt: skip


# --- the public page --------------------------------------------------------------------------
def test_the_public_page_says_all_and_links_with_the_channel(client, vacancy):
    answer = client.get(url("advert_detail", vacancy.slug) + "?from=gp")
    assert f'href="{url("application_start", vacancy.slug)}?from=gp"' in answer.content.decode()
    shown = words(answer)
    for said in ("We want care to be safer.", "Sit on a committee", "Has used our services", "Easy Read",
                 "large print", "by telephone", "Ask Joanne on 01632 960001"):  # fmt: skip
        assert said in shown


def test_a_code_from_the_address_is_escaped(client, vacancy):
    answer = client.get(url("advert_detail", vacancy.slug) + '?from="><script>')
    assert b"<script>" not in answer.content.split(b"<main")[1].split(b"</main>")[0]


def test_a_role_that_is_closed_says_so_and_takes_nobody(client, vacancy, lead):
    services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=samples.AT)
    assert "This role takes no more applications" in words(client.get(url("advert_detail", vacancy.slug)))
    answer = client.post(url("application_start", vacancy.slug), {"name": "A", "email": "a@example.org"})
    assert (answer.status_code, answer.url) == (302, url("advert_detail", vacancy.slug))
    assert not Application.objects.exists()


def test_a_role_that_opens_later_says_when(client, vacancy):
    with factories.acting():
        Vacancy.objects.update(opens_on="2030-05-01")
    assert "You can apply from 1 May 2030" in words(client.get(url("advert_detail", vacancy.slug)))


def test_a_draft_is_nowhere(client):
    draft = samples.make_vacancy(is_open=False)
    for name in ("advert_detail", "application_start", "link_sent"):
        assert client.get(url(name, draft.slug)).status_code == 404


def test_whether_somebody_has_applied_is_not_told(client, vacancy):
    start = url("application_start", vacancy.slug)
    answers = []
    for email in ("ada@example.org", "ADA@example.org"):
        answer = client.post(start + "?from=gp", {"name": "Ada", "email": email})
        answers.append((answer.status_code, answer.url, words(client.get(answer.url))))
    assert answers[0] == answers[1]
    assert Application.objects.get().channel.code == "gp"
    assert Message.objects.filter(address="ada@example.org").count() == 2


def test_the_public_form_can_be_sent_only_so_often(client, vacancy):
    start = url("application_start", vacancy.slug)
    for _ in range(5):
        assert client.post(start, {"name": "Ada", "email": "ada@example.org"}).status_code == 302
    answer = client.post(start, {"name": "Ada", "email": "Ada@Example.org"})
    assert answer.status_code == 200
    assert "You have asked several times." in words(answer)
    assert client.post(start, {"name": "Ben", "email": "ben@example.org"}).status_code == 302


def test_a_lost_link_is_sent_again_after_the_end_too_and_nobody_learns_whose(client, vacancy, lead):
    samples.make_started(vacancy, email="ada@example.org")
    services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=samples.AT)
    page = url("link_send", vacancy.slug)
    assert page in client.get(url("advert_detail", vacancy.slug)).content.decode()
    answers = [client.post(page, {"email": email}) for email in ("ADA@example.org", "nobody@example.org")]
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, url("link_sent", vacancy.slug))}
    assert list(Message.objects.filter(subject="Your application").values_list("address", flat=True)) == [
        "ada@example.org"
    ]


def test_what_was_typed_stays_beside_the_error(client, vacancy):
    answer = client.post(url("application_start", vacancy.slug), {"name": "Ada", "email": "ada"})
    assert "Enter an email address in the correct format, like name@example.com" in words(answer)
    assert b'value="Ada"' in answer.content


# --- by the link ------------------------------------------------------------------------------
def test_an_unknown_link_finds_nothing(client, vacancy):
    for name in ("progress_detail", "application_check", "application_withdraw", "time_choose", "offer_accept"):
        assert client.get(url(name, "0" * 64)).status_code == 404


def test_an_unknown_question_is_nowhere(client, vacancy):
    token = samples.token_of(samples.make_started(vacancy))
    assert client.get(url("answer_edit", token, "income")).status_code == 404


def test_pages_behind_a_link_are_not_kept_by_browsers(client, vacancy):
    token = samples.token_of(samples.make_started(vacancy))
    assert "no-store" in client.get(url("progress_detail", token))["Cache-Control"]


def test_each_answer_leads_to_the_next_question_and_a_change_back_to_the_check(client, vacancy):
    application = samples.make_started(vacancy)
    token = samples.token_of(application)
    for step, following in (("reasons", "experience"), ("experience", "interests"), ("interests", "needs")):
        answer = client.post(url("answer_edit", token, step), {"words": "Something"})
        assert answer.url == url("answer_edit", token, following)
    answer = client.post(url("answer_edit", token, "needs"), {"words": "", "reply_format": "email"})
    assert answer.url == url("answer_edit", token, "telephone")
    answer = client.post(url("answer_edit", token, "telephone"), {"words": "12"})
    assert "Enter a telephone number, like 01632 960001" in words(answer)
    client.post(url("answer_edit", token, "telephone"), {"words": ""})
    answer = client.post(url("answer_edit", token, "heard"), {"words": "At church", "channel_id": ""})
    assert answer.url == url("application_check", token)
    answer = client.post(url("answer_edit", token, "reasons") + "?back=check", {"words": "Else"})
    assert answer.url == url("application_check", token)
    assert "Else" in words(client.get(answer.url))


def test_sent_twice_from_the_same_page_it_is_sent_once(client, vacancy):
    application = samples.make_started(vacancy)
    token = samples.token_of(application)
    assert "Before you send it, answer" in words(client.post(url("application_check", token)))
    for step in ("reasons", "experience"):
        client.post(url("answer_edit", token, step), {"words": "Something"})
    answers = [client.post(url("application_check", token)) for _ in range(2)]
    assert [(answer.status_code, answer.url) for answer in answers] == [(302, url("progress_detail", token))] * 2
    assert Message.objects.filter(subject="We have your application").count() == 1
    assert client.post(url("answer_edit", token, "reasons"), {"words": "Late"}).url == url("progress_detail", token)
    assert Application.objects.get().reasons == "Something"


def test_the_status_page_says_what_comes_next_and_by_when(client, vacancy):
    application = samples.make_sent(vacancy)
    shown = words(client.get(url("progress_detail", samples.token_of(application))))
    assert "Application sent since 15 April 2025" in shown
    assert "By when 1 May 2025" in shown
    assert "We read your application and tell you whether you are shortlisted." in shown


def test_the_letter_is_on_the_page_and_not_in_the_email(client, vacancy):
    application = samples.decide(samples.make_sent(vacancy), M.NOT_THIS_TIME)
    shown = words(client.get(url("progress_detail", samples.token_of(application))))
    assert "We are sorry that we cannot offer it to you this time" in shown
    assert "sorry" not in Message.objects.get(subject="There is news about your application").body


def test_an_applicant_withdraws_and_cannot_be_withdrawn_after_the_end(client, vacancy):
    application = samples.make_sent(vacancy)
    token = samples.token_of(application)
    assert client.post(url("application_withdraw", token)).url == url("progress_detail", token)
    assert Application.objects.get().status == S.WITHDRAWN
    other = samples.decide(samples.make_sent(vacancy), M.NOT_THIS_TIME)
    answer = client.post(url("application_withdraw", samples.token_of(other)))
    assert "This application has been decided: not this time." in words(answer)


def test_times_are_chosen_or_refused(client, vacancy):
    application = samples.make_invited(vacancy)
    token = samples.token_of(application)
    assert client.get(url("time_choose", token)).url == url("progress_detail", token)
    time = samples.make_time(application)
    assert "A ground-floor room." in words(client.get(url("time_choose", token)))
    assert client.post(url("time_choose", token), {}).status_code == 200
    client.post(url("time_choose", token), {"time_id": "none", "note": "Mornings"})
    assert Application.objects.get().times_note == "Mornings"
    time = samples.make_time(application)
    client.post(url("time_choose", token), {"time_id": str(time.pk), "note": ""})
    assert "Room 4, Willow House" in words(client.get(url("progress_detail", token)))


def test_the_offer_makes_account_and_appointment(client, vacancy):
    application = samples.make_offered(vacancy)
    token = samples.token_of(application)
    answer = client.post(url("offer_accept", token), {"password": "short"})
    assert "This password is too short" in words(answer)
    answer = client.post(url("offer_accept", token), {"password": factories.PASSWORD})
    assert answer.url == reverse("account_login")
    assert client.get(url("offer_accept", token)).url == url("progress_detail", token)
    assert "Sign in" in words(client.get(url("progress_detail", token)))
    user = User.objects.get(email=application.email)
    client.force_login(user)
    assert client.get(reverse("partners:partner_list")).status_code == 200


def test_somebody_with_an_account_is_asked_for_no_password(client, vacancy):
    factories.make_user(email="ada@example.org")
    token = samples.token_of(samples.make_offered(vacancy, email="ada@example.org"))
    answer = client.get(url("offer_accept", token))
    assert b'name="password"' not in answer.content
    assert client.post(url("offer_accept", token)).url == reverse("account_login")


# --- staff: preparing -------------------------------------------------------------------------
def test_a_role_is_added_changed_opened_and_closed(desk, vacancy, lead):
    answer = desk.post(url("vacancy_create"), form_of(vacancy))
    assert "This address is taken. Choose another" in words(answer)
    answer = desk.post(url("vacancy_create"), form_of(vacancy, slug="New-One"))
    made = Vacancy.objects.get(slug="new-one")
    assert answer.url == url("vacancy_detail", made.pk)
    assert (made.organisation, made.status, made.is_paid) == (vacancy.organisation, "draft", False)
    assert b"checked" in desk.get(url("vacancy_edit", made.pk)).content
    desk.post(url("vacancy_edit", made.pk), form_of(made, title="Other"))
    for name in ("vacancy_open", "vacancy_close"):
        assert desk.post(url(name, made.pk)).url == url("vacancy_detail", made.pk)
    made.refresh_from_db()
    assert (made.title, made.status) == ("Other", "closed")


def test_criteria_and_channels_are_added_and_removed(desk, vacancy):
    desk.post(url("criterion_create", vacancy.pk), {"words": "Is kind", "is_essential": "no"})
    criterion = vacancy.criteria.get(words="Is kind")
    assert (criterion.position, criterion.is_essential) == (3, False)
    desk.post(url("criterion_remove", criterion.pk))
    assert vacancy.criteria.count() == 2
    desk.post(url("channel_create", vacancy.pk), {"label": "Church", "code": "CHURCH"})
    shown = words(desk.get(url("vacancy_detail", vacancy.pk)))
    assert f"/recruitment/role/{vacancy.slug}/?from=church" in shown


def test_a_qr_code_is_a_picture_of_the_channels_address(desk, vacancy, settings):
    settings.PUBLIC_URL = "https://psp.example.nhs.uk/"
    channel = vacancy.channels.get(code="gp")
    answer = desk.get(url("code_download", channel.pk))
    assert answer["Content-Type"] == "image/svg+xml"
    assert answer.content.startswith(b"<?xml")
    assert b"QR code: GP surgery poster" in answer.content
    other = desk.get(url("code_download", vacancy.channels.get(code="radio").pk))
    assert other.content != answer.content


def test_letters_and_settings_are_changed(desk, vacancy):
    desk.post(url("letter_edit", "offer"), {"words": "Our own words"})
    assert LetterTemplate.objects.get().words == "Our own words"
    assert "Your own words" in words(desk.get(url("letter_list")))
    assert desk.get(url("letter_edit", "nothing")).status_code == 404
    assert "Your trust must confirm" in words(desk.get(url("settings_edit")))
    own = {"answer_working_days": 5, "unsent_days": 30, "remind_days_before": 30, "keep_months": 6}
    assert "The reminder must come before" in words(desk.post(url("settings_edit"), own))
    desk.post(url("settings_edit"), own | {"remind_days_before": 3})
    assert RecruitmentSettings.objects.get().unsent_days == 30


# --- staff: reading without names -------------------------------------------------------------
def test_until_it_is_decided_nothing_tells_who_it_is(desk, vacancy, lead):
    application = samples.make_sent(vacancy, name="Ada Okoro", email="ada@example.org")
    with factories.acting():
        Application.objects.update(reasons="I am Ada. Call 01632 960123 or ada@example.org.", heard="From Okoro's shop")
    pages = [
        url("application_list"), url("application_detail", application.pk), url("application_score", application.pk),
        url("application_decide", application.pk, "not_this_time"), url("contact_edit", application.pk),
        url("application_list") + "?export=csv", reverse("home:home_detail"), reverse("notifications:message_list"),
    ]  # fmt: skip
    for page in pages:
        shown = desk.get(page).content.decode()
        for told in ("Ada", "Okoro", "ada@", "960123", "ground-floor"):
            assert told not in shown, (page, told)
    samples.decide(application, M.SHORTLIST)
    shown = words(desk.get(url("application_detail", application.pk)))
    for told in ("Ada Okoro", "ada@example.org", "01632 960123", "A ground-floor room."):
        assert told in shown


def test_without_hiding_the_name_is_there_from_the_start(client):
    vacancy = samples.make_vacancy(hides_names=False)
    client.force_login(samples.lead_of(vacancy))
    application = samples.make_sent(vacancy)
    assert "Ada Okoro" in words(client.get(url("application_detail", application.pk)))


def test_the_list_is_filtered_and_exported_as_shown_without_other_organisations(desk, vacancy):
    other_role = samples.make_vacancy(vacancy.organisation, title="Second role")
    hidden, named = samples.make_sent(vacancy), samples.make_invited(vacancy, name="=Bea")
    samples.make_sent(other_role)
    samples.make_sent(samples.make_vacancy())
    answer = desk.get(url("application_list"), {"vacancy": vacancy.pk})
    assert {each.pk for each in answer.context["applications"]} == {hidden.pk, named.pk}
    answer = desk.get(url("application_list"), {"vacancy": vacancy.pk, "status": "chat"})
    assert [each.pk for each in answer.context["applications"]] == [named.pk]
    assert len(desk.get(url("application_list"), {"vacancy": "x"}).context["applications"]) == 3
    answer = desk.get(url("application_list"), {"vacancy": vacancy.pk, "export": "xlsx"})
    sheet = openpyxl.load_workbook(BytesIO(answer.content)).active
    rows = list(sheet.values)
    assert "f" not in {cell.data_type for row in sheet.rows for cell in row}
    assert rows[0][0] == "Reference"
    assert {row[0]: row[7:] for row in rows[1:]} == {
        hidden.reference: (None, None, None),
        named.reference: ("=Bea", named.email, named.telephone),
    }
    csv = desk.get(url("application_list"), {"vacancy": vacancy.pk, "export": "csv"}).content.decode()
    assert len(csv.strip().splitlines()) == 3
    assert "\n=Bea" not in csv
    assert ",=Bea" not in csv


def test_vacancies_are_exported_as_shown_without_other_organisations(desk, vacancy):
    samples.make_vacancy()
    samples.make_sent(vacancy)
    csv = desk.get(url("vacancy_list"), {"export": "csv"}).content.decode("utf-8-sig")
    assert csv.splitlines() == [
        "Role,Status,First day,Last day,Applications sent in,Still to decide",
        "Patient Safety Partner,Open for applications,2025-04-01,2030-12-31,1,1",
    ]


def test_rates_leave_small_numbers_out_and_other_organisations(desk, vacancy):
    for _ in range(5):
        samples.make_started(vacancy, code="radio")
    for _ in range(6):
        samples.make_started(vacancy, code="gp")
    samples.make_started(samples.make_vacancy(channels=(("tv", "Television"),)), code="tv")
    shown = words(desk.get(url("rate_list")))
    assert "Television" not in shown
    assert "All roles together" not in shown
    csv = desk.get(url("rate_list"), {"export": "csv"}).content.decode("utf-8-sig").splitlines()
    assert csv[0].startswith("Role,Channel,Started")
    assert [line.split(",")[1:3] for line in csv[1:]] == [
        ["GP surgery poster", "6"], ["Local radio", "5"], ["All together", "11"]
    ]  # fmt: skip
    samples.make_vacancy(vacancy.organisation)
    assert "All roles together" in words(desk.get(url("rate_list")))


# --- staff: deciding --------------------------------------------------------------------------
def test_points_are_given_and_shown_again(desk, vacancy, lead):
    application = samples.make_sent(vacancy)
    first, second = vacancy.criteria.order_by("position")
    page = url("application_score", application.pk)
    answer = desk.post(page, {f"points_{first.pk}": "3"})
    assert "Select points for: Listens to others" in words(answer)
    typed = {f"points_{first.pk}": "3", f"note_{first.pk}": "Good", f"points_{second.pk}": "0", f"note_{second.pk}": ""}
    assert desk.post(page, typed).url == url("application_detail", application.pk)
    assert b'value="Good"' in desk.get(page).content
    assert f"3 {lead.name} : Good" in words(desk.get(url("application_detail", application.pk))).replace(":", " :")


def test_a_letter_is_seen_changed_and_sent(desk, vacancy):
    application = samples.make_sent(vacancy)
    page = url("application_decide", application.pk, "chat")
    assert "Dear {name}" in words(desk.get(page))
    assert desk.post(page, {"words": ""}).status_code == 200
    desk.post(page, {"words": "Hello {name}"})
    assert Application.objects.get().letters.get().words == "Hello Ada Okoro"
    assert "Hello Ada Okoro" in words(desk.get(url("application_detail", application.pk)))
    for move in ("shortlist", "offer", "nothing"):
        assert desk.get(url("application_decide", application.pk, move)).status_code == 404


def test_a_time_is_offered_with_the_needs_on_the_page_and_taken_back(desk, vacancy):
    application = samples.make_invited(vacancy)
    page = url("time_create", application.pk)
    assert "A ground-floor room." in words(desk.get(page))
    typed = {"on_0": 1, "on_1": 2, "on_2": 2030, "begins": "2:30pm", "mode": "online", "place": "https://x.example"}
    assert desk.post(page, typed).url == url("application_detail", application.pk)
    time = application.times.get()
    assert timezone.localtime(time.starts_at).isoformat() == "2030-02-01T14:30:00+00:00"
    assert "This time is offered already" in words(desk.post(page, typed))
    desk.post(url("time_remove", application.pk, time.pk))
    assert desk.get(url("time_remove", application.pk, time.pk)).status_code == 404


def test_the_role_is_offered(desk, vacancy, lead):
    application = samples.make_invited(vacancy)
    page = url("offer_create", application.pk)
    assert desk.get(page).context["form"].initial["lead_id"] == str(lead.pk)
    typed = {
        "role_category": 4, "is_paid": "yes", "starts_on_0": 1, "starts_on_1": 2, "starts_on_2": 2030,
        "term_ends_on_0": 1, "term_ends_on_1": 2, "term_ends_on_2": 2029, "lead_id": lead.pk, "words": "Dear {name}",
    }  # fmt: skip
    assert "The term must end on or after the day it starts" in words(desk.post(page, typed))
    desk.post(page, typed | {"term_ends_on_2": 2032})
    assert Application.objects.get().offer.lead == lead
    assert "4: senior, decision-making role" in words(desk.get(url("application_detail", application.pk)))


def test_an_application_by_telephone_is_written_down(desk, vacancy, lead):
    page = url("application_create", vacancy.pk)
    typed = {
        "name": "Bea",
        "email": "",
        "telephone": "",
        "reasons": "x",
        "experience": "y",
        "reply_format": "telephone",
    }
    assert "so that they can be reached" in words(desk.post(page, typed))
    answer = desk.post(page, typed | {"telephone": "01632 960555", "channel_id": vacancy.channels.get(code="gp").pk})
    application = Application.objects.get()
    assert answer.url == url("application_detail", application.pk)
    assert (application.entered_by, application.channel.code) == (lead, "gp")
    assert f"Written down by {lead.name}" in words(desk.get(answer.url))


def test_contact_details_are_changed(desk, vacancy):
    application = samples.make_invited(vacancy)
    page = url("contact_edit", application.pk)
    assert application.email.encode() in desk.get(page).content
    desk.post(page, {"email": "new@example.org", "telephone": ""})
    assert Application.objects.get().email == "new@example.org"


# --- as many queries for one row as for thirty -------------------------------------------------
@pytest.mark.parametrize("page", ["vacancy_list", "application_list", "rate_list"])
def test_lists_ask_the_same_number_of_questions(desk, vacancy, lead, page):
    samples.make_sent(vacancy)
    desk.get(url(page))
    with CaptureQueriesContext(connection) as few:
        desk.get(url(page))
    for _ in range(4):
        more = samples.make_vacancy(vacancy.organisation, lead)
        for _ in range(5):
            samples.make_sent(more)
    with CaptureQueriesContext(connection) as many:
        desk.get(url(page))
    assert len(many) == len(few)
    assert len(many) <= 14


def test_an_applications_page_asks_the_same_number_of_questions(desk, vacancy, lead):
    application = samples.make_sent(vacancy)
    page = url("application_detail", application.pk)
    desk.get(page)
    with CaptureQueriesContext(connection) as few:
        desk.get(page)
    criteria = list(vacancy.criteria.all())
    for _ in range(5):
        colleague = factories.make_lead(vacancy.organisation)
        services.score_application(
            application_id=application.pk, points={each.pk: (2, "x") for each in criteria}, by=colleague,
            at=samples.AT + timedelta(hours=1),
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        desk.get(page)
    assert len(many) == len(few)
