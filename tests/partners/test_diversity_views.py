"""The pages of equality monitoring: who sees what, what is kept when something is wrong, the files."""

import re
from datetime import datetime
from io import BytesIO

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from partners.enums.recruitment import ApplicationMove as M
from partners.models.diversity import DiversityAnswer, DiversitySettings
from partners.policies import diversity as policies
from partners.services import diversity as services
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from psp_portal.dates import LONDON
from tests import factories
from tests.factories import START
from tests.partners import recruitment_samples as applicants
from tests.partners.diversity_samples import ANSWERS, answer, answers_of, make_answers, make_asking

pytestmark = pytest.mark.django_db

IN_JULY = datetime(2025, 7, 2, 4, 20, tzinfo=LONDON)
MANY = {("45_54", "serving"): 12, ("55_64", "serving"): 9, ("65_74", "applied"): 8}


def url(name: str, *args: object) -> str:
    return reverse(f"diversity:{name}", args=args)


def words(answer) -> str:
    """Return a page's words, white space folded."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def asking(trust, staff_pass):
    """Return the trust, which asks."""
    make_asking(trust.organisation, trust.lead)
    return trust


@pytest.fixture
def sent(asking):
    """Return an application that is with the trust."""
    return applicants.make_sent(applicants.make_vacancy(asking.organisation, asking.lead))


# --- an applicant -------------------------------------------------------------------------------
def test_an_applicant_answers_by_their_own_link_changes_and_withdraws(client, sent):
    token = applicants.token_of(sent)
    progress = client.get(reverse("recruitment:progress_detail", args=[token]))
    assert url("answers_edit", token) in progress.content.decode()
    page = client.get(url("answers_edit", token))
    assert "Prefer not to say" in words(page)
    assert "Withdraw my answers" not in words(page)
    answered = client.post(url("answers_edit", token), {"age": "45_54", "sex": "prefer_not"}, follow=True)
    assert "Your answers are saved" in words(answered)
    assert answers_of(sent) == {"age": "45_54", "sex": "prefer_not"}
    again = client.get(url("answers_edit", token))
    assert re.search(r'value="45_54"[^>]*checked', again.content.decode())
    assert "Withdraw my answers" in words(again)
    client.post(url("answers_edit", token), {"age": "55_64"})
    assert answers_of(sent) == {"age": "55_64"}
    gone = client.post(url("answers_withdraw", token), follow=True)
    assert "We have deleted them" in words(gone)
    assert DiversityAnswer.objects.count() == 0


def test_a_wrong_answer_is_said_beside_the_question_and_nothing_is_lost(client, sent):
    answer(sent)
    page = client.post(url("answers_edit", applicants.token_of(sent)), {"age": "200", "ethnicity": "N"})
    assert page.status_code == 200
    assert "Choose one of the answers" in words(page)
    assert re.search(r'value="N"[^>]*checked', page.content.decode())
    assert answers_of(sent) == ANSWERS


def test_no_browser_or_proxy_keeps_the_page(client, sent):
    assert "no-store" in client.get(url("answers_edit", applicants.token_of(sent)))["Cache-Control"]


def test_an_unknown_key_opens_nothing(client, db):
    assert client.get(url("answers_edit", "x" * 64)).status_code == 404
    assert client.post(url("answers_withdraw", "x" * 64)).status_code == 404


def test_an_application_that_came_to_nothing_can_withdraw_but_not_answer(client, sent):
    answer(sent)
    applicants.decide(sent, M.NOT_THIS_TIME)
    token = applicants.token_of(sent)
    page = client.get(url("answers_edit", token))
    assert "We do not ask you these questions now" in words(page)
    assert "You can still withdraw your answers" in words(page)
    refused = client.post(url("answers_edit", token), {"age": "75_up"})
    assert "while an application is with us" in words(refused)
    assert answers_of(sent) == ANSWERS
    client.post(url("answers_withdraw", token))
    assert answers_of(sent) == {}


def test_a_trust_that_does_not_ask_leads_nobody_to_the_questions(client, sent):
    token = applicants.token_of(sent)
    services.decide_asking(
        organisation_id=sent.vacancy.organisation_id, is_asked=False, by=applicants.lead_of(sent.vacancy), at=START
    )
    assert "diversity" not in client.get(reverse("recruitment:progress_detail", args=[token])).content.decode()
    assert "We do not ask you these questions now" in words(client.get(url("answers_edit", token)))


# --- a partner ----------------------------------------------------------------------------------
def test_a_partner_answers_on_their_own_page_and_withdraws(client, asking):
    client.force_login(asking.partner.user)
    own = reverse("partners:partner_detail", args=[asking.partner.pk])
    assert url("own_answers_edit", asking.partner.pk) in client.get(own).content.decode()
    client.post(url("own_answers_edit", asking.partner.pk), {"caring": "yes"})
    assert answers_of(asking.partner) == {"caring": "yes"}
    client.post(url("own_answers_withdraw", asking.partner.pk))
    assert answers_of(asking.partner) == {}


def test_nobody_else_opens_a_partners_answers(client, asking):
    answer(asking.partner)
    auditor = factories.make_member(Role.AUDITOR, asking.organisation)
    for nobody in (asking.lead, auditor, asking.stranger.user, asking.stranger.lead):
        client.force_login(nobody)
        for name in ("own_answers_edit", "own_answers_withdraw"):
            assert client.get(url(name, asking.partner.pk)).status_code == 404
            assert client.post(url(name, asking.partner.pk)).status_code == 404
    assert answers_of(asking.partner) == ANSWERS


def test_a_leads_page_of_a_partner_leads_to_no_answers(client, asking):
    answer(asking.partner)
    client.force_login(asking.lead)
    page = client.get(reverse("partners:partner_detail", args=[asking.partner.pk])).content.decode()
    assert "diversity" not in page


# --- those who run the programme ----------------------------------------------------------------
def test_a_lead_reads_the_questions_and_says_whether_they_are_asked(client, trust, staff_pass):
    client.force_login(trust.lead)
    page = client.get(url("settings_edit"))
    for question in policies.QUESTION_SETS[1]:
        assert question.label in words(page)
    assert words(page).count(policies.UNSOURCED) == 9
    assert "NHS Data Dictionary" in words(page)
    assert "Select yes if you want to ask" in words(client.post(url("settings_edit")))
    assert not DiversitySettings.objects.exists()
    client.post(url("settings_edit"), {"is_asked": "yes"})
    assert DiversitySettings.objects.get().organisation == trust.organisation
    client.post(url("settings_edit"), {"is_asked": "no"})
    assert not DiversitySettings.objects.get().is_asked
    assert re.search(r'value="no"[^>]*checked', client.get(url("settings_edit")).content.decode())


def test_totals_are_shown_and_taken_away_with_small_numbers_left_out(client, asking):
    make_answers(asking.organisation, MANY)
    make_asking(asking.stranger.organisation, asking.stranger.lead)
    make_answers(asking.stranger.organisation, {("45_54", "serving"): 77, ("55_64", "serving"): 66})
    services.close_quarters(at=IN_JULY)
    client.force_login(asking.lead)
    page = client.get(url("total_list"))
    assert "April to June 2025" in words(page)
    assert "77" not in words(page)
    assert "45 to 54" in words(page)
    assert "Left out" in words(page)
    lines = client.get(url("total_list") + "?export=csv").content.decode("utf-8-sig").splitlines()
    assert lines[0] == "Quarter,Set of questions,Question,Answer,Applied,Shortlisted,Interviewed,Appointed,Serving,All"
    assert lines[4] == (
        "April to June 2025,1,How old are you?,45 to 54,Left out,Left out,Left out,Left out,Left out,12"
    )
    assert lines[-1].endswith("All who answered,Left out,Left out,Left out,Left out,21,29")
    assert len(lines) == 1 + 9
    book = openpyxl.load_workbook(BytesIO(client.get(url("total_list") + "?export=xlsx").content))
    assert [cell.value for cell in book.active[5]][-1] == 12
    assert AccessLog.objects.filter(actor_id=asking.lead.pk, organisation_id=asking.organisation.pk).count() == 2


def test_one_quarter_is_chosen_and_a_wrong_one_is_none(client, asking):
    make_answers(asking.organisation, MANY)
    services.close_quarters(at=IN_JULY)
    in_october = datetime(2025, 10, 2, tzinfo=LONDON)
    make_answers(asking.organisation, MANY, at=IN_JULY)
    services.close_quarters(at=in_october)
    client.force_login(asking.lead)
    both = words(client.get(url("total_list")))
    assert both.index("How old are you? July to September 2025") < both.index("How old are you? April to June 2025")
    one = words(client.get(url("total_list") + "?quarter=2025-04-01"))
    assert "How old are you? July" not in one
    for wrong in ("2025-01-01", "yesterday"):
        assert "How old are you? July" in words(client.get(url("total_list") + f"?quarter={wrong}"))
    exported = client.get(url("total_list") + "?quarter=2025-04-01&export=csv").content.decode()
    assert "July" not in exported


def test_before_the_first_table_the_page_says_so(client, trust, staff_pass):
    client.force_login(trust.lead)
    page = words(client.get(url("total_list")))
    assert "There is no table yet" in page
    assert "The questions are not asked now" in page
    assert url("settings_edit") in client.get(url("total_list")).content.decode()


def test_an_auditor_reads_totals_and_decides_nothing(client, asking):
    client.force_login(factories.make_member(Role.AUDITOR, asking.organisation))
    page = client.get(url("total_list"))
    assert page.status_code == 200
    assert url("settings_edit") not in page.content.decode()
    assert client.get(url("settings_edit")).status_code == 403


def test_who_belongs_nowhere_sees_no_totals(client, asking):
    client.force_login(factories.make_user())
    assert client.get(url("total_list")).status_code == 403


def test_the_page_of_reports_leads_to_the_totals(client, asking):
    client.force_login(asking.lead)
    assert url("total_list") in client.get(reverse("home:area_detail", args=["reports"])).content.decode()


# --- how many queries ---------------------------------------------------------------------------
def queries_of(client, page: str) -> int:
    client.get(page)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert client.get(page).status_code == 200
    return len(asked)


def test_pages_ask_the_database_as_often_with_one_row_as_with_thirty(client, asking):
    client.force_login(asking.lead)
    make_answers(asking.organisation, MANY)
    services.close_quarters(at=IN_JULY)
    one = queries_of(client, url("total_list"))
    for question in ("sex", "religion", "caring"):
        choices = list(next(q for q in policies.QUESTION_SETS[1] if q.code == question).answers)
        people = {(choice, "serving"): 12 for choice in choices}
        make_answers(asking.organisation, people, question=question, at=IN_JULY)
    services.close_quarters(at=datetime(2025, 10, 2, tzinfo=LONDON))
    assert (queries_of(client, url("total_list")), one) == (TOTALS, TOTALS)


def test_the_questions_ask_the_database_as_often_with_answers_as_without(client, asking):
    client.force_login(asking.partner.user)
    page = url("own_answers_edit", asking.partner.pk)
    none = queries_of(client, page)
    answer(asking.partner, **{question.code: "prefer_not" for question in policies.QUESTION_SETS[1]})
    assert (queries_of(client, page), none) == (OWN, OWN)


TOTALS, OWN = 9, 8
