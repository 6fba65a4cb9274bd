import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from partners import services as partner_services
from partners.enums.questions import AskedRole, EntryKind, QuestionStatus
from partners.models.questions import Question, QuestionSettings
from partners.services import questions as services
from psp_portal.accounts.enums import Post, Role
from tests import factories
from tests.partners.questions_samples import NOW, TODAY, ask, later, make_elsewhere, reply
from tests.partners.test_views import text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def question(trust) -> Question:
    return ask(trust.partner)


def page(name: str, *keys) -> str:
    return reverse(f"questions:{name}", args=keys)


def exported(client, address: str) -> list[str]:
    """Return the lines of a list's CSV, its heading first."""
    return client.get(address, {"export": "csv"}).content.decode("utf-8-sig").strip().splitlines()


# --- the asker's pages ------------------------------------------------------------------------
def test_a_partner_asks_and_sees_who_has_it_and_what_comes_next(client, trust):
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("own_list")))
    assert "You have not asked anything yet." in words
    assert page("question_create", trust.partner.pk) in words
    data = {"to_role": "programme_lead", "subject": "Parking", "text": "Why?\n\nAnd when?"}
    answer = client.post(page("question_create", trust.partner.pk), data)
    question = Question.objects.get()
    assert answer.url == page("question_detail", question.pk)
    words = text_of(client.get(answer.url))
    assert f"With {trust.lead.name} since 1 June 2026. Asked today. An answer is due by 8 June 2026." in words
    assert f"Reminder to whoever has it ({trust.lead.name}), on 4 June 2026." in words
    assert "Nobody else is there" in words
    assert "<p>Why?</p> <p>And when?</p>" in words
    words = text_of(client.get(page("own_list")))
    assert "Nothing has been answered yet" in words
    assert page("question_detail", question.pk) in words


def test_what_is_wrong_stands_beside_its_field(client, trust):
    client.force_login(trust.partner.user)
    address = page("question_create", trust.partner.pk)
    answer = client.post(address, {"to_role": "auditor", "subject": "x" * 151, "text": "Typed already"})
    assert answer.context["form"].errors == {
        "to_role": ["Select a valid choice. auditor is not one of the available choices."],
        "subject": ["What it is about must be 150 characters or fewer"],
    }
    assert "Typed already" in answer.content.decode()
    assert client.post(address, {}).context["form"].errors == {
        "to_role": ["Select who should answer"],
        "subject": ["Enter what your question is about"],
        "text": ["Enter your question"],
    }
    assert not Question.objects.exists()


def test_an_asker_writes_more_says_it_is_not_answered_and_closes(client, trust, question):
    client.force_login(trust.partner.user)
    detail = page("question_detail", question.pk)
    assert client.post(page("addition_create", question.pk), {"text": "It is urgent"}).url == detail
    reply(question)
    assert "Only you can say so." in text_of(client.get(detail))
    wrong = client.post(page("question_reopen", question.pk), {"text": " "})
    assert wrong.context["form"].errors == {"text": ["Enter what you still need to know"]}
    assert client.post(page("question_reopen", question.pk), {"text": "Which day?"}).url == detail
    # What cannot be any more is said on the page.
    again = client.post(page("question_reopen", question.pk), {"text": "Which day?"})
    assert again.context["form"].non_field_errors() == ["This question is waiting for an answer."]
    assert client.post(page("question_close", question.pk)).url == detail
    words = text_of(client.get(detail))
    assert "Closed on 1 June 2026" in words
    assert "It is urgent" in words
    assert "What you can do" not in words
    kinds = list(question.entries.order_by("written_at", "pk").values_list("kind", flat=True))
    assert sorted(kinds) == sorted(
        [EntryKind.ASKED, EntryKind.ADDED, EntryKind.ANSWERED, EntryKind.REOPENED, EntryKind.CLOSED]
    )


def test_a_leaver_keeps_their_questions(client, trust, question):
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    client.force_login(trust.partner.user)
    assert page("question_create", trust.partner.pk) in text_of(client.get(page("own_list")))
    services.close_question(question_id=question.pk, by=trust.partner.user, at=NOW)
    assert page("question_create", trust.partner.pk) not in text_of(client.get(page("own_list")))
    assert client.get(page("question_create", trust.partner.pk)).status_code == 403
    assert client.get(page("question_detail", question.pk)).status_code == 200


def test_somebody_with_two_appointments_chooses_where_to_ask(client, trust):
    factories.make_partner(factories.make_organisation("Ash Trust"), user=trust.partner.user)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("own_list")))
    assert "Ask Ash Trust a question" in words
    assert "Ask Willow Trust a question" in words


def test_own_list_and_its_files_are_one_s_own(client, trust, question):
    make_elsewhere()
    ask(factories.make_partner(trust.organisation, lead=trust.lead), subject="A colleague's matter")
    reply(question, at=later(0))
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("own_list")))
    assert "1, which is 100 in 100" in words
    assert "Half of them on the same day" in words
    assert "matter" not in words
    _heading, *rows = exported(client, page("own_list"))
    assert rows == [
        f'Parking,Willow Trust,Programme lead,2026-06-01,"Answered, for the partner to confirm",{trust.lead.name},'
        "2026-06-08,2026-06-01"
    ]


# --- the staff's pages ------------------------------------------------------------------------
def test_whoever_has_it_replies_hands_over_and_says_no_reply(client, trust, question):
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    client.force_login(trust.lead)
    detail = page("question_detail", question.pk)
    data = {"text": "I have asked.", "answers": "no"}
    assert client.post(page("reply_create", question.pk), data).url == detail
    assert Question.objects.get().status == QuestionStatus.WAITING
    wrong = client.post(page("reply_create", question.pk), {"text": "Typed already"})
    assert wrong.context["form"].errors == {"answers": ["Select yes if this answers the question"]}
    assert "Typed already" in wrong.content.decode()
    form = client.get(page("question_pass", question.pk)).context["form"]
    assert form.fields["to_id"].choices == [("", "Select somebody"), (str(finance.pk), finance.name)]
    wrong = client.post(page("question_pass", question.pk), {"to_id": str(trust.stranger.lead_id), "reason": "x"})
    assert list(wrong.context["form"].errors) == ["to_id"]
    data = {"to_id": str(finance.pk), "reason": "You know the car park."}
    assert client.post(page("question_pass", question.pk), data).url == page("question_list")
    # The lead is its deputy now.
    assert "You know the car park." in text_of(client.get(detail))
    client.force_login(finance)
    assert client.post(page("no_reply_create", question.pk), {"reason": "A mistake"}).url == detail
    assert "It is closed after 15 June 2026 unless the partner still wants one." in text_of(client.get(detail))


def test_a_question_is_answered_and_its_page_says_so(client, trust, question):
    client.force_login(trust.lead)
    client.post(page("reply_create", question.pk), {"text": "Because.", "answers": "yes"})
    words = text_of(client.get(page("question_detail", question.pk)))
    assert "Answered on 1 June 2026. The partner says whether it is settled." in words
    assert "Pat Example" in words


def test_the_queue_has_the_oldest_first_with_ages(client, trust, question):
    second = ask(trust.partner, subject="Second matter", at=later(7))
    make_elsewhere()
    with time_machine.travel(later(14), tick=False):
        client.force_login(trust.lead)
        words = text_of(client.get(page("question_list")))
    assert words.index(str(question.pk)) < words.index(str(second.pk))
    assert "Asked 14 days ago." in words
    assert words.count("Late</strong>") == 1
    assert "Foreign" not in words


def test_the_queue_shows_no_words_to_whoever_may_only_count(client, trust, question):
    auditor = factories.make_member(Role.AUDITOR, trust.organisation)
    client.force_login(auditor)
    words = text_of(client.get(page("question_list")))
    assert "A question that is not yours to read" in words
    for secret in ("Parking", "Pat Example", str(question.pk)):
        assert secret not in words
    _heading, *rows = exported(client, page("question_list"))
    assert rows == [
        f"A partner,Not for you to read,Programme lead,2026-06-01,Waiting for an answer,{trust.lead.name},2026-06-01,"
        "2026-06-08,0,,"
    ]
    assert client.get(page("question_detail", question.pk)).status_code == 404


def test_filters_are_kept_in_files(client, trust, question):
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    other = ask(trust.partner, AskedRole.FINANCE, subject="Payment", at=later(1))
    make_elsewhere()
    reply(other, by=finance, at=later(1))
    client.force_login(trust.lead)

    def subjects(**filters):
        answer = client.get(page("question_list"), {"export": "xlsx"} | filters)
        rows = openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(min_row=2, values_only=True)
        return [row[1] for row in rows]

    # The lead stands in for finance, where nobody else is.
    assert subjects() == ["Parking", "Payment"]
    assert subjects(status="waiting") == ["Parking"]
    assert subjects(to_role="finance") == ["Payment"]
    assert subjects(answered="yes") == ["Payment"]
    assert subjects(mine="yes") == ["Parking"]
    assert subjects(status="nonsense") == ["Parking", "Payment"]
    words = text_of(client.get(page("question_list"), {"status": "closed"}))
    assert "No question is in this list." in words


def test_an_empty_queue_says_so(client, trust):
    client.force_login(trust.lead)
    assert "No partner has asked anything yet." in text_of(client.get(page("question_list")))


def test_somebody_above_reads_it_once_they_were_told(client, trust, question):
    executive = factories.make_post(Post.EXECUTIVE_LEAD, trust.organisation).user
    client.force_login(executive)
    assert client.get(page("question_detail", question.pk)).status_code == 404
    services.follow_questions(at=later(10))
    with time_machine.travel(later(10), tick=False):
        client.force_login(executive)
        words = text_of(client.get(page("question_detail", question.pk)))
    assert "The lead’s manager is told" in words
    assert "Reply" in words


def test_other_organisations_find_nothing(client, trust, question):
    client.force_login(trust.stranger.lead)
    for name in ("question_detail", "reply_create", "question_pass", "no_reply_create", "question_close",
                 "question_reopen", "addition_create"):  # fmt: skip
        assert client.get(page(name, question.pk)).status_code == 404
    assert client.get(page("question_create", trust.partner.pk)).status_code == 404


def test_an_organisation_sets_its_times(client, trust):
    client.force_login(trust.lead)
    assert "Your trust must confirm them." in text_of(client.get(page("settings_edit")))
    data = {
        "reply_days": "4", "first_days": "2", "second_days": "4", "manager_days": "6", "executive_days": "9",
        "confirm_days": "5", "reopen_days": "10",
    }  # fmt: skip
    assert client.post(page("settings_edit"), data).url == page("question_list")
    assert QuestionSettings.objects.get().executive_days == 9
    wrong = client.post(page("settings_edit"), data | {"second_days": "2", "reply_days": ""})
    assert wrong.context["form"].errors == {"reply_days": ["Enter the working days"]}
    wrong = client.post(page("settings_edit"), data | {"second_days": "2"})
    assert wrong.context["form"].errors == {"second_days": ["Each step must come after the one before it"]}
    assert QuestionSettings.objects.get().second_days == 4


# --- how many queries -------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 30])
def test_pages_take_the_same_queries_however_many_rows(client, trust, rows, django_assert_num_queries):
    for number in range(rows):
        question = ask(trust.partner, at=NOW + timedelta(minutes=number))
    for number in range(rows):
        services.add_to_question(
            question_id=question.pk, text="More", by=trust.partner.user, at=NOW + timedelta(minutes=number)
        )
    client.force_login(trust.partner.user)
    with django_assert_num_queries(10):
        client.get(page("own_list"))
    with django_assert_num_queries(12):
        client.get(page("question_detail", question.pk))
    client.force_login(trust.lead)
    with django_assert_num_queries(8):
        client.get(page("question_list"))
