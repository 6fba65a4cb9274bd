import io
from datetime import timedelta

import openpyxl
import pytest
import time_machine
from django.urls import reverse

from committees.services import set_escort
from partners.enums import PartnerStatus
from partners.enums.induction import ItemKind, ItemOwner
from partners.models import Partner
from partners.models.induction import Induction, NewcomerNote, TemplateItem
from partners.queries import induction as queries
from partners.services import induction as services
from psp_portal.accounts.enums import Role
from psp_portal.home.queries import awaited_by, figures_of, waiting_for
from tests import factories
from tests.partners.induction_samples import (
    NOW,
    TODAY,
    agree,
    close,
    item_of,
    make_induction,
    make_line,
    make_note,
    make_template,
    put_in,
)
from tests.partners.test_views import text_of

pytestmark = pytest.mark.usefixtures("staff_pass", "now")


@pytest.fixture
def now():
    """Stop the clock at the samples' moment."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def begun(trust):
    """The trust with its partner in induction; and another trust with an induction and a note that may not show."""
    make_template(trust.organisation, trust.lead)
    make_induction(trust.partner, in_induction=True)
    trust.partner.refresh_from_db()
    make_line(trust.stranger.organisation, trust.stranger.lead, "Foreign line")
    make_induction(trust.stranger, at=NOW - timedelta(days=30))
    make_note(trust.stranger, "Foreign note")
    return trust


def page(name: str, *keys) -> str:
    return reverse(f"induction:{name}", args=keys)


def exported(client, address: str, **filters) -> list[str]:
    """Return the lines of a list's CSV, its heading first."""
    answer = client.get(address, filters | {"export": "csv"})
    return answer.content.decode("utf-8-sig").strip().splitlines()


# --- the template ---------------------------------------------------------------------------
def line_data(**change):
    return {
        "title": "Read the pack", "explanation": "It is short.", "kind": "task", "owner": "partner", "due_days": "7",
        "is_required": "yes", "colleague_id": "", "colleague_title": "", "asked_of": [],
    } | change  # fmt: skip


def test_a_lead_starts_from_the_lines_offered_and_changes_them(client, trust):
    client.force_login(trust.lead)
    assert "There is no template yet" in text_of(client.get(page("template_detail")))
    assert "Read the welcome pack, within 7 days" in text_of(client.get(page("template_begin")))
    assert client.post(page("template_begin")).url == page("template_detail")
    again = client.post(page("template_begin"))
    assert again.context["form"].non_field_errors() == ["There is a template already."]
    words = text_of(client.get(page("template_detail")))
    assert "Your trust must confirm them." in words
    assert "Start from a template" not in words
    first, second = queries.template_items_of(trust.organisation.pk)[:2]
    assert client.get(page("template_item_move", second.pk, "up")).status_code == 405
    assert client.post(page("template_item_move", second.pk, "sideways")).status_code == 404
    assert client.post(page("template_item_move", second.pk, "up")).url.endswith(f"#line-{second.pk}")
    assert [each.pk for each in queries.template_items_of(trust.organisation.pk)[:2]] == [second.pk, first.pk]
    assert client.post(page("template_item_remove", first.pk)).url == page("template_detail")
    assert not TemplateItem.objects.filter(pk=first.pk).exists()


def test_a_line_is_added_and_changed_and_what_is_wrong_stands_beside_its_field(client, trust):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Col League"))
    client.force_login(trust.lead)
    create = page("template_item_create")
    names = [name for _pk, name in client.get(create).context["form"].fields["colleague_id"].choices]
    assert "Col League" in names
    assert trust.stranger.lead.name not in names
    wrong = client.post(create, line_data(owner="colleague", explanation="Kept as it was typed"))
    assert wrong.context["form"].errors == {
        "colleague_id": ["Select a person, or enter their job, so that it is clear who does it"]
    }
    assert "Kept as it was typed" in wrong.content.decode()
    wrong = client.post(create, line_data(title="", due_days="400", kind="", owner="", is_required=""))
    assert wrong.context["form"].errors == {
        "title": ["Enter what has to be done"], "kind": ["Select what kind of thing it is"],
        "owner": ["Select who does it"], "due_days": ["Days must be from 0 to 365"],
        "is_required": ["Select yes if it must be done before the induction is finished"],
    }  # fmt: skip
    wrong = client.post(create, line_data(owner="colleague", colleague_id=str(trust.stranger.lead.pk)))
    assert "colleague_id" in wrong.context["form"].errors
    assert TemplateItem.objects.count() == 0
    data = line_data(owner="colleague", colleague_id=str(colleague.pk), asked_of=["4"], is_required="no")
    assert client.post(create, data).url == page("template_detail")
    item = TemplateItem.objects.get()
    assert (item.colleague, item.asked_of, item.is_required) == (colleague, [4], False)
    words = text_of(client.get(page("template_detail")))
    assert "New partners get no list until one line must be done." in words
    assert "4: senior, decision-making role" in words
    edit = page("template_item_edit", item.pk)
    assert f'value="{colleague.pk}" selected' in client.get(edit).content.decode()
    assert client.post(edit, line_data(title="Meet Col", due_days="9")).url == page("template_detail")
    item.refresh_from_db()
    assert (item.title, item.due_days, item.colleague, item.is_required) == ("Meet Col", 9, None, True)
    assert 'value="Meet Col"' in client.get(edit).content.decode()


def test_a_second_agreement_is_refused_beside_its_field(client, begun):
    client.force_login(begun.lead)
    wrong = client.post(page("template_item_create"), line_data(kind="agreement"))
    assert wrong.context["form"].errors == {"kind": ["The template has a line of the kind “Working agreement” already"]}


def test_the_template_shows_nothing_of_another_organisation(client, begun):
    foreign = TemplateItem.objects.get(title="Foreign line")
    client.force_login(begun.lead)
    assert "Foreign" not in text_of(client.get(page("template_detail")))
    for name in ("template_item_edit", "template_item_remove"):
        assert client.get(page(name, foreign.pk)).status_code == 404
    assert client.post(page("template_item_move", foreign.pk, "up")).status_code == 404


# --- lists ----------------------------------------------------------------------------------
def test_the_list_of_inductions_shows_progress_filters_and_its_file(client, begun):
    partner = begun.partner
    finished = factories.make_partner(
        begun.organisation, user=factories.make_user("Fin Ished"), lead=begun.lead, serves_already=True
    )
    make_induction(finished)
    close(finished, "Read the pack", "Sort out the badge")
    agree(finished)
    services.skip_item(item_id=item_of(partner, "Look around").pk, reason="Knows it", by=begun.lead, at=NOW)
    close(partner, "Sort out the badge")
    client.force_login(begun.lead)
    words = text_of(client.get(page("induction_list")))
    assert "Pat Example" in words
    assert "1 of 3 done" in words
    assert "Fin Ished" not in words
    assert "Elm" not in words
    heading, *rows = exported(client, page("induction_list"))
    assert heading == "Partner,Status,Begun on,Done,Of,Overdue,Finished on,Programme lead"
    assert rows == [f"Pat Example,Induction,2026-03-17,1,3,0,,{begun.lead.name}"]
    assert len(exported(client, page("induction_list"), show="all")) == 3
    assert "Nothing is overdue in any induction." in text_of(client.get(page("induction_list"), {"show": "overdue"}))
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        client.force_login(begun.lead)
        rows = exported(client, page("induction_list"), show="overdue")[1:]
        assert rows == [f"Pat Example,Induction,2026-03-17,1,3,1,,{begun.lead.name}"]
    book = openpyxl.load_workbook(
        io.BytesIO(client.get(page("induction_list"), {"show": "all", "export": "xlsx"}).content)
    )
    assert book.active.max_row == 3


def test_the_list_of_what_is_to_do_and_its_file(client, begun):
    close(begun.partner, "Sort out the badge")
    client.force_login(begun.lead)
    words = text_of(client.get(page("item_list")))
    assert "Read the pack" in words
    assert "Sort out the badge" not in words
    assert "Foreign" not in words
    heading, *rows = exported(client, page("item_list"), show="all")
    assert heading.startswith("Partner,What,Who,Due on,State,Required,Closed on")
    assert len(rows) == 4
    done = f"The programme lead,2026-03-31,Done,Yes,2026-03-17,{begun.lead.name},"
    assert f"Pat Example,Sort out the badge,{done}" in rows
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        client.force_login(begun.lead)
        assert [row.split(",")[1] for row in exported(client, page("item_list"), show="overdue")[1:]] == [
            "Read the pack"
        ]


def test_lists_say_when_they_are_empty(client, trust):
    client.force_login(trust.lead)
    assert "No induction is under way." in text_of(client.get(page("induction_list")))
    assert "No induction has begun yet." in text_of(client.get(page("induction_list"), {"show": "all"}))
    assert "Nothing is to do." in text_of(client.get(page("item_list"), {"show": "nonsense"}))
    assert "Nothing is overdue." in text_of(client.get(page("item_list"), {"show": "overdue"}))
    assert "Nobody has written a note yet." in text_of(client.get(page("note_overview")))


# --- one partner's list ---------------------------------------------------------------------
def test_the_partner_sees_the_list_with_what_is_done_late_and_theirs(client, begun):
    close(begun.partner, "Sort out the badge")
    with time_machine.travel(NOW + timedelta(days=10), tick=False):
        client.force_login(begun.partner.user)
        answer = client.get(page("induction_detail", begun.partner.pk))
    assert [(task["text"], task["status"], task["state"]) for task in answer.context["tasks"]] == [
        ("Read the pack", "Overdue", "todo"), ("Sort out the badge", "Done", "done"),
        ("Agree", "Not yet started", "todo"), ("Look around", "Not yet started", "todo"),
    ]  # fmt: skip
    words = text_of(answer)
    assert "1 of 4 done." in words
    assert "You, due by 24 March 2026" in words
    assert "nhsuk-tag--orange" in words
    assert page("note_list", begun.partner.pk) in words


def test_a_lead_begins_an_induction_where_there_is_a_template(client, trust):
    client.force_login(trust.lead)
    detail, begin = (page(name, trust.partner.pk) for name in ("induction_detail", "induction_begin"))
    words = text_of(client.get(detail))
    assert "This partner has no induction list." in words
    assert begin not in words
    refused = client.post(begin)
    assert "The template has nothing that this partner must do" in text_of(refused)
    make_template(trust.organisation, trust.lead)
    assert begin in text_of(client.get(detail))
    assert "The partner stays active." in text_of(client.get(begin))
    assert client.post(begin).url == detail
    assert "0 of 4 done." in text_of(client.get(detail))
    client.force_login(trust.partner.user)
    assert client.post(begin).status_code == 403


def test_without_a_list_the_partner_is_told_so(client, trust):
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("induction_detail", trust.partner.pk)))
    assert "There is no induction list for you." in words
    assert page("template_detail") not in words


# --- one thing ------------------------------------------------------------------------------
def test_the_partner_ticks_their_own_and_the_last_one_makes_them_active(client, begun):
    partner = begun.partner
    close(partner, "Sort out the badge")
    agree(partner)
    item = item_of(partner, "Read the pack")
    client.force_login(partner.user)
    words = text_of(client.get(page("item_detail", item.pk)))
    assert "This is done" in words
    assert "It is short." in words
    assert "This is not needed" not in words
    assert item.title in text_of(client.get(page("item_close", item.pk)))
    assert client.post(page("item_close", item.pk)).url == page("induction_detail", partner.pk)
    assert Partner.objects.get(pk=partner.pk).status == PartnerStatus.ACTIVE
    assert "Finished on 17 March 2026." in text_of(client.get(page("induction_detail", partner.pk)))
    again = client.post(page("item_close", item.pk))
    assert "already" in text_of(again)


def test_a_lead_takes_something_off_with_a_reason_and_puts_it_back(client, begun):
    item = item_of(begun.partner, "Read the pack")
    client.force_login(begun.lead)
    skip, reopen = page("item_skip", item.pk), page("item_reopen", item.pk)
    wrong = client.post(skip, {"reason": ""})
    assert wrong.context["form"].errors == {"reason": ["Enter the reason. The partner reads it"]}
    assert client.post(skip, {"reason": "Has read it"}).url == page("induction_detail", begun.partner.pk)
    client.force_login(begun.partner.user)
    words = text_of(client.get(page("item_detail", item.pk)))
    assert "Has read it" in words
    assert reopen not in words
    client.force_login(begun.lead)
    assert reopen in text_of(client.get(page("item_detail", item.pk)))
    assert "Open it again?" in text_of(client.get(reopen))
    assert client.post(reopen).url == page("induction_detail", begun.partner.pk)
    assert item_of(begun.partner, "Read the pack").closed_at is None


def test_a_colleague_sees_and_ticks_what_they_are_asked_for_and_nothing_else(client, trust):
    colleague = factories.make_member(Role.FINANCE, trust.organisation)
    make_line(trust.organisation, trust.lead, "Tour", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk)
    make_line(trust.organisation, trust.lead, "Badge", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk)
    make_line(trust.organisation, trust.lead, "Pack")
    make_induction(trust.partner)
    tour, pack = item_of(trust.partner, "Tour"), item_of(trust.partner, "Pack")
    client.force_login(colleague)
    words = text_of(client.get(page("item_detail", tour.pk)))
    assert "Induction of Pat Example" in words
    assert page("item_detail", item_of(trust.partner, "Badge").pk) in words
    assert "Pack" not in words
    assert client.get(page("item_detail", pack.pk)).status_code == 404
    assert client.get(page("induction_detail", trust.partner.pk)).status_code == 404
    assert client.post(page("item_close", tour.pk)).url == page("item_detail", tour.pk)
    assert page("item_reopen", tour.pk) in text_of(client.get(page("item_detail", tour.pk)))


def test_the_first_meeting_says_who_goes_along(client, trust):
    make_line(trust.organisation, trust.lead, "First meeting", owner=ItemOwner.LEAD, kind=ItemKind.FIRST_MEETING)
    make_induction(trust.partner)
    item = item_of(trust.partner, "First meeting")
    assignment = factories.make_assignment(trust.partner)
    client.force_login(trust.partner.user)
    assert "Nobody is named yet who goes along." in text_of(client.get(page("item_detail", item.pk)))
    set_escort(
        assignment_id=assignment.pk, escort_id=trust.lead.pk, how_to_meet="At the fountain", by=trust.lead, at=NOW
    )
    for address in (page("item_detail", item.pk), page("induction_detail", trust.partner.pk)):
        words = text_of(client.get(address))
        assert f"{trust.lead.name} goes along with you" in words
        assert "At the fountain" in words


# --- the working agreement --------------------------------------------------------------------
def test_both_write_and_agree_on_pages(client, begun):
    partner = begun.partner
    detail, edit, agreeing = (
        page(name, partner.pk) for name in ("agreement_detail", "agreement_edit", "agreement_agree")
    )
    client.force_login(begun.lead)
    assert "Nothing is written yet." in text_of(client.get(detail))
    assert client.post(edit, {"text": "We answer.", "seen": "0"}).url == detail
    client.force_login(partner.user)
    assert "We answer." in text_of(client.get(detail))
    assert client.post(agreeing, {"seen": "1"}).url == detail
    assert "Agreed on 17 March 2026" in text_of(client.get(detail))
    client.force_login(begun.lead)
    assert "We answer." in text_of(client.get(agreeing))
    assert client.post(agreeing, {"seen": "1"}).url == detail
    words = text_of(client.get(detail))
    assert edit not in words
    assert "The working agreement is closed" in text_of(client.post(edit, {"text": "Other", "seen": "1"}))
    assert Induction.objects.get(partner=partner).agreement == "We answer."


def test_what_was_typed_stays_when_the_other_side_wrote_meanwhile(client, begun):
    partner, edit = begun.partner, page("agreement_edit", begun.partner.pk)
    client.force_login(partner.user)
    assert 'name="seen" value="0"' in client.get(edit).content.decode()
    services.write_agreement(partner_id=partner.pk, text="Theirs", seen=0, by=begun.lead, at=NOW)
    answer = client.post(edit, {"text": "Mine", "seen": "0"})
    html = answer.content.decode()
    assert "has changed since you opened this page" in text_of(answer)
    assert "Mine</textarea>" in html
    assert "How it stands now" in html
    assert "Theirs" in html
    assert 'name="seen" value="1"' in html
    assert Induction.objects.get(partner=partner).agreement == "Theirs"
    assert client.post(edit, {"text": "Mine and theirs", "seen": "1"}).status_code == 302
    # Something else that is wrong is not taken for a conflict.
    answer = client.post(edit, {"text": " ", "seen": "2"})
    assert answer.context["form"].errors == {"text": ["Enter what you agree on"]}
    assert "How it stands now" not in answer.content.decode()


def test_an_induction_without_an_agreement_says_so(client, trust):
    make_line(trust.organisation, trust.lead)
    make_induction(trust.partner)
    client.force_login(trust.partner.user)
    words = text_of(client.get(page("agreement_detail", trust.partner.pk)))
    assert "There is no working agreement in this induction." in words


# --- notes ----------------------------------------------------------------------------------
def test_a_partner_writes_changes_and_withdraws_a_note_and_knows_who_reads_it(client, trust):
    client.force_login(trust.partner.user)
    own, create = page("note_list", trust.partner.pk), page("note_create", trust.partner.pk)
    assert "new partners at Willow Trust while they are in their induction" in text_of(client.get(create))
    wrong = client.post(create, {"text": "Ask early", "about": "Falls group", "shows_name": ""})
    assert wrong.context["form"].errors == {"shows_name": ["Select yes if you want your name to be shown"]}
    assert "Ask early" in wrong.content.decode()
    assert client.post(create, {"text": "Ask early", "about": "Falls group", "shows_name": "no"}).url == own
    note = NewcomerNote.objects.get()
    words = text_of(client.get(own))
    assert "Your name is not shown with it" in words
    assert "Falls group" in words
    edit = page("note_edit", note.pk)
    assert "Ask early" in client.get(edit).content.decode()
    assert client.post(edit, {"text": "Ask earlier", "about": "", "shows_name": "yes"}).url == own
    words = text_of(client.get(own))
    assert "Ask earlier" in words
    assert "The whole organisation" in words
    assert "Ask earlier" in text_of(client.get(page("note_withdraw", note.pk)))
    assert client.post(page("note_withdraw", note.pk)).url == own
    assert NewcomerNote.objects.count() == 0


def test_a_newcomer_reads_what_others_wrote_with_a_name_only_where_they_want_it(client, begun):
    named, unnamed = (
        factories.make_partner(begun.organisation, user=factories.make_user(name), lead=begun.lead, serves_already=True)
        for name in ("Nam Ed", "Unna Med")
    )
    make_note(named, "Bring a coat", shows_name=True)
    make_note(unnamed, "Ask early")
    client.force_login(begun.partner.user)
    words = text_of(client.get(page("note_list", begun.partner.pk)))
    assert "Bring a coat" in words
    assert "Nam Ed" in words
    assert "Ask early" in words
    assert "Unna Med" not in words
    assert "Foreign note" not in words
    client.force_login(named.user)
    assert "Ask early" not in text_of(client.get(page("note_list", named.pk)))


def test_a_lead_hides_a_note_without_learning_who_wrote_it(client, begun):
    note = make_note(begun.partner, "Ask early")
    client.force_login(begun.lead)
    words = text_of(client.get(page("note_overview")))
    assert "Ask early" in words
    assert "Pat Example" not in words
    assert "Foreign note" not in words
    wrong = client.post(page("note_hide", note.pk), {"reason": ""})
    assert wrong.context["form"].errors == {"reason": ["Enter the reason. The partner reads it"]}
    assert client.post(page("note_hide", note.pk), {"reason": "It names a nurse"}).url == page("note_overview")
    assert "It names a nurse" in text_of(client.get(page("note_overview")))
    client.force_login(begun.partner.user)
    assert "This note is hidden" in text_of(client.get(page("note_list", begun.partner.pk)))
    client.force_login(begun.lead)
    assert "Ask early" in text_of(client.get(page("note_show", note.pk)))
    assert client.post(page("note_show", note.pk)).url == page("note_overview")
    for name in ("note_edit", "note_withdraw"):
        assert client.get(page(name, note.pk)).status_code == 403


# --- what waits, and figures ------------------------------------------------------------------
def labels(user, *, today=TODAY) -> list[tuple[str, bool]]:
    return [(item.label, item.is_late) for item in waiting_for(user, today=today) if item.heading == "Induction"]


def test_what_is_due_within_a_week_waits_for_its_owner(begun):
    partner, lead = begun.partner, begun.lead
    assert labels(partner.user) == [("Read the pack", False)]
    assert labels(lead) == []
    day = TODAY + timedelta(days=10)
    assert labels(partner.user, today=day) == [("Read the pack", True)]
    assert labels(lead, today=day) == [("Sort out the badge", False)]
    assert labels(lead, today=TODAY + timedelta(days=29)) == [
        ("Sort out the badge", True), ("Write the working agreement with Pat Example", False),
    ]  # fmt: skip
    [item] = [item for item in waiting_for(partner.user, today=day) if item.heading == "Induction"]
    assert item.detail == "Part of your induction, due by 24 March 2026."
    assert item.url == page("item_detail", item_of(partner, "Read the pack").pk)
    put_in(partner, PartnerStatus.PAUSED)
    assert labels(partner.user, today=day) == []


def test_a_written_agreement_waits_for_whoever_has_not_agreed(begun):
    partner, lead = begun.partner, begun.lead
    services.write_agreement(partner_id=partner.pk, text="We answer.", seen=0, by=lead, at=NOW)
    assert ("Agree to the working agreement", False) in labels(partner.user)
    assert labels(lead) == [("Agree to the working agreement with Pat Example", False)]
    services.agree_to_agreement(partner_id=partner.pk, seen=1, by=lead, at=NOW)
    assert labels(lead) == []
    services.agree_to_agreement(partner_id=partner.pk, seen=1, by=partner.user, at=NOW)
    assert labels(partner.user) == [("Read the pack", False)]


def test_what_a_job_without_an_account_does_waits_for_the_lead(trust):
    make_line(trust.organisation, trust.lead, "Desk", owner=ItemOwner.COLLEAGUE, colleague_title="Estates")
    make_induction(trust.partner)
    [item] = [item for item in waiting_for(trust.lead, today=TODAY) if item.heading == "Induction"]
    assert item.detail == "Part of the induction of Pat Example, due by 24 March 2026. It is done by: Estates."


def test_a_partner_waits_for_others_once_they_are_late(trust):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Col League"))
    make_template(trust.organisation, trust.lead)
    make_line(trust.organisation, trust.lead, "Tour", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk, due_days=9)
    make_induction(trust.partner)
    make_line(trust.stranger.organisation, trust.stranger.lead, owner=ItemOwner.LEAD)
    make_induction(trust.stranger)

    def others(user, days):
        return [(item.label, item.who, item.is_late) for item in awaited_by(user, today=TODAY + timedelta(days=days))]

    assert others(trust.partner.user, 9) == []
    assert others(trust.partner.user, 20) == [
        ("Your induction: Tour", "Col League", True), ("Your induction: Sort out the badge", trust.lead.name, True),
    ]  # fmt: skip
    assert others(trust.lead, 20) == []


@pytest.mark.parametrize("rows", [1, 30])
def test_what_waits_takes_the_same_queries(trust, rows, django_assert_num_queries):
    make_template(trust.organisation, trust.lead)
    for _ in range(rows):
        make_induction(factories.make_partner(trust.organisation, lead=trust.lead, serves_already=True))
    with django_assert_num_queries(2):
        found = queries.waiting(trust.lead, today=TODAY + timedelta(days=40))
    assert len(found) == min(rows, queries.MOST_WAITING) * 2


def test_each_figure_opens_as_many_rows(client, begun):
    for _ in range(2):
        make_induction(factories.make_partner(begun.organisation, lead=begun.lead, serves_already=True))
    later = NOW + timedelta(days=20)
    with time_machine.travel(later, tick=False):
        client.force_login(begun.lead)
        figures = figures_of(begun.lead, organisation_id=begun.organisation.pk, today=TODAY + timedelta(days=20))
        counts = {figure.label: figure.count for figure in figures["Induction"]}
        assert counts == {"Inductions under way": 3, "Things overdue in inductions": 6}
        for figure in figures["Induction"]:
            assert client.get(figure.url).context["page_obj"].paginator.count == figure.count
    auditor = factories.make_member(Role.AUDITOR, begun.organisation)
    assert "Induction" not in figures_of(auditor, organisation_id=begun.organisation.pk, today=TODAY)


# --- one count of queries for any number --------------------------------------------------------
@pytest.mark.parametrize("rows", [1, 25])
@pytest.mark.parametrize(
    ("name", "count"),
    [("template_detail", 6), ("induction_list", 7), ("item_list", 7), ("note_overview", 7)],
)
def test_lists_take_the_same_queries_for_any_number(client, trust, django_assert_num_queries, name, count, rows):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation)
    for number in range(rows):
        make_line(
            trust.organisation, trust.lead, f"Line {number}", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk
        )
    for _ in range(rows):
        partner = factories.make_partner(trust.organisation, lead=trust.lead, serves_already=True)
        make_induction(partner)
        make_note(partner, shows_name=True)
    client.force_login(trust.lead)
    client.get(page(name))
    with django_assert_num_queries(count):
        assert client.get(page(name)).status_code == 200


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize(("name", "count"), [("induction_detail", 8), ("note_list", 8)])
def test_a_partner_s_pages_take_the_same_queries(client, trust, django_assert_num_queries, name, count, rows):
    for number in range(rows):
        make_line(trust.organisation, trust.lead, f"Line {number}")
    make_induction(trust.partner)
    other = factories.make_partner(trust.organisation, lead=trust.lead, serves_already=True)
    for _ in range(rows):
        make_note(trust.partner)
        make_note(other, shows_name=True)
    client.force_login(trust.partner.user)
    client.get(page(name, trust.partner.pk))
    with django_assert_num_queries(count):
        assert client.get(page(name, trust.partner.pk)).status_code == 200
