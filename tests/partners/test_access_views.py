"""The pages of access needs: what they ask, whom they let in, and that each reading is noted."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from partners.enums.access import NeedKind, Sharing
from partners.models.access import AccessNeed, AccessSettings, NeedMet
from psp_portal.accounts.enums import Role
from psp_portal.audit.models import AccessLog
from tests import factories
from tests.partners.access_samples import SECRET, meet, mention, need, shared

pytestmark = pytest.mark.usefixtures("staff_pass")

TODAY = timezone.localdate()
NOW = timezone.now()


def address(page, *args):
    return reverse(f"access:{page}", args=args)


def text_of(response):
    return " ".join(response.content.decode().split())


def date_boxes(name, day):
    return {f"{name}_0": day.day, f"{name}_1": day.month, f"{name}_2": day.year}


@pytest.fixture
def as_partner(client, trust):
    client.force_login(trust.partner.user)
    return client


@pytest.fixture
def as_lead(client, trust):
    client.force_login(trust.lead)
    return client


@pytest.fixture
def requester(trust):
    factories.make_assignment(trust.partner)
    return factories.make_member(Role.REQUESTER, trust.organisation)


# --- the page of a partner ------------------------------------------------------------------------
def test_a_partner_with_nothing_written_down_is_asked(as_partner, trust):
    page = text_of(as_partner.get(address("needs_detail", trust.partner.pk)))

    assert "<h1>What you need so that you can take part</h1>" in page
    assert "You have not written anything down." in page
    assert "Nobody but you." in page
    assert address("need_kind_choose", trust.partner.pk) in page
    assert address("needs_review", trust.partner.pk) not in page
    assert reverse("accounts:preferences_edit") in page
    assert AccessLog.objects.count() == 0


def test_each_reading_is_noted_and_the_partner_sees_whose_it_was(client, trust, requester):
    shared(trust.partner)
    where = address("needs_detail", trust.partner.pk)
    for user in (trust.lead, requester):
        client.force_login(user)
        page = text_of(client.get(where))
        assert SECRET in page
        assert "They can see that you have read it." in page
        assert "Who has read this" not in page
    client.force_login(trust.partner.user)
    page = text_of(client.get(where))
    assert f"<li>{requester.name}, " in page
    assert f"<li>{trust.lead.name}, " in page
    assert AccessLog.objects.count() == 2


def test_the_lead_may_change_it_and_a_requester_only_say_whether_it_was_in_place(client, trust, requester):
    written = shared(trust.partner)
    mention(trust.partner, "And something else")

    def offered(user):
        client.force_login(user)
        page = text_of(client.get(address("needs_detail", trust.partner.pk)))
        links = {
            name
            for name in ("need_edit", "need_end", "met_record", "sharing_edit")
            if address(name, written.pk) in page
        }
        return links, "And something else" in page, "Who may know" in page

    assert offered(trust.partner.user) == ({"need_edit", "need_end", "met_record", "sharing_edit"}, True, True)
    assert offered(trust.lead) == ({"need_edit", "need_end", "met_record"}, True, True)
    assert offered(requester) == ({"met_record"}, False, False)


def test_without_consent_other_leads_find_nothing_and_others_no_page(client, trust, requester):
    need(trust.partner)
    where = address("needs_detail", trust.partner.pk)
    client.force_login(factories.make_lead(trust.organisation))
    assert "Nothing is written down that you may know of." in text_of(client.get(where))
    for user in (requester, factories.make_member(Role.AUDITOR, trust.organisation), trust.stranger.lead):
        client.force_login(user)
        assert client.get(where).status_code == 404


@pytest.mark.parametrize("page", ["needs_detail", "need_kind_choose", "needs_review"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_partner_elsewhere_is_not_found(client, trust, page, method):
    shared(trust.stranger)
    factories.make_assignment(trust.stranger)
    for user in (trust.lead, trust.partner.user, factories.make_member(Role.REQUESTER, trust.organisation)):
        client.force_login(user)
        assert getattr(client, method)(address(page, trust.stranger.pk)).status_code == 404


@pytest.mark.parametrize("page", ["need_edit", "need_end", "need_confirm", "sharing_edit", "met_record"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_need_that_one_may_not_know_of_is_not_found(client, trust, page, method):
    elsewhere, here = shared(trust.stranger), need(trust.partner)
    for each, user in ((elsewhere, trust.lead), (elsewhere, trust.partner.user), (here, trust.stranger.lead),
                       (here, factories.make_lead(trust.organisation))):  # fmt: skip
        client.force_login(user)
        assert getattr(client, method)(address(page, each.pk)).status_code == 404
    assert AccessLog.objects.count() == 0


@pytest.mark.parametrize("rows", [1, 30])
def test_the_page_takes_the_same_queries_for_any_number(as_lead, trust, django_assert_num_queries, rows):
    for _ in range(rows):
        meet(need(trust.partner), trust.lead)
    where = address("needs_detail", trust.partner.pk)
    as_lead.get(where)
    with django_assert_num_queries(13):
        assert as_lead.get(where).status_code == 200


# --- writing down ---------------------------------------------------------------------------------
def test_a_partner_writes_down_large_print_in_three_questions(as_partner, trust):
    first = address("need_kind_choose", trust.partner.pk)
    assert "What do you need?" in text_of(as_partner.get(first))
    second = address("need_create", trust.partner.pk, "large_print")
    assert as_partner.post(first, {"kind": "large_print"})["Location"] == second
    assert 'value="18"' in text_of(as_partner.get(second))
    third = as_partner.post(second, {"point_size": "20", "detail": ""})["Location"]
    written = AccessNeed.objects.get()
    assert third == address("sharing_edit", written.pk)
    assert "Large print, 20 point" in text_of(as_partner.get(third))
    done = as_partner.post(third, {"sharing": "arrangers"})

    assert done["Location"] == address("needs_detail", trust.partner.pk)
    written.refresh_from_db()
    assert (written.kind, written.point_size, written.sharing) == ("large_print", 20, Sharing.ARRANGERS)


@pytest.mark.parametrize(
    ("kind", "answers", "errors"),
    [
        ("large_print", {"point_size": "", "detail": ""}, {"point_size": ["Enter the size of the print"]}),
        ("large_print", {"point_size": "12", "detail": ""}, {"point_size": ["Enter a size from 14 to 72"]}),
        ("large_print", {"point_size": "big"}, {"point_size": ["The size must be a whole number, like 18"]}),
        ("language", {"detail": ""}, {"detail": ["Enter what is needed"]}),
        ("bsl", {"detail": "x" * 501}, {"detail": ["What is needed must be 500 characters or fewer"]}),
    ],
)
def test_what_is_missing_is_said_beside_the_field(as_partner, trust, kind, answers, errors):
    response = as_partner.post(address("need_create", trust.partner.pk, kind), answers)
    assert response.context["form"].errors == errors
    assert not AccessNeed.objects.exists()


def test_a_kind_has_to_be_chosen_and_there_are_no_others(as_partner, trust):
    response = as_partner.post(address("need_kind_choose", trust.partner.pk), {})
    assert response.context["form"].errors == {"kind": ["Select what is needed"]}
    assert as_partner.get(address("need_create", trust.partner.pk, "chair")).status_code == 404


@pytest.mark.parametrize("kind", list(NeedKind))
def test_each_kind_has_its_page(as_partner, trust, kind):
    page = text_of(as_partner.get(address("need_create", trust.partner.pk, kind)))
    assert f"<h1>{kind.label}</h1>" in page


def test_what_was_mentioned_is_taken_along_and_completed(as_partner, trust):
    said = mention(trust.partner)
    page = text_of(as_partner.get(address("needs_detail", trust.partner.pk)))
    assert SECRET in page
    assert as_partner.get(address("need_edit", said.pk))["Location"].endswith(f"/create/?mentioned={said.pk}")
    first = f"{address('need_kind_choose', trust.partner.pk)}?mentioned={said.pk}"
    assert first in page
    second = as_partner.post(first, {"kind": "environment"})["Location"]
    assert second == f"{address('need_create', trust.partner.pk, 'environment')}?mentioned={said.pk}"
    assert as_partner.get(second).context["form"].initial == {"detail": SECRET}
    as_partner.post(second, {"detail": SECRET})

    assert AccessNeed.objects.get().status == "recorded"
    # From two tabs: the second time it is written down already.
    assert "This has been written down already." in text_of(as_partner.post(second, {"detail": SECRET}))
    assert AccessNeed.objects.count() == 1


@pytest.mark.parametrize("key", ["nonsense", "3f2f4a34-5c0e-4f8a-9a53-1f3f0c7a0f0e"])
def test_what_was_never_mentioned_is_not_found(as_partner, trust, key):
    assert as_partner.get(f"{address('need_kind_choose', trust.partner.pk)}?mentioned={key}").status_code == 404


def test_what_somebody_else_mentioned_is_not_found(as_partner, trust):
    said = mention(trust.stranger)
    assert as_partner.get(f"{address('need_kind_choose', trust.partner.pk)}?mentioned={said.pk}").status_code == 404


def test_a_lead_writes_down_and_the_partner_confirms(client, trust):
    client.force_login(trust.lead)
    assert "What does Pat Example need?" in text_of(client.get(address("need_kind_choose", trust.partner.pk)))
    said = client.post(address("need_create", trust.partner.pk, "support"), {"detail": "Her sister comes along"})
    assert said["Location"] == address("needs_detail", trust.partner.pk)
    written = AccessNeed.objects.get()
    assert "The partner has not said yet whether this is right." in text_of(client.get(said["Location"]))
    assert client.get(address("need_confirm", written.pk)).status_code == 403
    assert client.post(address("sharing_edit", written.pk), {"sharing": "arrangers"}).status_code == 403

    client.force_login(trust.partner.user)
    where = address("need_confirm", written.pk)
    assert where in text_of(client.get(address("needs_detail", trust.partner.pk)))
    assert "Her sister comes along" in text_of(client.get(where))
    assert "Say first whether what was written down is right." in text_of(
        client.post(address("sharing_edit", written.pk), {"sharing": "arrangers"})
    )
    assert client.post(where, {}).context["form"].errors == {"is_right": ["Select yes if it is right"]}
    assert client.post(where, {"is_right": "no"})["Location"] == address("need_edit", written.pk)
    assert client.post(where, {"is_right": "yes"})["Location"] == address("sharing_edit", written.pk)
    written.refresh_from_db()
    assert written.confirmed_at is not None


def test_changing_a_need(as_lead, trust):
    written = need(trust.partner, NeedKind.LARGE_PRINT, "Bold", point_size=18)
    where = address("need_edit", written.pk)
    page = text_of(as_lead.get(where))
    assert 'value="18"' in page
    assert "Until they have said so, nobody else is shown it." in page
    assert as_lead.post(where, {"point_size": "24"})["Location"] == address("needs_detail", trust.partner.pk)
    written.refresh_from_db()
    assert (written.point_size, written.detail, written.confirmed_at) == (24, "", None)


def test_ending_a_need(as_partner, trust):
    written = need(trust.partner)
    where = address("need_end", written.pk)
    assert SECRET in text_of(as_partner.get(where))
    assert as_partner.post(where)["Location"] == address("needs_detail", trust.partner.pk)
    assert as_partner.post(where).status_code == 404


@pytest.mark.parametrize("page", ["need_edit", "need_end", "met_record"])
def test_a_page_of_one_need_is_a_reading_too(as_lead, trust, page):
    written = need(trust.partner)
    as_lead.get(address(page, written.pk))
    assert list(AccessLog.objects.values_list("subject_id", "actor_name")) == [(str(trust.partner.pk), trust.lead.name)]


# --- meet and review ------------------------------------------------------------------------------
def test_a_requester_says_whether_it_was_in_place(client, trust, requester):
    written = shared(trust.partner)
    client.force_login(requester)
    where = address("met_record", written.pk)
    answers = {"occasion": "Safety committee", **date_boxes("on", TODAY), "was_met": "no", "how": ""}
    assert client.post(where, answers).context["form"].errors == {"how": ["Enter why it was not in place"]}
    assert client.post(where, answers | {"how": "No loop in the room"}).status_code == 302

    met = NeedMet.objects.get()
    assert (met.was_met, met.recorded_by) == (False, requester)
    client.force_login(trust.partner.user)
    page = text_of(client.get(address("needs_detail", trust.partner.pk)))
    assert "<strong>Not in place</strong>" in page
    assert "No loop in the room" in page
    for each in ("need_edit", "need_end"):
        client.force_login(requester)
        assert client.post(address(each, written.pk)).status_code == 403


def test_an_entry_about_a_day_to_come_is_refused(as_lead, trust):
    answers = {"occasion": "x", **date_boxes("on", TODAY + timedelta(days=1)), "was_met": "yes"}
    response = as_lead.post(address("met_record", need(trust.partner).pk), answers)
    assert response.context["form"].errors == {"on": ["The day must be today or in the past"]}


def test_going_through_what_is_needed(as_partner, trust):
    where = address("needs_review", trust.partner.pk)
    assert "Nothing is written down that could be gone through." in text_of(as_partner.get(where))
    assert "Nothing is written down" in text_of(as_partner.post(where))
    written = need(trust.partner)
    assert SECRET in text_of(as_partner.get(where))
    assert as_partner.post(where)["Location"] == address("needs_detail", trust.partner.pk)
    written.refresh_from_db()
    assert written.reviewed_by == trust.partner.user
    assert written.review_due_on > TODAY + timedelta(days=360)


# --- the lead's list --------------------------------------------------------------------------------
def test_the_list_says_whose_and_by_when_and_nothing_of_what(as_lead, trust):
    # Written in 2025, so it was to be gone through in April 2026.
    need(trust.partner)
    mention(trust.partner)
    need(trust.stranger)
    page = text_of(as_lead.get(address("review_list")))

    assert "Pat Example" in page
    assert "1 April 2026 (late)" in page
    assert SECRET not in page
    assert trust.stranger.user.name not in page
    assert AccessLog.objects.count() == 0


def test_the_list_as_a_file_tells_no_need_and_is_noted(as_lead, trust):
    need(trust.partner)
    need(trust.stranger)
    response = as_lead.get(address("review_list"), {"export": "csv"})
    lines = response.content.decode("utf-8-sig").splitlines()

    assert lines == ['Partner,"Mentioned, not yet written down",Go through by', "Pat Example,0,2026-04-01"]
    assert list(AccessLog.objects.values_list("what", "subject_id", "actor_name")) == [
        ("partners.access_reviews.export", str(trust.partner.pk), trust.lead.name)
    ]
    assert as_lead.get(address("review_list"), {"export": "xlsx"}).content[:2] == b"PK"


def test_the_partner_sees_that_a_list_was_taken(client, as_lead, trust):
    need(trust.partner)
    as_lead.get(address("review_list"), {"export": "csv"})
    client.force_login(trust.partner.user)
    page = text_of(client.get(address("needs_detail", trust.partner.pk)))
    assert "only that there is something to go through, in a list" in page


def test_an_empty_list_says_so(as_lead, trust):
    assert "There is nothing to write down" in text_of(as_lead.get(address("review_list")))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_takes_the_same_queries_for_any_number(as_lead, trust, django_assert_num_queries, rows):
    mention(trust.partner)
    for _ in range(rows - 1):
        mention(factories.make_partner(trust.organisation, lead=trust.lead))
    as_lead.get(address("review_list"))
    with django_assert_num_queries(7):
        response = as_lead.get(address("review_list"))
    assert len(response.context["partners"]) == min(rows, 25)


def test_a_lead_sets_how_often_needs_are_gone_through(as_lead, trust):
    where = address("settings_edit")
    page = text_of(as_lead.get(where))
    assert 'value="12"' in page
    assert "your trust must confirm it" in page
    assert as_lead.post(where, {"review_months": "6"})["Location"] == address("review_list")
    assert AccessSettings.objects.get().review_months == 6
    assert as_lead.post(where, {"review_months": "99"}).context["form"].errors == {
        "review_months": ["Months must be from 1 to 36"]
    }


# --- the audit trail ---------------------------------------------------------------------------------
def test_the_audit_trail_shows_of_needs_only_those_that_are_shared_and_never_what(client, trust):
    auditor = factories.make_member(Role.AUDITOR, trust.organisation)
    need(trust.partner, NeedKind.BSL, "")
    client.force_login(trust.lead)
    client.get(address("needs_detail", trust.partner.pk))

    def trail():
        client.force_login(auditor)
        return text_of(client.get(reverse("audit:event_list")))

    page = trail()
    assert "Pat Example added an access need" not in page
    assert "read the access needs" not in page
    written = shared(trust.partner, kind=NeedKind.BRAILLE, detail="")
    meet(written, trust.lead)
    client.force_login(trust.lead)
    client.get(address("needs_detail", trust.partner.pk))
    page = trail()
    assert "Pat Example added an access need" not in page
    assert "Pat Example changed an access need" in page
    assert f"{trust.lead.name} added whether an access need was met on 1 April 2025" in page
    assert f"{trust.lead.name} read the access needs of Pat Example" in page
    assert "braille" not in page.lower()
    assert "british sign language" not in page.lower()
