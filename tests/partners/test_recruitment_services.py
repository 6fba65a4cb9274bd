"""What applicants, staff and the clock do about vacancies and applications."""

from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from partners.enums import PartnerStatus
from partners.enums.recruitment import ApplicationMove as M
from partners.enums.recruitment import ApplicationStatus as S
from partners.enums.recruitment import ApplicationStep as Step
from partners.enums.recruitment import LetterKind, Stage, TalkMode, VacancyStatus
from partners.models.recruitment import Application, ApplicationKey, Channel, Letter, Score, TalkTime, Vacancy
from partners.queries import recruitment as queries
from partners.queries.appointments import telephone_of
from partners.services import recruitment as services
from partners.tasks import recruitment as tasks
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, User
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners import recruitment_samples as samples
from tests.partners.recruitment_samples import AT

pytestmark = pytest.mark.django_db
APPLICANT = services.APPLICANT


@pytest.fixture
def vacancy() -> Vacancy:
    return samples.make_vacancy()


@pytest.fixture
def lead(vacancy) -> User:
    return samples.lead_of(vacancy)


@pytest.fixture
def stages(monkeypatch) -> list[str]:
    """What is noted for equality monitoring, in order."""
    noted: list[str] = []
    for module in ("applications", "moving"):
        monkeypatch.setattr(
            f"partners.services.recruitment.{module}.note_stage", lambda **about: noted.append(about["stage"])
        )
    return noted


def fresh(application: Application) -> Application:
    return Application.objects.get(pk=application.pk)


def staff_letters(what: str) -> list[tuple[str, str]]:
    found = Message.objects.filter(kind=f"recruitment.staff.{what}").order_by("recipient__name")
    return list(found.values_list("recipient__email", "subject"))


# --- vacancies --------------------------------------------------------------------------------
def test_a_vacancy_begins_as_a_draft_without_spaces_around_its_words():
    vacancy = samples.make_vacancy(is_open=False, title="  Partner ")
    assert (vacancy.status, vacancy.title, vacancy.hides_names) == (VacancyStatus.DRAFT, "Partner", True)
    assert [each.position for each in queries.criteria_of(vacancy)] == [1, 2]


def test_an_address_is_one_in_the_whole_portal(vacancy, lead):
    other = samples.make_vacancy(is_open=False)
    about = {name: getattr(other, name) for name in (
        "title", "purpose", "tasks", "time_asked", "is_paid", "contact", "opens_on", "closes_on", "hides_names"
    )}  # fmt: skip
    with pytest.raises(RuleBroken, match=r"^This address is taken\. Choose another$"):
        services.change_vacancy(vacancy_id=other.pk, slug=vacancy.slug, by=samples.lead_of(other), at=AT, **about)
    changed = services.change_vacancy(
        vacancy_id=other.pk, slug="new-address", by=samples.lead_of(other), at=AT, **(about | {"title": " New "})
    )
    assert (changed.slug, changed.title) == ("new-address", "New")
    about["slug"] = "another"
    with pytest.raises(RuleBroken, match=r"^The address cannot be changed any more: people may have it on paper$"):
        services.change_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT, **about)


def test_a_vacancy_opens_and_closes(vacancy, lead):
    assert vacancy.status == VacancyStatus.OPEN
    assert services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT).status == VacancyStatus.CLOSED
    with pytest.raises(RuleBroken, match=r"^This vacancy is not open\.$"):
        services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT)
    assert services.open_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT).status == VacancyStatus.OPEN


@pytest.mark.parametrize(
    ("code", "label", "message"),
    [("GP", "Poster", "Another channel of this role has this code"),
     ("web", "local RADIO", "This role has this channel already")],
)  # fmt: skip
def test_a_channel_is_there_once(vacancy, lead, code, label, message):
    with pytest.raises(RuleBroken, match=f"^{message}$"):
        services.add_channel(vacancy_id=vacancy.pk, code=code, label=label, by=lead, at=AT)


def test_criteria_can_be_removed_until_somebody_is_scored(vacancy, lead):
    first, second = queries.criteria_of(vacancy)
    services.remove_criterion(criterion_id=second.pk, by=lead, at=AT)
    application = samples.make_sent(vacancy)
    services.score_application(application_id=application.pk, points={first.pk: (3, "")}, by=lead, at=AT)
    with pytest.raises(RuleBroken):
        services.remove_criterion(criterion_id=first.pk, by=lead, at=AT)
    with pytest.raises(RuleBroken):
        services.add_criterion(vacancy_id=vacancy.pk, words="More", is_essential=False, by=lead, at=AT)


def test_settings_and_letters_are_the_organisations_own(vacancy, lead):
    own = {"answer_working_days": 5, "unsent_days": 30, "remind_days_before": 3, "keep_months": 6}
    services.change_settings(organisation_id=vacancy.organisation_id, by=lead, at=AT, **own)
    services.change_letter(
        organisation_id=vacancy.organisation_id, kind=LetterKind.OFFER, words=" Hello ", by=lead, at=AT
    )
    other = factories.make_organisation()
    assert queries.settings_of(vacancy.organisation_id).answer_working_days == 5
    assert queries.settings_of(other.pk).answer_working_days == 10
    assert queries.letter_words(vacancy.organisation_id, LetterKind.OFFER) == "Hello"
    assert queries.letter_words(other.pk, LetterKind.OFFER).startswith("Dear {name}")
    assert queries.kinds_of_own_words(vacancy.organisation_id) == {LetterKind.OFFER}
    with pytest.raises(RuleBroken, match="^The reminder must come before the application is removed$"):
        services.change_settings(
            organisation_id=vacancy.organisation_id, by=lead, at=AT, **(own | {"remind_days_before": 30})
        )


def test_nobody_else_touches_a_vacancy_or_its_applications(vacancy):
    stranger = factories.make_lead(factories.make_organisation())
    application, time = samples.make_invited(vacancy), None
    time = samples.make_time(application)
    criterion = queries.criteria_of(vacancy)[0]
    about = {"by": stranger, "at": AT}
    refused = [
        lambda: services.open_vacancy(vacancy_id=vacancy.pk, **about),
        lambda: services.close_vacancy(vacancy_id=vacancy.pk, **about),
        lambda: services.add_channel(vacancy_id=vacancy.pk, code="xx", label="x", **about),
        lambda: services.add_criterion(vacancy_id=vacancy.pk, words="x", is_essential=True, **about),
        lambda: services.remove_criterion(criterion_id=criterion.pk, **about),
        lambda: services.change_letter(organisation_id=vacancy.organisation_id, kind="offer", words="x", **about),
        lambda: services.score_application(application_id=application.pk, points={}, **about),
        lambda: services.decide(application_id=application.pk, step=M.INTERVIEW, words="x", **about),
        lambda: samples.offer(application, stranger),
        lambda: samples.make_time(application, stranger),
        lambda: services.drop_time(time_id=time.pk, **about),
        lambda: services.change_contact(application_id=application.pk, email="a@example.org", telephone="", **about),
    ]
    for attempt in refused:
        with pytest.raises(PermissionDenied):
            attempt()


def test_nobody_handles_their_own_application(vacancy):
    lead = factories.make_lead(vacancy.organisation)
    own = samples.make_sent(vacancy, email=lead.email.upper())
    with pytest.raises(PermissionDenied):
        services.decide(application_id=own.pk, step=M.SHORTLIST, words="x", by=lead, at=AT)
    assert own not in queries.applications_visible_to(lead, today=AT.date())
    assert lead.email not in [email for email, _subject in staff_letters("came_in")]


# --- applying ---------------------------------------------------------------------------------
def test_somebody_begins_and_gets_a_link_of_which_only_the_hash_is_kept(vacancy, stages):
    application = samples.make_started(vacancy, email="Ada@Example.org", code="RADIO")
    assert (application.status, application.email, application.channel.label) == (
        S.STARTED, "ada@example.org", "Local radio"
    )  # fmt: skip
    letter = Message.objects.get(address="ada@example.org")
    assert letter.subject == "Your application: how to go on"
    token = samples.token_of(application)
    assert token not in letter.link + letter.body
    assert ApplicationKey.objects.get().key_hash != token
    assert queries.application_with(token) == application
    assert queries.application_with("x" * 64) is None
    assert stages == ["started"]


def test_an_unknown_code_is_no_channel(vacancy):
    assert samples.make_started(vacancy, code="nowhere").channel is None


def test_the_same_address_in_another_case_leads_to_the_application_that_is_there(vacancy):
    first = samples.make_started(vacancy, email="ada@example.org")
    services.start_application(
        vacancy_id=vacancy.pk, name="Somebody Else", email="ADA@example.org ", channel_code="gp", by=APPLICANT,
        at=AT + timedelta(hours=1),
    )  # fmt: skip
    assert list(Application.objects.all()) == [first]
    assert fresh(first).name == "Ada Okoro"
    assert samples.subjects_to(first) == ["Your application: how to go on", "Your application"]
    assert queries.application_with(samples.token_of(first)) == first
    assert first.keys.count() == 2


def test_the_link_to_what_was_begun_comes_after_the_role_has_closed_too(vacancy, lead):
    first = samples.make_started(vacancy, email="ada@example.org")
    services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT)
    services.start_application(
        vacancy_id=vacancy.pk, name="Ada", email="ada@example.org", channel_code="", by=APPLICANT, at=AT
    )
    assert sorted(samples.subjects_to(first)) == ["Your application", "Your application: how to go on"]
    with pytest.raises(RuleBroken, match=r"^This role is not open for applications now\.$"):
        samples.make_started(vacancy)


def test_somebody_may_apply_for_another_role_and_again_after_withdrawing(vacancy):
    first = samples.make_started(vacancy, email="ada@example.org")
    elsewhere = samples.make_started(samples.make_vacancy(), email="ada@example.org")
    services.withdraw_application(application_id=first.pk, by=APPLICANT, at=AT)
    services.start_application(
        vacancy_id=vacancy.pk, name="Ada", email="ada@example.org", channel_code="", by=APPLICANT, at=AT
    )
    assert elsewhere.pk != first.pk
    assert Application.objects.filter(vacancy=vacancy).count() == 2


def test_two_applications_for_a_role_never_have_one_reference(vacancy, monkeypatch):
    drawn = iter([1, 1, 2])
    monkeypatch.setattr("partners.services.recruitment.applications._CHANCE.getrandbits", lambda bits: next(drawn))
    assert [samples.make_started(vacancy).reference for _ in range(2)] == ["BAAAAA", "CAAAAA"]


def test_answers_are_kept_one_by_one(vacancy):
    application = samples.make_started(vacancy)
    samples.answer(application, Step.EXPERIENCE, "  I cared for my mother. ")
    radio = Channel.objects.get(code="radio")
    samples.answer(application, Step.HEARD, "", channel_id=radio.pk)
    samples.answer(application, Step.NEEDS, "A ramp", reply_format="large_print")
    samples.answer(application, Step.TELEPHONE, "01632   960123")
    application = samples.answer(application, Step.REASONS, "To help")
    assert (application.experience, application.channel, application.needs, application.reply_format) == (
        "I cared for my mother.", radio, "A ramp", "large_print"
    )  # fmt: skip
    assert application.telephone == "01632 960123"
    assert application.steps_done == ["reasons", "experience", "needs", "telephone", "heard"]


def test_a_channel_of_another_role_is_not_taken(vacancy):
    application = samples.make_started(vacancy, code="gp")
    other = samples.make_vacancy().channels.first()
    assert samples.answer(application, Step.HEARD, "At church", channel_id=other.pk).channel is None
    assert fresh(application).heard == "At church"


def test_a_telephone_number_that_nobody_could_call_is_refused(vacancy):
    application = samples.make_started(vacancy)
    with pytest.raises(RuleBroken, match="^Enter a telephone number, like") as broken:
        samples.answer(application, Step.TELEPHONE, "12")
    assert broken.value.field == "telephone"
    assert samples.answer(application, Step.TELEPHONE, " ").telephone == ""


def test_an_application_lacking_what_all_need_is_not_sent(vacancy):
    application = samples.make_started(vacancy)
    with pytest.raises(RuleBroken, match="^Before you send it, answer: why you would like to do this, what you"):
        services.send_application(application_id=application.pk, by=APPLICANT, at=AT)


def test_sent_twice_it_is_sent_once(vacancy, lead, stages):
    application = samples.make_sent(vacancy)
    again = services.send_application(application_id=application.pk, by=APPLICANT, at=AT + timedelta(days=1))
    assert (again.status, again.sent_at, again.furthest, again.next_by) == (
        S.SENT, AT, Stage.SENT, date(2025, 5, 1)
    )  # fmt: skip
    assert sorted(samples.subjects_to(application)) == ["We have your application", "Your application: how to go on"]
    assert staff_letters("came_in") == [(lead.email, "An application has come in")]
    assert stages == ["started", "sent"]


def test_what_was_begun_in_time_is_sent_after_the_role_has_closed(vacancy, lead):
    application = samples.make_started(vacancy)
    samples.answer(application, Step.REASONS, "x")
    samples.answer(application, Step.EXPERIENCE, "y")
    services.close_vacancy(vacancy_id=vacancy.pk, by=lead, at=AT)
    assert services.send_application(application_id=application.pk, by=APPLICANT, at=AT).status == S.SENT


def test_answers_stand_still_once_sent(vacancy):
    application = samples.make_sent(vacancy)
    with pytest.raises(RuleBroken, match="^This application has been sent, so its answers cannot be changed any more"):
        samples.answer(application, Step.REASONS, "Other")


# --- on the telephone -------------------------------------------------------------------------
def entered(vacancy, lead, **more):
    about = {
        "name": "Bea Lund", "email": "", "telephone": "01632 960555", "reasons": "To help", "experience": "A patient",
        "interests": "", "needs": "", "reply_format": "telephone", "channel_id": None,
    }  # fmt: skip
    return services.enter_application(vacancy_id=vacancy.pk, by=lead, at=AT, **(about | more))


def test_staff_write_down_what_somebody_says(vacancy, lead):
    application = entered(vacancy, lead, channel_id=vacancy.channels.get(code="gp").pk)
    assert (application.status, application.entered_by, application.email, application.channel.code) == (
        S.SENT, lead, "", "gp"
    )  # fmt: skip
    # Somebody without an e-mail address gets no e-mail.
    assert samples.subjects_to(application) == []
    assert entered(vacancy, lead).pk != application.pk


def test_somebody_who_cannot_be_reached_or_has_applied_is_not_written_down(vacancy, lead):
    with pytest.raises(RuleBroken, match="^Enter an email address or a telephone number, so that they can be reached$"):
        entered(vacancy, lead, telephone="")
    with pytest.raises(RuleBroken, match="^Enter a telephone number, like"):
        entered(vacancy, lead, telephone="1")
    samples.make_started(vacancy, email="bea@example.org")
    with pytest.raises(RuleBroken, match="^Somebody with this email address has an application for this role already$"):
        entered(vacancy, lead, email="BEA@example.org")


def test_contact_details_are_changed_and_old_links_stop(vacancy, lead):
    application = samples.make_invited(vacancy)
    old = samples.token_of(application)
    at = AT + timedelta(days=1)
    services.change_contact(
        application_id=application.pk, email="New@example.org", telephone="01632 960777", by=lead, at=at
    )
    assert (fresh(application).email, fresh(application).telephone) == ("new@example.org", "01632 960777")
    assert queries.application_with(old) is None
    assert queries.application_with(samples.token_of(application)) == application
    assert Message.objects.get(address="new@example.org").subject == "Your application"
    # The number alone makes no new link.
    services.change_contact(application_id=application.pk, email="new@example.org", telephone="", by=lead, at=at)
    assert application.keys.count() == 1
    services.change_contact(application_id=application.pk, email="", telephone="01632 960777", by=lead, at=at)
    assert application.keys.count() == 0


def test_contact_details_that_reach_nobody_or_another_are_refused(vacancy, lead):
    application, other = samples.make_invited(vacancy), samples.make_sent(vacancy, email="other@example.org")
    for email, message in (
        ("", "Enter an email address or a telephone number, so that they can be reached"),
        (other.email, "Somebody with this email address has an application for this role already"),
    ):
        with pytest.raises(RuleBroken, match=f"^{message}$"):
            services.change_contact(application_id=application.pk, email=email, telephone="", by=lead, at=AT)
    with pytest.raises(RuleBroken, match=r"^You can change this once shortlisting is decided\.$"):
        services.change_contact(application_id=other.pk, email="x@example.org", telephone="", by=lead, at=AT)


# --- shortlisting and deciding ----------------------------------------------------------------
def test_each_of_the_panel_scores_each_criterion(vacancy, lead):
    application, colleague = samples.make_sent(vacancy), factories.make_lead(vacancy.organisation)
    first, second = queries.criteria_of(vacancy)
    for scorer, points in ((lead, (3, 1)), (colleague, (2, 2)), (lead, (0, 1))):
        services.score_application(
            application_id=application.pk,
            points={first.pk: (points[0], " A note "), second.pk: (points[1], "")},
            by=scorer,
            at=AT,
        )
    assert Score.objects.count() == 4
    scored = queries.scores_of(application)
    assert [(each.criterion, sorted(score.points for score in each.scores)) for each in scored] == [
        (first, [0, 2]), (second, [1, 2])
    ]  # fmt: skip
    assert queries.own_scores(application, lead)[first.pk].note == "A note"
    assert queries.with_points(Application.objects.filter(pk=application.pk)).get().points == 1.25


def test_points_must_be_whole_and_in_time(vacancy, lead):
    application = samples.make_sent(vacancy)
    first, second = queries.criteria_of(vacancy)
    with pytest.raises(RuleBroken, match="^Give points for each of the criteria$"):
        services.score_application(application_id=application.pk, points={first.pk: (1, "")}, by=lead, at=AT)
    with pytest.raises(RuleBroken, match="^Points must be from 0 to 3$"):
        services.score_application(
            application_id=application.pk, points={first.pk: (1, ""), second.pk: (4, "")}, by=lead, at=AT
        )
    samples.decide(application, M.SHORTLIST)
    with pytest.raises(RuleBroken, match="^Shortlisting is decided for this application"):
        services.score_application(application_id=application.pk, points={}, by=lead, at=AT)


def test_a_decision_writes_a_letter_whose_words_are_not_in_the_email(vacancy, lead, stages):
    application = samples.make_sent(vacancy)
    services.decide(
        application_id=application.pk, step=M.SHORTLIST, words="Dear {name}, {role}, {organisation}", by=lead, at=AT
    )
    letter = Letter.objects.get()
    assert (letter.kind, letter.sent_by, letter.words) == (
        LetterKind.SHORTLIST, lead, f"Dear Ada Okoro, Patient Safety Partner, {vacancy.organisation.name}"
    )  # fmt: skip
    news = Message.objects.get(subject="There is news about your application")
    assert "shortlist" not in news.body.lower()
    assert fresh(application).status == S.SHORTLISTED
    assert stages == ["started", "sent", "shortlisted"]


def test_what_is_decided_cannot_be_decided_again(vacancy, lead):
    application = samples.decide(samples.make_sent(vacancy), M.NOT_THIS_TIME)
    with pytest.raises(TransitionNotAllowed, match=r"^This application has been decided: not this time\.$"):
        samples.decide(application, M.SHORTLIST)
    assert fresh(application).furthest == Stage.SENT


def test_the_database_knows_the_moves_too(vacancy):
    application = samples.make_sent(vacancy)
    for change in ({"status": S.STARTED}, {"status": S.APPOINTED}, {"erased_at": AT}, {"furthest": "nowhere"}):
        with factories.acting(), pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            Application.objects.filter(pk=application.pk).update(**change)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        application.delete()


# --- times ------------------------------------------------------------------------------------
def test_an_applicant_chooses_a_time_and_the_others_go(vacancy, lead):
    application = samples.make_invited(vacancy)
    first, second = samples.make_time(application), samples.make_time(application, mode=TalkMode.ONLINE)
    for _ in range(2):
        services.choose_time(application_id=application.pk, time_id=second.pk, by=APPLICANT, at=AT)
    assert list(queries.times_of(application)) == [second]
    assert not queries.times_open(application, at=AT).exists()
    assert staff_letters("time_chosen") == [(lead.email, "An applicant has chosen a time")]
    with pytest.raises(RuleBroken, match=r"^This time is not to be had any more\. Choose another$"):
        services.choose_time(application_id=application.pk, time_id=first.pk, by=APPLICANT, at=AT)
    with pytest.raises(RuleBroken, match=r"^The applicant has chosen a time already\.$"):
        samples.make_time(application)


def test_an_applicant_can_come_to_none(vacancy, lead):
    application = samples.make_invited(vacancy)
    samples.make_time(application)
    services.refuse_times(application_id=application.pk, note=" Mornings ", by=APPLICANT, at=AT)
    assert (fresh(application).times_note, fresh(application).times_asked_at) == ("Mornings", AT)
    assert staff_letters("times_refused") == [(lead.email, "An applicant cannot come to any of the times")]
    with pytest.raises(RuleBroken, match=r"^There is no time to answer now\.$"):
        services.refuse_times(application_id=application.pk, note="", by=APPLICANT, at=AT)
    samples.make_time(application, at=AT + timedelta(hours=1))
    assert (fresh(application).times_note, fresh(application).times_asked_at) == ("", None)


def test_times_are_offered_to_whoever_is_invited_each_once_and_to_come(vacancy, lead):
    shortlisted = samples.decide(samples.make_sent(vacancy), M.SHORTLIST)
    with pytest.raises(RuleBroken, match=r"^Invite the applicant to a chat or an interview first\.$"):
        samples.make_time(shortlisted)
    assert not queries.times_open(shortlisted, at=AT).exists()
    application = samples.make_invited(vacancy)
    time = samples.make_time(application)
    with pytest.raises(RuleBroken, match="^This time is offered already$"):
        samples.make_time(application, starts_at=time.starts_at)
    with pytest.raises(RuleBroken, match="^The time must be in the future$"):
        samples.make_time(application, starts_at=AT)
    assert not queries.times_open(application, at=time.starts_at).exists()


def test_staff_take_a_time_back(vacancy, lead):
    application = samples.make_invited(vacancy)
    time = samples.make_time(application)
    services.choose_time(application_id=application.pk, time_id=time.pk, by=APPLICANT, at=AT)
    for hours in (1, 2):
        services.drop_time(time_id=time.pk, by=lead, at=AT + timedelta(hours=hours))
    assert TalkTime.objects.get().dropped_at == AT + timedelta(hours=1)
    assert samples.subjects_to(application)[-1] == "A time to talk is no longer to be had"
    assert samples.make_time(application, at=AT + timedelta(hours=3)).dropped_at is None


def test_a_decision_takes_open_times_away(vacancy):
    application = samples.make_invited(vacancy)
    samples.make_time(application)
    samples.decide(application, M.INTERVIEW)
    assert not queries.times_of(application).exists()


# --- withdrawing ------------------------------------------------------------------------------
def test_an_applicant_withdraws_once(vacancy, lead, stages):
    application = samples.make_sent(vacancy)
    for _ in range(2):
        services.withdraw_application(application_id=application.pk, by=APPLICANT, at=AT + timedelta(hours=1))
    assert fresh(application).status == S.WITHDRAWN
    assert staff_letters("gone") == [(lead.email, "An applicant has withdrawn")]
    assert samples.subjects_to(application)[-1] == "You have withdrawn your application"
    assert stages[-1] == "withdrawn"


def test_staff_hear_nothing_of_what_they_never_had(vacancy):
    services.withdraw_application(application_id=samples.make_started(vacancy).pk, by=APPLICANT, at=AT)
    assert staff_letters("gone") == []


# --- offer and appointment --------------------------------------------------------------------
def test_the_offer_becomes_the_appointment_without_retyping(vacancy, lead, stages, monkeypatch):
    taken = {}
    monkeypatch.setattr("partners.services.recruitment.joining.take_over_needs", lambda **about: taken.update(about))
    application = samples.make_offered(vacancy)
    at = AT + timedelta(days=1)
    for _ in range(2):
        accepted = services.accept_offer(application_id=application.pk, password=None, by=APPLICANT, at=at)
    partner = accepted.partner
    assert (partner.organisation, partner.lead, partner.is_paid, partner.starts_on, partner.term_ends_on) == (
        vacancy.organisation, lead, True, date(2025, 5, 1), date(2027, 4, 30)
    )  # fmt: skip
    assert partner.status == PartnerStatus.ACTIVE
    user = partner.user
    assert (user.name, user.email, user.has_usable_password()) == ("Ada Okoro", application.email, False)
    assert user.emailaddress_set.get().verified
    assert telephone_of(partner).number == "01632 960123"
    assert taken == {"partner_id": partner.pk, "wanted": "A ground-floor room.", "by": lead, "at": at}
    assert Membership.objects.filter(user=user, role=Role.PARTNER, organisation=vacancy.organisation).count() == 1
    assert staff_letters("accepted") == [(lead.email, "An applicant has accepted the role")]
    assert stages == ["started", "sent", "interview", "offered", "appointed"]
    assert accepted.interests == "Falls and medicines."


def test_somebody_with_an_account_gets_the_role_on_it(vacancy):
    user = factories.make_user(email="ada@example.org")
    application = samples.make_offered(vacancy, email="ADA@example.org")
    services.accept_offer(application_id=application.pk, password="ignored password", by=APPLICANT, at=AT)
    assert fresh(application).partner.user == user
    assert User.objects.get(pk=user.pk).check_password(factories.PASSWORD)


def test_a_new_account_may_have_a_password(vacancy):
    application = samples.make_offered(vacancy)
    services.accept_offer(application_id=application.pk, password=factories.PASSWORD, by=APPLICANT, at=AT)
    assert fresh(application).partner.user.check_password(factories.PASSWORD)


def test_whoever_gave_no_number_and_no_needs_is_appointed_too(vacancy, lead):
    application = entered(vacancy, lead, email="bea@example.org", telephone="")
    samples.decide(application, M.INTERVIEW)
    samples.offer(application)
    accepted = services.accept_offer(application_id=application.pk, password=None, by=APPLICANT, at=AT)
    assert telephone_of(accepted.partner) is None


def test_an_offer_is_kept_when_its_lead_has_gone(vacancy, lead):
    application = samples.make_offered(vacancy)
    other = factories.make_lead(vacancy.organisation)
    leave = Membership.objects.get(user=lead, role=Role.PROGRAMME_LEAD)
    accounts.end_role(membership_id=leave.pk, ends_on=AT.date(), by=factories.TESTS, at=AT)
    later = AT + timedelta(days=2)
    accepted = services.accept_offer(application_id=application.pk, password=None, by=APPLICANT, at=later)
    assert accepted.partner.lead == other


def test_without_any_lead_nobody_is_appointed(vacancy, lead):
    application = samples.make_offered(vacancy)
    leave = Membership.objects.get(user=lead, role=Role.PROGRAMME_LEAD)
    accounts.end_role(membership_id=leave.pk, ends_on=AT.date(), by=factories.TESTS, at=AT)
    with pytest.raises(RuleBroken, match="^There is nobody at the organisation now who could look after you"):
        services.accept_offer(application_id=application.pk, password=None, by=APPLICANT, at=AT + timedelta(days=2))
    assert fresh(application).status == S.OFFERED


def test_what_is_not_offered_is_not_accepted(vacancy):
    application = samples.decide(samples.make_offered(vacancy), M.NOT_THIS_TIME)
    with pytest.raises(RuleBroken, match=r"^This role is not offered to you any more\.$"):
        services.accept_offer(application_id=application.pk, password=None, by=APPLICANT, at=AT)


def test_an_offer_needs_a_lead_of_the_place_a_term_and_an_address(vacancy, lead):
    application = samples.make_invited(vacancy)
    with pytest.raises(RuleBroken, match="^The lead must be a programme lead of this organisation$"):
        samples.offer(application, lead_id=factories.make_lead(factories.make_organisation()).pk)
    with pytest.raises(RuleBroken, match="^The term must end on or after the day it starts, 1 May 2025$"):
        samples.offer(application, term_ends_on=date(2025, 4, 30))
    with pytest.raises(TransitionNotAllowed):
        samples.offer(samples.make_sent(vacancy))
    unreachable = samples.decide(entered(vacancy, lead), M.CHAT)
    with pytest.raises(RuleBroken, match="^Add the applicant's email address first: they accept the role by a link"):
        samples.offer(unreachable)


# --- the clock --------------------------------------------------------------------------------
def test_somebody_who_has_begun_is_reminded_once_before_it_goes(vacancy):
    application = samples.make_started(vacancy)
    assert services.remind_unsent(at=AT + timedelta(days=52)) == 0
    assert services.remind_unsent(at=AT + timedelta(days=55)) == 1
    assert services.remind_unsent(at=AT + timedelta(days=56)) == 0
    assert samples.subjects_to(application)[-1] == "Your application is not sent yet"


def test_what_has_run_out_is_not_reminded_of_any_more(vacancy):
    samples.make_started(vacancy)
    assert services.remind_unsent(at=AT + timedelta(days=61)) == 0


def test_what_was_sent_at_this_very_moment_is_left_alone(vacancy, monkeypatch):
    begun, sent = samples.make_started(vacancy), samples.make_sent(vacancy)
    clock = "partners.services.recruitment.clock.lock"
    monkeypatch.setattr(clock, lambda pk: fresh(sent))
    assert services.remind_unsent(at=AT + timedelta(days=55)) == 0
    services.expire_applications(at=AT + timedelta(days=61))
    assert fresh(begun).erased_at is None
    assert fresh(sent).name == "Ada Okoro"


def test_what_was_never_sent_is_emptied_and_counts_on(vacancy, stages):
    application = samples.make_started(vacancy, code="gp")
    samples.answer(application, Step.REASONS, "Because")
    assert services.expire_applications(at=AT + timedelta(days=60)) == 0
    assert services.expire_applications(at=AT + timedelta(days=61)) == 1
    assert services.expire_applications(at=AT + timedelta(days=62)) == 0
    application = fresh(application)
    assert (application.status, application.name, application.email, application.reasons) == (S.EXPIRED, "", "", "")
    assert application.channel.code == "gp"
    assert application.keys.count() == 0
    assert Message.objects.filter(address__gt="").count() == 0
    assert stages[-1] == "expired"
    # Whoever begins again gets a new one.
    samples.make_started(vacancy, at=AT + timedelta(days=63))


def test_what_came_to_nothing_is_emptied_after_a_year(vacancy, lead):
    application = samples.make_sent(vacancy)
    first, second = queries.criteria_of(vacancy)
    services.score_application(
        application_id=application.pk, points={first.pk: (1, "x"), second.pk: (1, "")}, by=lead, at=AT
    )
    samples.decide(application, M.CHAT)
    samples.make_time(application)
    samples.decide(application, M.NOT_THIS_TIME)
    kept = samples.make_invited(vacancy)
    year = AT.replace(year=2026)
    assert services.expire_applications(at=year - timedelta(days=1)) == 0
    assert services.expire_applications(at=year, held=[vacancy.organisation_id]) == 0
    assert services.expire_applications(at=year, held=[factories.make_organisation().pk]) == 1
    application = fresh(application)
    assert (application.status, application.furthest, application.name) == (S.NOT_THIS_TIME, Stage.SHORTLISTED, "")
    assert application.erased_at is not None
    for rows in (Score, TalkTime, Letter):
        assert not rows.objects.filter(application=application).exists()
    assert fresh(kept).name == "Ada Okoro"


def test_what_was_withdrawn_goes_as_soon_as_what_it_was(vacancy):
    begun, sent = samples.make_started(vacancy), samples.make_sent(vacancy)
    for application in (begun, sent):
        services.withdraw_application(application_id=application.pk, by=APPLICANT, at=AT)
    assert services.expire_applications(at=AT + timedelta(days=61)) == 1
    assert (fresh(begun).name, fresh(sent).name) == ("", "Ada Okoro")
    assert services.expire_applications(at=AT.replace(year=2026)) == 1


def test_the_task_calls_the_service(vacancy, monkeypatch):
    called = []
    monkeypatch.setattr(services, "remind_unsent", lambda at: called.append(at))
    tasks.remind_unsent()
    assert len(called) == 1


def test_history_holds_nothing_that_an_applicant_wrote(vacancy):
    samples.make_sent(vacancy)
    event = apps.get_model("partners", "ApplicationEvent")
    names = {field.name for field in event._meta.fields}
    assert not names & {"name", "email", "telephone", "reasons", "experience", "interests", "needs", "heard"}
