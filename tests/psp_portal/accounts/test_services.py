"""What happens when roles, posts, absences and invitations change, and what is refused."""

from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import connection

from psp_portal.accounts import queries, services
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import Absence, Invitation, Membership, PostHolding, User
from psp_portal.accounts.notifications import invitation_token
from psp_portal.audit.context import SystemActor
from psp_portal.dates import LONDON
from psp_portal.exceptions import RuleBroken
from psp_portal.notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 2, 9, 0, tzinfo=LONDON)
TODAY = date(2026, 3, 2)
YESTERDAY, TOMORROW = date(2026, 3, 1), date(2026, 3, 3)


@pytest.fixture
def trust():
    return factories.make_organisation("Hillside NHS Trust", ods_code="RHS")


@pytest.fixture
def lead(trust):
    return factories.make_member(Role.PROGRAMME_LEAD, trust, user=factories.make_user("Lena Lead"))


@pytest.fixture
def approver(trust):
    return factories.make_member(Role.APPROVER, trust, user=factories.make_user("Aran Approver"))


@pytest.fixture
def stranger():
    return factories.make_member(Role.PROGRAMME_LEAD)


def action_of(row) -> tuple[str, str]:
    """Return the action and the actor of the last change of a row, from its history."""
    history = type(row).pgh_event_model.objects.filter(pgh_obj_id=row.pk).latest("pgh_id")
    return history.pgh_context.metadata["action"], history.pgh_context.metadata["actor"]


# --- organisations and accounts ------------------------------------------------------------
def test_create_organisation_refuses_a_code_twice(trust):
    with pytest.raises(RuleBroken, match="the code RHS already"):
        services.create_organisation(ods_code="RHS", name="Another", by=factories.TESTS, at=AT)


def test_only_the_portal_makes_organisations_and_accounts(lead):
    with pytest.raises(PermissionDenied):
        services.create_organisation(ods_code="RXX", name="Another", by=lead, at=AT)
    with pytest.raises(PermissionDenied):
        services.register_user(email="a@example.org", name="A", by=lead, at=AT)


def test_register_user_makes_a_verified_address_in_small_letters():
    user = services.register_user(email=" Sam@Example.ORG ", name=" Sam ", by=factories.TESTS, at=AT)
    assert (user.email, user.name, user.has_usable_password()) == ("sam@example.org", "Sam", False)
    address = EmailAddress.objects.get(user=user)
    assert (address.email, address.verified, address.primary) == ("sam@example.org", True, True)


def test_register_user_refuses_an_address_twice_whatever_its_letters():
    factories.make_user(email="sam@example.org")
    with pytest.raises(RuleBroken, match="already"):
        services.register_user(email="SAM@example.org", name="Sam", by=factories.TESTS, at=AT)


# --- roles -----------------------------------------------------------------------------------
def test_grant_role_is_in_force_and_in_the_history(trust, lead):
    user = factories.make_user()
    membership = services.grant_role(
        user_id=user.pk, organisation_id=trust.pk, role=Role.FINANCE, starts_on=TODAY, by=lead, at=AT
    )
    assert queries.has_role(user, trust.pk, [Role.FINANCE], TODAY)
    assert not queries.has_role(user, trust.pk, [Role.FINANCE], YESTERDAY)
    assert action_of(membership) == ("accounts.role.grant", str(lead.pk))


@pytest.mark.parametrize("who", ["stranger", "approver"])
def test_only_who_manages_people_there_gives_roles(trust, who, request):
    by = request.getfixturevalue(who)
    with pytest.raises(PermissionDenied):
        services.grant_role(user_id=by.pk, organisation_id=trust.pk, role=Role.FINANCE, starts_on=TODAY, by=by, at=AT)
    assert not Membership.objects.filter(role=Role.FINANCE).exists()


def test_lead_whose_role_has_ended_gives_none(trust, lead):
    services.end_role(membership_id=lead.memberships.get().pk, ends_on=YESTERDAY, by=factories.TESTS, at=AT)
    with pytest.raises(PermissionDenied):
        services.grant_role(
            user_id=lead.pk, organisation_id=trust.pk, role=Role.FINANCE, starts_on=TODAY, by=lead, at=AT
        )


def test_grant_role_refuses_a_role_that_is_held(trust, lead, approver):
    with pytest.raises(RuleBroken, match="Aran Approver has the role of approver already"):
        services.grant_role(
            user_id=approver.pk, organisation_id=trust.pk, role=Role.APPROVER, starts_on=TODAY, by=lead, at=AT
        )


def test_role_may_be_given_again_after_its_last_day(trust, lead, approver):
    services.end_role(membership_id=approver.memberships.get().pk, ends_on=TODAY, by=lead, at=AT)
    with pytest.raises(RuleBroken):
        factories.give_role(Role.APPROVER, approver, trust, starts_on=TODAY)
    factories.give_role(Role.APPROVER, approver, trust, starts_on=TOMORROW)
    assert approver.memberships.count() == 2


def test_grant_role_refuses_a_closed_account_and_a_closed_organisation(trust, lead, approver):
    services.disable_account(user_id=approver.pk, reason="Left", by=lead, at=AT)
    with pytest.raises(RuleBroken, match="account is closed"):
        factories.give_role(Role.FINANCE, approver, trust)
    trust.closed_on = TODAY
    with factories.acting():
        trust.save()
    with pytest.raises(RuleBroken, match="Hillside NHS Trust is closed"):
        factories.give_role(Role.FINANCE, factories.make_user(), trust)


def test_end_role_ends_the_posts_that_need_it_and_no_other(trust, lead):
    executive = factories.make_member(Role.EXECUTIVE, trust)
    for post in (Post.EXECUTIVE_LEAD, Post.CHIEF_EXECUTIVE):
        factories.make_post(post, trust, user=executive)
    factories.give_role(Role.FINANCE, executive, trust)
    factories.make_post(Post.FINANCE_LEAD, trust, user=executive)
    services.end_role(membership_id=executive.memberships.get(role=Role.EXECUTIVE).pk, ends_on=TODAY, by=lead, at=AT)
    assert dict(PostHolding.objects.filter(user=executive).values_list("post", "ends_on")) == {
        Post.EXECUTIVE_LEAD: TODAY, Post.CHIEF_EXECUTIVE: TODAY, Post.FINANCE_LEAD: None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ends_on", "words"),
    [(date(2026, 2, 28), "before yesterday"), (date(2025, 3, 31), "must be 1 April 2025 or later")],
)
def test_end_role_refuses_days_that_cannot_be(lead, approver, ends_on, words):
    with pytest.raises(RuleBroken, match=words):
        services.end_role(membership_id=approver.memberships.get().pk, ends_on=ends_on, by=lead, at=AT)


def test_end_role_refuses_one_that_is_over(lead, approver):
    membership = approver.memberships.get()
    services.end_role(membership_id=membership.pk, ends_on=YESTERDAY, by=lead, at=AT)
    with pytest.raises(RuleBroken, match="ended on 1 March 2026"):
        services.end_role(membership_id=membership.pk, ends_on=TODAY, by=lead, at=AT)


def test_end_role_asks_who_may(approver, stranger):
    with pytest.raises(PermissionDenied):
        services.end_role(membership_id=approver.memberships.get().pk, ends_on=TODAY, by=stranger, at=AT)


# --- posts -------------------------------------------------------------------------------------
def appoint(trust, user, starts_on, by=factories.TESTS, post=Post.FINANCE_LEAD):
    return services.appoint_to_post(
        organisation_id=trust.pk, post=post, user_id=user.pk, starts_on=starts_on, by=by, at=AT
    )


def test_appoint_to_post_closes_the_earlier_holding_the_day_before(trust):
    first = factories.make_post(Post.FINANCE_LEAD, trust)
    second = factories.make_member(Role.FINANCE, trust)
    appoint(trust, second, TODAY)
    first.refresh_from_db()
    assert first.ends_on == YESTERDAY
    assert queries.directory(trust.pk, TODAY).posts == {Post.FINANCE_LEAD: second.pk}


def test_appoint_to_post_on_the_same_day_replaces(trust):
    first, second = (factories.make_member(Role.FINANCE, trust) for _ in range(2))
    appoint(trust, first, TODAY)
    appoint(trust, second, TODAY)
    assert [holding.user for holding in trust.post_holdings.all()] == [second]


def test_appoint_to_post_needs_its_role(trust, approver):
    with pytest.raises(RuleBroken, match="Aran Approver needs the role of finance on 2 March 2026"):
        appoint(trust, approver, TODAY)


def test_appoint_to_post_refuses_the_holder_and_a_day_before_a_later_one(trust):
    holder = factories.make_post(Post.FINANCE_LEAD, trust).user
    with pytest.raises(RuleBroken, match="already"):
        appoint(trust, holder, TODAY)
    other = factories.make_member(Role.FINANCE, trust)
    appoint(trust, other, TOMORROW)
    with pytest.raises(RuleBroken, match="from 3 March 2026. Choose that day or a later one"):
        appoint(trust, holder, TODAY)


def test_appoint_to_post_asks_who_may(trust, stranger):
    with pytest.raises(PermissionDenied):
        appoint(trust, factories.make_member(Role.FINANCE, trust), TODAY, by=stranger)


# --- absences ----------------------------------------------------------------------------------
def away(trust, user, starts_on=TODAY, ends_on=TOMORROW, deputy=None, by=factories.TESTS):
    return services.record_absence(
        organisation_id=trust.pk, user_id=user.pk, deputy_id=deputy.pk if deputy else None,
        starts_on=starts_on, ends_on=ends_on, by=by, at=AT,
    )  # fmt: skip


def test_record_absence_of_ones_own_with_a_deputy(trust, lead, approver):
    absence = away(trust, approver, deputy=lead, by=approver)
    assert (absence.recorded_by, absence.recorded_at) == (approver, AT)
    assert queries.directory(trust.pk, TODAY).away == {approver.pk: lead.pk}
    assert queries.directory(trust.pk, date(2026, 3, 4)).away == {}


def test_absence_of_another_is_for_who_manages_people(trust, lead, approver, stranger):
    away(trust, approver, by=lead)
    with pytest.raises(PermissionDenied):
        away(trust, lead, by=approver)
    with pytest.raises(PermissionDenied):
        away(trust, lead, by=stranger)


def test_absence_is_for_staff(trust, stranger):
    partner = factories.make_member(Role.PARTNER, trust)
    with pytest.raises(RuleBroken, match="no staff role here"):
        away(trust, partner, by=partner)
    with pytest.raises(RuleBroken, match="no staff role here"):
        away(trust, stranger, by=stranger)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        ({"starts_on": TODAY, "ends_on": YESTERDAY}, "must be 2 March 2026 or later"),
        ({"starts_on": TOMORROW, "ends_on": None}, "is recorded as away from 2 March 2026 to 3 March 2026"),
    ],
)
def test_absence_refuses_days_that_cannot_be(trust, approver, days, words):
    away(trust, approver)
    with pytest.raises(RuleBroken, match=words):
        away(trust, approver, **days)


def test_deputy_is_another_member_of_staff_who_is_there(trust, lead, approver, stranger):
    with pytest.raises(RuleBroken, match="somebody else"):
        away(trust, approver, deputy=approver)
    with pytest.raises(RuleBroken, match="no staff role here on all of these days"):
        away(trust, approver, deputy=stranger)
    with pytest.raises(RuleBroken, match="no staff role here on all of these days"):
        away(trust, approver, deputy=factories.make_member(Role.PARTNER, trust))
    away(trust, lead, TOMORROW, None)
    with pytest.raises(RuleBroken, match="is away on some of these days"):
        away(trust, approver, deputy=lead)


def test_end_absence_early_and_before_it_begins(trust, approver):
    absence = away(trust, approver, YESTERDAY, TOMORROW)
    ended = services.end_absence(absence_id=absence.pk, ends_on=YESTERDAY, by=approver, at=AT)
    assert ended.ends_on == YESTERDAY
    coming = away(trust, approver, TOMORROW, None)
    assert services.end_absence(absence_id=coming.pk, ends_on=TODAY, by=approver, at=AT) is None
    assert list(Absence.objects.all()) == [absence]


def test_end_absence_refuses_longer_and_what_is_over(trust, approver, stranger):
    absence = away(trust, approver, YESTERDAY, TODAY)
    with pytest.raises(RuleBroken, match="record another absence"):
        services.end_absence(absence_id=absence.pk, ends_on=TOMORROW, by=approver, at=AT)
    with pytest.raises(RuleBroken, match="before yesterday"):
        services.end_absence(absence_id=absence.pk, ends_on=date(2026, 2, 1), by=approver, at=AT)
    with pytest.raises(PermissionDenied):
        services.end_absence(absence_id=absence.pk, ends_on=TODAY, by=stranger, at=AT)
    with pytest.raises(RuleBroken, match="ended on 2 March 2026"):
        services.end_absence(absence_id=absence.pk, ends_on=TODAY, by=approver, at=AT + timedelta(days=1))


# --- invitations ---------------------------------------------------------------------------------
def invite(trust, by, email="new@example.org", role=Role.FINANCE, at=AT):
    return services.invite_user(email=email, name="New Person", organisation_id=trust.pk, role=role, by=by, at=at)


def test_invitation_is_mailed_with_a_key_that_the_database_does_not_hold(
    trust, lead, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        invitation = invite(trust, lead, email="New@Example.org")
    letter = mail.outbox[0]
    token = invitation_token(invitation.pk)
    assert letter.to == ["new@example.org"]
    assert letter.subject == "You are invited to Patient Safety Partners"
    assert "Lena Lead invites you" in letter.body
    assert "16 March 2026" in letter.body
    assert f"http://localhost:8000/account/invitation/{token}/\n" in letter.body
    message = Message.objects.get()
    assert token not in f"{message.link}{message.body}{invitation.token_hash}"


def test_accepting_makes_account_address_and_role(trust, lead):
    invitation = invite(trust, lead)
    user = services.accept_invitation(
        token=invitation_token(invitation.pk), password="a long enough password", name=" Nia Newman ", at=AT
    )
    assert (user.email, user.name) == ("new@example.org", "Nia Newman")
    assert user.check_password("a long enough password")
    assert EmailAddress.objects.filter(user=user, verified=True, primary=True).count() == 1
    membership = user.memberships.get()
    assert (membership.organisation, membership.role, membership.starts_on) == (trust, Role.FINANCE, TODAY)
    assert action_of(membership) == ("accounts.invitation.accept", str(user.pk))
    invitation.refresh_from_db()
    assert (invitation.accepted_by, invitation.accepted_at) == (user, AT)


def test_accepting_with_an_account_keeps_it_and_adds_the_role(trust, lead):
    known = factories.make_user("Nia Newman", email="new@example.org")
    invitation = invite(trust, lead)
    user = services.accept_invitation(
        token=invitation_token(invitation.pk), password="something else entirely", name="Mallory", at=AT
    )
    known.refresh_from_db()
    assert user == known
    assert known.name == "Nia Newman"
    assert known.check_password(factories.PASSWORD)
    assert known.memberships.get().role == Role.FINANCE


def test_invitation_is_used_once(trust, lead):
    token = invitation_token(invite(trust, lead).pk)
    services.accept_invitation(token=token, password=None, name="Nia", at=AT)
    with pytest.raises(RuleBroken, match="has been used"):
        services.accept_invitation(token=token, password=None, name="Nia", at=AT)
    assert User.objects.filter(email="new@example.org").count() == 1


@pytest.mark.parametrize(("days", "words"), [(14, "run out"), (15, "run out")])
def test_invitation_runs_out(trust, lead, days, words):
    token = invitation_token(invite(trust, lead).pk)
    with pytest.raises(RuleBroken, match=words):
        services.accept_invitation(token=token, password=None, name="Nia", at=AT + timedelta(days=days))
    assert not User.objects.filter(email="new@example.org").exists()


def test_unknown_key_is_refused():
    with pytest.raises(RuleBroken, match="This link is not right"):
        services.accept_invitation(token="0" * 64, password=None, name="Nia", at=AT)


def test_closed_account_is_not_opened_by_an_invitation(trust, lead):
    known = factories.make_member(Role.APPROVER, trust, user=factories.make_user(email="new@example.org"))
    services.disable_account(user_id=known.pk, reason="Left", by=lead, at=AT)
    invitation = invite(trust, lead)
    with pytest.raises(RuleBroken, match="account is closed"):
        services.accept_invitation(token=invitation_token(invitation.pk), password=None, name="N", at=AT)
    invitation.refresh_from_db()
    assert invitation.accepted_at is None


def test_invite_refuses_who_is_there_or_invited(trust, lead, approver):
    with pytest.raises(RuleBroken, match="is approver already"):
        invite(trust, lead, email=approver.email.upper(), role=Role.APPROVER)
    invite(trust, lead)
    with pytest.raises(RuleBroken, match="has an invitation to this role already"):
        invite(trust, lead, email="NEW@example.org")
    invite(trust, lead, role=Role.APPROVER)


def test_new_invitation_takes_the_place_of_one_that_ran_out(trust, lead):
    old = invite(trust, lead)
    invite(trust, lead, at=AT + timedelta(days=14))
    old.refresh_from_db()
    assert old.lapsed_at == AT + timedelta(days=14)


def test_invite_and_withdraw_ask_who_may(trust, lead, stranger):
    with pytest.raises(PermissionDenied):
        invite(trust, stranger)
    invitation = invite(trust, lead)
    with pytest.raises(PermissionDenied):
        services.withdraw_invitation(invitation_id=invitation.pk, by=stranger, at=AT)
    services.withdraw_invitation(invitation_id=invitation.pk, by=lead, at=AT)
    with pytest.raises(RuleBroken, match="run out"):
        services.accept_invitation(token=invitation_token(invitation.pk), password=None, name="N", at=AT)


def test_unused_invitations_lapse_once(trust, lead):
    invitation = invite(trust, lead)
    assert services.lapse_unused_invitations(at=AT + timedelta(days=13)) == 0
    assert services.lapse_unused_invitations(at=AT + timedelta(days=14)) == 1
    assert services.lapse_unused_invitations(at=AT + timedelta(days=15)) == 0
    invitation.refresh_from_db()
    assert invitation.lapsed_at == AT + timedelta(days=14)


# --- closing accounts ------------------------------------------------------------------------------
def test_disable_account_ends_everything_and_keeps_the_reason(trust, lead):
    person = factories.make_member(Role.FINANCE, trust)
    factories.make_post(Post.FINANCE_LEAD, trust, user=person)
    away(trust, person)
    services.disable_account(user_id=person.pk, reason=" Left for another job ", by=lead, at=AT)
    person.refresh_from_db()
    assert not person.is_active
    assert person.memberships.get().ends_on == YESTERDAY
    assert person.post_holdings.get().ends_on == YESTERDAY
    assert not person.absences.exists()
    history = User.pgh_event_model.objects.filter(pgh_obj_id=person.pk).latest("pgh_id")
    assert history.pgh_context.metadata["reason"] == "Left for another job"


def test_disable_account_needs_a_reason_and_somebody_else(lead, approver):
    with pytest.raises(RuleBroken, match="Say why"):
        services.disable_account(user_id=approver.pk, reason="  ", by=lead, at=AT)
    with pytest.raises(RuleBroken, match="your own account"):
        services.disable_account(user_id=lead.pk, reason="Bye", by=lead, at=AT)
    services.disable_account(user_id=approver.pk, reason="Left", by=lead, at=AT)
    with pytest.raises(RuleBroken, match="closed already"):
        services.disable_account(user_id=approver.pk, reason="Left", by=lead, at=AT)


def test_disable_account_is_not_for_strangers_nor_for_one_of_two_organisations(lead, approver, stranger):
    with pytest.raises(PermissionDenied):
        services.disable_account(user_id=approver.pk, reason="Left", by=stranger, at=AT)
    factories.give_role(Role.APPROVER, approver, stranger.memberships.get().organisation)
    with pytest.raises(PermissionDenied):
        services.disable_account(user_id=approver.pk, reason="Left", by=lead, at=AT)
    approver.refresh_from_db()
    assert approver.is_active


# --- at the same time --------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_who_accept_at_once_make_one_account():
    trust = factories.make_organisation()
    token = invitation_token(invite(trust, SystemActor("tests")).pk)
    start, told = Barrier(2), []

    def accept() -> None:
        start.wait()
        try:
            services.accept_invitation(token=token, password=None, name="Nia", at=AT)
            told.append("done")
        except RuleBroken as broken:
            told.append(broken.message)
        finally:
            connection.close()

    threads = [Thread(target=accept) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(told) == ["This invitation has been used. You can sign in with your email address.", "done"]
    assert User.objects.count() == 1
    assert Invitation.objects.get().accepted_by == User.objects.get()


# --- what closed organisations, past roles and other days change ---
def test_nobody_is_invited_to_an_organisation_that_has_closed(trust, lead):
    with factories.acting():
        type(trust).objects.filter(pk=trust.pk).update(closed_on=TOMORROW)
    with pytest.raises((RuleBroken, PermissionDenied)):
        services.invite_user(
            email="late@example.org", name="Late", organisation_id=trust.pk, role=Role.REQUESTER, by=SystemActor("x"),
            at=AT,
        )  # fmt: skip


def test_the_portal_itself_may_close_an_account(approver):
    assert services.disable_account(user_id=approver.pk, reason="Left", by=SystemActor("x"), at=AT).is_active is False


def test_an_account_whose_roles_have_ended_is_closed_by_the_last_organisation_only(trust, lead, approver, stranger):
    membership = Membership.objects.get(user=approver)
    services.end_role(membership_id=membership.pk, ends_on=YESTERDAY, by=lead, at=AT)
    with pytest.raises(PermissionDenied):
        services.disable_account(user_id=approver.pk, reason="Left", by=stranger, at=AT)
    assert services.disable_account(user_id=approver.pk, reason="Left", by=lead, at=AT).is_active is False


def test_a_deputy_may_be_away_on_other_days(trust, lead, approver):
    deputy = factories.make_member(Role.APPROVER, trust)
    later = TODAY + timedelta(days=60)
    services.record_absence(
        organisation_id=trust.pk, user_id=deputy.pk, deputy_id=None, starts_on=later, ends_on=later, by=lead, at=AT
    )
    absence = services.record_absence(
        organisation_id=trust.pk, user_id=approver.pk, deputy_id=deputy.pk, starts_on=TODAY, ends_on=TOMORROW, by=lead,
        at=AT,
    )  # fmt: skip
    assert absence.deputy == deputy
