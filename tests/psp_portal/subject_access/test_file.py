"""The file holds every row about a person, none of anybody else's, and no other person's name."""

import json
import re
from datetime import date, timedelta
from html.parser import HTMLParser
from uuid import uuid4
from zipfile import ZipFile

import pytest
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.usersessions.models import UserSession
from django.apps import apps
from django.db import transaction
from django.utils import timezone

from committees.models import Assignment
from expenses.models import BankCall, BankDetails, Claim, PayerDispute
from partners.models import Partner, UsualJourney
from partners.models.access import AccessNeed, NeedMet
from partners.models.capacity import Profile
from partners.models.leaving import Pause, SuccessionPlan, TermChange
from partners.models.questions import Question, QuestionStep
from partners.models.recruitment import Application, Offer, Score
from partners.models.support import NoFollowUp
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Absence, PostHolding, ShutOut, User
from psp_portal.documents.models import Document
from psp_portal.notifications.models import Message
from psp_portal.people.models import JoinedRecord
from psp_portal.retention.models import PlannedRow, RetentionRun
from psp_portal.subject_access import queries, services
from psp_portal.subject_access.file import gather
from psp_portal.subject_access.file.words import UNREADABLE
from psp_portal.subject_access.registry import ABOUT, Subject
from tests import factories
from tests.access_matrix import build_world

pytestmark = pytest.mark.django_db

SECRET = "spignel-by-somebody-else"


def make_file(person, *, request=None, by=None, at=None):
    """Return (data, page, names) of the file that somebody has of themselves, or another of a request."""
    at = at or timezone.now()
    request = request or services.ask_for_own(by=person, at=at)
    _, packed = services.collect_file(request_id=request.pk, by=by or person, at=at)
    with packed, ZipFile(packed) as archive:
        assert archive.testzip() is None
        data, page = archive.read("data.json").decode(), archive.read("index.html").decode()
        return data, page, archive.namelist()


def add_what_is_missing(world, person) -> None:
    """Give somebody a row in every model that the world has none of theirs in."""
    now, today, lead = timezone.now(), timezone.localdate(), world.people["programme_lead"]
    partner = Partner.objects.get(user=person)
    # Whatever stands under an e-mail address is theirs once the address is.
    addresses = set()
    for about in ABOUT.values():
        for path in [about.email] if isinstance(about.email, str) else about.email:
            if about.model not in ("notifications.Message", "expenses.Helper"):
                addresses |= set(about.table._base_manager.values_list(path, flat=True))
    for about in ABOUT.values():
        if about.lists:
            for rows in about.table._base_manager.values_list("rows", flat=True):
                addresses |= set(re.findall(r"[\w.+-]+@[\w.-]+\w", json.dumps(rows)))
    taken = {email.lower() for email in EmailAddress.objects.values_list("email", flat=True)}
    for email in sorted({each.lower() for each in addresses if each} - taken):
        EmailAddress.objects.create(user=person, email=email, verified=True)
    EmailConfirmation.objects.create(email_address=EmailAddress.objects.filter(user=person).first(), sent=now, key="k")
    UserSession.objects.create(
        user=person, ip="192.0.2.7", session_key="s" * 32, user_agent="Browser", last_seen_at=now
    )
    with factories.acting():
        if not UsualJourney.objects.filter(partner=partner).exists():
            UsualJourney.objects.create(
                partner=partner, from_place="Home", to_place="Willow House", miles=3, vehicle="car"
            )
        Profile.objects.get_or_create(partner=partner, defaults={"skills": "Listening"})
        NoFollowUp.objects.get_or_create(user=person)
        need = AccessNeed.objects.filter(partner=partner).first()
        NeedMet.objects.create(
            need=need, occasion="A meeting", on=today, was_met=True, recorded_by=person, recorded_at=now
        )
        assignment = Assignment.objects.filter(partner=partner).first()
        meeting = factories.make_meeting(assignment.committee, by=lead, starts_at=factories.START + timedelta(days=15))
        factories.make_attendance(assignment, meeting)
        run = RetentionRun.objects.get(organisation=world.trust)
        PlannedRow.objects.create(run=run, kind="message", row_id=uuid4(), person=person, began_on=date(2024, 1, 6))
        details = BankDetails.objects.filter(user=person).first()
        BankCall.objects.create(
            details=details, person=person, called_by=world.people["finance"], organisation=world.trust,
            called_at=now, number_ending="0001", number_given_at=now - timedelta(days=9), outcome="confirmed",
        )  # fmt: skip
        PayerDispute.objects.create(
            claim=Claim.objects.filter(claimant=person).first(), payer=world.trust, raised_by=lead, raised_at=now,
            reason="Another trust asked for it", named=world.people["approver"], arbiter=world.people["executive"],
            arbiter_since=now, reply_due_on=today,
        )  # fmt: skip
        JoinedRecord.objects.create(
            kept=person, gone=factories.make_user(), reason="Twice", moved={}, joined_by=lead, joined_at=now
        )
        TOTP.activate(person, generate_totp_secret())
        PostHolding.objects.create(
            organisation=world.trust, post="finance_lead", user=person, starts_on=today, ends_on=today
        )
        for score_of in Application.objects.filter(vacancy__criteria__isnull=False)[:1]:
            Score.objects.create(
                application=score_of, criterion=score_of.vacancy.criteria.first(), scorer=lead, points=2, given_at=now,
                note="Warm",
            )  # fmt: skip
        Absence.objects.create(
            organisation=world.trust, user=person, starts_on=today, ends_on=today, recorded_by=lead, recorded_at=now
        )
        application = Application.objects.filter(offer__isnull=True).first()
        if not Offer.objects.exists():
            Offer.objects.create(
                application=application, role_category=3, is_paid=True, starts_on=today,
                term_ends_on=today + timedelta(days=700), lead=lead, offered_by=lead, offered_at=now,
            )  # fmt: skip
        ShutOut.objects.create(
            user=person, organisation=world.trust, reason="Said so", turn_to="The lead", asked_by=lead, asked_at=now
        )
        QuestionStep.objects.create(
            question=Question.objects.filter(asker=person).first(), round=1, number=1, kind="owner", due_on=today,
            written_at=now, told=world.people["finance"],
        )  # fmt: skip
        Pause.objects.create(partner=partner, starts_on=today, reason="work", asked_by=lead, asked_at=now)
        TermChange.objects.create(
            partner=partner, ended_on=today, ends_on=date(2028, 3, 31), reason="Longer", changed_by=lead, changed_at=now
        )
        SuccessionPlan.objects.create(partner=partner, term_ends_on=today, opened_at=now, decide_by=today)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        world = build_world()
        add_what_is_missing(world, world.people["partner"])
        yield world
        transaction.set_rollback(True)


@pytest.fixture
def partner(world):
    return world.people["partner"]


def keys_in(data: str) -> dict[str, set[str]]:
    """Return the keys of the rows in a file, by model."""
    return {
        part["kind"]: {record["row"]["value"] for record in part["records"]}
        for part in json.loads(data)["parts"]
        if "row" in part["records"][0]
    }


def test_every_registered_model_has_its_rows_in_the_file(partner):
    data, page, names = make_file(partner)
    found = keys_in(data)
    assert ABOUT.keys() - found.keys() == set()
    for label, about in ABOUT.items():
        rows = (
            about.table._base_manager.filter(**{f"{about.people[0]}": partner.pk})
            if about.people
            else about.table._base_manager.none()
        )
        assert {str(pk) for pk in rows.values_list("pk", flat=True)} <= found[label], label
    assert {"data.json", "index.html"} < set(names)
    assert json.loads(data)["files"] == [name for name in names if name.startswith("files/")]


def test_what_is_whose_alone_and_what_is_encrypted_is_readable(partner):
    data, page, _ = make_file(partner)
    for words in ("quillwort-note", "quillwort-plan", "quillwort-kept", "quillwort-answer", "66374958", "641.93"):
        assert words in data
        assert words in page
    # What the other side wrote for themselves, and its answers before both have sent theirs.
    for model, theirs in (
        ("partners.PrivateNote", {"writer": partner}),
        ("partners.ReviewAnswer", {"side": "partner"}),
    ):
        others = apps.get_model(model)._base_manager.exclude(**theirs)
        assert others.exists()
        assert not {str(pk) for pk in others.values_list("pk", flat=True)} & keys_in(data)[model]


def test_nobody_elses_rows_are_in_it(world, partner):
    """Each row in the file is about the person; none of another's, whoever they are."""
    data, _, _ = make_file(partner)
    ids = {str(partner.pk), *map(str, JoinedRecord.objects.values_list("gone_id", flat=True))}
    for label, keys in keys_in(data).items():
        if label not in ABOUT or not ABOUT[label].people or ABOUT[label].email or label == "notifications.Message":
            continue
        about = ABOUT[label]
        for row in about.table._base_manager.filter(pk__in=keys).values_list(*about.people):
            assert {str(each) for each in row} & ids, label


def test_no_other_persons_name_or_address_is_in_any_byte(world, partner):
    with factories.acting():
        other = world.people["approver"]
        Claim.objects.filter(claimant=partner).first().lines.update(
            decision_reason=f"{other.name} asked {other.name.upper()}'s deputy, {other.email}, or stranger@nowhere.org"
        )
    data, page, _ = make_file(partner)
    own = {email.lower() for email in EmailAddress.objects.filter(user=partner).values_list("email", flat=True)}
    shown = (data + page).casefold()
    own_names = [partner.name, *JoinedRecord.objects.values_list("gone__name", flat=True)]
    people = User.objects.exclude(name__in=own_names)
    names = {user.name for user in people if user.email.lower() not in own}
    assert len(names) > 10
    assert [name for name in names if re.search(rf"\b{re.escape(name.casefold())}\b", shown)] == []
    assert [user.email for user in people if user.email.casefold() in shown and user.email.lower() not in own] == []
    assert "stranger@nowhere.org" not in shown
    assert "person a" in shown
    assert partner.name in page


def test_same_person_has_the_same_letter_everywhere(world, partner):
    data = json.loads(make_file(partner)[0])
    by_kind = {part["kind"]: part["records"] for part in data["parts"]}
    lead = by_kind["partners.Partner"][0]["lead"]["words"]
    assert lead.startswith("Person ")
    assert lead.endswith("(programme lead)")
    assert by_kind["partners.TelephoneNumber"][0]["given_by"]["words"] == lead
    assert any(record["what"]["words"].startswith(lead) for record in by_kind["changes"])


def test_audit_tells_who_changed_and_who_read(world, partner):
    lead = world.people["programme_lead"]
    request = services.record_request(
        organisation_id=world.trust.pk, person_id=partner.pk, email="", name="",
        received_on=timezone.localdate(), by=lead, at=timezone.now(),
    )  # fmt: skip
    services.confirm_identity(request_id=request.pk, how="Passport seen", by=lead, at=timezone.now())
    make_file(partner, request=request, by=lead)
    by_kind = {part["kind"]: part["records"] for part in json.loads(make_file(partner)[0])["parts"]}
    letter = by_kind["partners.Partner"][0]["lead"]["words"]
    assert any(record["who"]["words"] == letter for record in by_kind["readings"])
    assert any(record["doing"]["words"] == "Claim: submit" for record in by_kind["changes"])
    assert "read" in by_kind
    # What was changed in somebody's own records is told there; what they changed of others', in a part of its own.
    assert "did" not in by_kind
    did = {part["kind"]: part["records"] for part in json.loads(make_file(lead)[0])["parts"]}["did"]
    assert any(record["what"]["words"] == "You added: Partner" for record in did)


# --- staff ------------------------------------------------------------------------------------
@pytest.fixture
def staff_file(world, partner):
    """Return the file that the lead has of the partner, who has private things and another trust."""
    lead = world.people["programme_lead"]
    elsewhere = factories.make_organisation("Thornbeck Trust")
    appointment = factories.make_partner(elsewhere, user=partner, lead=factories.make_lead(elsewhere))
    with factories.acting():
        UsualJourney.objects.create(partner=appointment, from_place=SECRET, to_place="x", miles=3, vehicle="car")
    request = services.record_request(
        organisation_id=world.trust.pk, person_id=partner.pk, email="", name="",
        received_on=timezone.localdate(), by=lead, at=timezone.now(),
    )  # fmt: skip
    services.confirm_identity(request_id=request.pk, how="Passport seen", by=lead, at=timezone.now())
    return make_file(partner, request=request, by=lead)


def test_staff_get_what_their_organisation_holds_and_nothing_else(partner, staff_file):
    data, page, _ = staff_file
    assert SECRET not in data + page
    assert "Thornbeck" not in data + page
    assert {"partners.Partner", "expenses.Claim", "partners.TrainingRecord", "accounts.User"} <= keys_in(data).keys()
    assert SECRET in make_file(partner)[0]


def test_staff_do_not_get_what_is_the_persons_alone(staff_file):
    data, page, _ = staff_file
    for words in ("quillwort", "tormentil", "66374958", "641.93", "Large print", "192.0.2.7"):
        assert words not in data + page
    private = {label for label, about in ABOUT.items() if not about.organisations}
    kinds = {part["kind"] for part in json.loads(data)["parts"]}
    assert private & kinds == set()
    assert not {"did", "read"} & kinds
    assert "They can have it by signing in" in page or "they can have it by signing in" in page


def test_applicant_without_an_account_gets_their_application_alone(world):
    lead = world.people["programme_lead"]
    other = factories.make_user(email="nobody.at.all@example.org")
    EmailAddress.objects.filter(user=world.people["partner"]).exclude(email=world.people["partner"].email).delete()
    application = Application.objects.filter(vacancy__organisation=world.trust).exclude(email="").first()
    request = services.record_request(
        organisation_id=world.trust.pk, person_id=None, email=application.email.upper(), name="An Applicant",
        received_on=timezone.localdate(), by=lead, at=timezone.now(),
    )  # fmt: skip
    services.confirm_identity(request_id=request.pk, how="Passport seen", by=lead, at=timezone.now())
    data, page, _ = make_file(None, request=request, by=lead)
    found = keys_in(data)
    assert str(application.pk) in found["partners.Application"]
    emails = Application.objects.filter(pk__in=found["partners.Application"]).values_list("email", flat=True)
    assert {email.lower() for email in emails} == {application.email.lower()}
    assert "partners.Partner" not in found
    assert other.email not in data


def test_address_that_is_not_proven_leads_nowhere(world):
    """Whoever writes somebody else's address into their account does not get what stands under it."""
    thief = factories.make_user()
    application = Application.objects.filter(vacancy__organisation=world.trust).exclude(email="").first()
    EmailAddress.objects.filter(email__iexact=application.email).delete()
    EmailAddress.objects.create(user=thief, email=application.email, verified=False)
    data, _, _ = make_file(thief)
    assert "partners.Application" not in keys_in(data)
    assert application.email not in data


def test_what_was_an_account_joined_into_theirs_is_theirs(world, partner):
    gone = JoinedRecord.objects.get(kept=partner).gone
    assert gone.pk in queries.subject_of(services.ask_for_own(by=partner, at=timezone.now()), reader=partner).user_ids


def test_letters_about_an_application_are_theirs_wherever_they_went(world):
    """Somebody applied under another address than that of their account, and was appointed."""
    appointed = factories.make_partner(world.trust, lead=world.people["programme_lead"])
    application = Application.objects.filter(status="offered").first()
    letter = Message.objects.filter(
        dedupe_key__startswith=f"recruitment.application:{application.pk}:", recipient=None
    ).first()
    with factories.acting():
        Application.objects.filter(pk=application.pk).update(status="appointed", partner=appointed)
        Message.objects.filter(pk=letter.pk).update(address="elsewhere@example.org")
    EmailAddress.objects.filter(user=world.people["partner"]).exclude(email=world.people["partner"].email).delete()
    found = keys_in(make_file(appointed.user)[0])
    assert str(application.pk) in found["partners.Application"]
    assert str(letter.pk) in found["notifications.Message"]


def test_what_cannot_be_opened_or_found_any_more_does_not_stop_the_file(partner):
    with factories.acting():
        BankDetails.objects.filter(user=partner).update(account_number="no key opens this")
    document = Document.objects.filter(receipt__claim__claimant=partner).first()
    document.file.storage.delete(document.file.name)
    data, page, names = make_file(partner)
    assert UNREADABLE in page
    assert f"files/{str(document.pk)[:8].upper()}.jpg" not in names


def test_forgotten_people_stay_forgotten(world, partner):
    """Whoever was disposed of is a letter, and the neutral name that they have now is no name to look for."""
    lead = world.people["programme_lead"]
    with factories.acting():
        User.objects.filter(pk=lead.pk).update(name="Former member of staff 1", email="former-1@removed.invalid")
    data = json.loads(make_file(partner)[0])
    assert next(part for part in data["parts"] if part["kind"] == "partners.Partner")["records"][0]["lead"][
        "words"
    ].startswith("Person ")


# --- the page ---------------------------------------------------------------------------------
class Page(HTMLParser):
    """Collects what a reader's program must find: headings, captions, header cells, and addresses."""

    VOID = {"meta", "br", "link", "img"}

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.tables = self.captions = 0
        self.addresses: list[str] = []
        self.scopes: set[str | None] = set()
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in self.VOID:
            self.open.append(tag)
        if tag in ("h1", "h2", "h3"):
            self.headings.append(tag)
        self.tables += tag == "table"
        self.captions += tag == "caption"
        if tag == "th":
            self.scopes.add(given.get("scope"))
        self.addresses += [given[name] for name in ("href", "src") if name in given]
        assert tag not in ("script", "img", "iframe", "link")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_page_is_whole_and_loads_nothing(partner):
    with factories.acting():
        Claim.objects.filter(claimant=partner).first().lines.update(description="<script>alert(1)</script>")
    data, text, names = make_file(partner)
    page = Page(text)
    assert page.open == []
    assert page.headings[0] == "h1"
    assert page.headings.count("h1") == 1
    assert page.tables == page.captions > 20
    assert page.scopes == {"row", "col"}
    assert set(page.addresses) <= set(names)
    assert "&lt;script&gt;" in text
    assert '<html lang="en-GB">' in text
    assert "<title>" in text


def test_format_is_as_documented(partner):
    data = json.loads(make_file(partner)[0])
    assert (data["format"], data["version"]) == ("psp-subject-access", 1)
    assert data.keys() == {"format", "version", "person", "made_at", "scope", "notes", "parts", "files"}
    for part in data["parts"]:
        assert part.keys() == {"section", "kind", "title", "records"}
        for record in part["records"][:3]:
            assert all(value.keys() == {"label", "value", "words"} for value in record.values())


def test_somebody_with_nothing_has_a_file_too():
    person = factories.make_user()
    data, page, _ = make_file(person)
    assert {part["kind"] for part in json.loads(data)["parts"]} >= {"accounts.User", "subject_access.SubjectRequest"}
    Page(page)


def test_gathering_asks_no_more_for_more_rows(world, partner, django_assert_num_queries):
    """The same number of queries for a person with few rows and with many, but for the batches."""

    def count(person):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        subject = Subject((person.pk,), (person.email,), None)
        with CaptureQueriesContext(connection) as caught:
            for part in gather(subject, name=person.name).parts():
                list(part.records)
        return len(caught)

    few = factories.make_member(Role.PARTNER, world.trust)
    assert count(partner) <= count(few) + 1
