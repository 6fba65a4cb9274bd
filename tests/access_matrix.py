"""Who may open which address: role × URL → status, as one table, and the things that the addresses name.

To add a page, add its line to ``MATRIX`` (statuses in the order of ``WHO``); when its address names a thing that is
not here yet, make one in ``World`` and name it in ``World.things`` by the address's keyword. What only POST opens
has ``POST`` before its statuses. ``test_access_matrix.py`` fails on an address that is missing here.
"""

from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Post, Role
from psp_portal.accounts.models import User
from psp_portal.accounts.notifications import invitation_token
from psp_portal.notifications import outbox, queries
from tests import factories

# "stranger" is the programme lead of another organisation: 404 for whatever belongs to this one.
WHO = (
    "anonymous", "partner", "programme_lead", "requester", "approver", "finance", "executive", "auditor", "stranger",
)  # fmt: skip

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    # --- the first page, and what everybody may read
    "home:home_detail":                           "302 200 200 200 200 200 200 200 200",
    "home:accessibility_detail":                  "200 200 200 200 200 200 200 200 200",
    "home:privacy_detail":                        "200 200 200 200 200 200 200 200 200",
    "home:cookies_detail":                        "200 200 200 200 200 200 200 200 200",
    # --- coming in by invitation, choosing an organisation
    "accounts:organisation_choose":               "302 404 404 404 404 404 404 404 404",
    "accounts:invitation_accept":                 "200 200 200 200 200 200 200 200 200",
    # --- allauth: signing in (302 where there is nothing to confirm, or it's done already)
    "account_login":                              "200 302 302 302 302 302 302 302 302",
    "account_logout":                             "302 200 200 200 200 200 200 200 200",
    "account_inactive":                           "200 200 200 200 200 200 200 200 200",
    "account_signup":                             "200 302 302 302 302 302 302 302 302",
    "account_reauthenticate":                     "302 200 200 200 200 200 200 200 200",
    "account_email":                              "302 200 200 200 200 200 200 200 200",
    "account_email_verification_sent":            "200 200 200 200 200 200 200 200 200",
    "account_change_password":                    "302 200 200 200 200 200 200 200 200",
    "account_set_password":                       "302 302 302 302 302 302 302 302 302",
    "account_reset_password":                     "200 200 200 200 200 200 200 200 200",
    "account_confirm_login_code":                 "302 302 302 302 302 302 302 302 302",
    "account_confirm_email":                      "200 200 200 200 200 200 200 200 200",
    "account_confirm_password_reset_code":        "302 302 302 302 302 302 302 302 302",
    "account_complete_password_reset":            "302 302 302 302 302 302 302 302 302",
    "account_password_reset_completed":           "200 200 200 200 200 200 200 200 200",
    "account_request_login_code":                 "200 302 302 302 302 302 302 302 302",
    # --- allauth: the second factor (staff have one; 404 for what one does not have; 302 asks for the password again)
    "mfa_index":                                  "302 200 200 200 200 200 200 200 200",
    "mfa_authenticate":                           "302 302 302 302 302 302 302 302 302",
    "mfa_reauthenticate":                         "302 302 200 200 200 200 200 200 200",
    "mfa_activate_totp":                          "302 302 302 302 302 302 302 302 302",
    "mfa_deactivate_totp":                        "302 404 302 302 302 302 302 302 302",
    "mfa_view_recovery_codes":                    "302 404 404 404 404 404 404 404 404",
    "mfa_generate_recovery_codes":                "302 302 302 302 302 302 302 302 302",
    "mfa_download_recovery_codes":                "302 404 404 404 404 404 404 404 404",
    "mfa_list_webauthn":                          "302 200 200 200 200 200 200 200 200",
    "mfa_add_webauthn":                           "302 302 302 302 302 302 302 302 302",
    "mfa_reauthenticate_webauthn":                "302 302 302 302 302 302 302 302 302",
    "mfa_remove_webauthn":                        "302 302 302 302 302 302 302 302 302",
    "mfa_edit_webauthn":                          "302 302 302 302 302 302 302 302 302",
    "mfa_login_webauthn":                         "302 302 302 302 302 302 302 302 302",
    # --- allauth: where one is signed in
    "usersessions_list":                          "302 200 200 200 200 200 200 200 200",
    # --- partners: the partner's own appointment; 302 sends back to the journey's first question
    "partners:partner_list":                     "302 200 200 403 403 403 403 403 200",
    "partners:partner_create":                   "302 403 200 403 403 403 403 403 200",
    "partners:partner_detail":                   "302 200 200 404 404 404 404 404 404",
    "partners:partner_term_edit":                "302 403 200 404 404 404 404 404 404",
    "partners:partner_end":                      "302 403 200 404 404 404 404 404 404",
    "partners:journey_edit":                     "302 200 200 404 404 404 404 404 404",
    "partners:journey_distance_edit":            "302 302 302 404 404 404 404 404 404",
    "partners:journey_vehicle_edit":             "302 302 302 404 404 404 404 404 404",
    # --- committees: the partner is on this one
    "committees:committee_list":                 "302 200 200 200 403 403 403 403 200",
    "committees:committee_create":               "302 403 200 403 403 403 403 403 200",
    "committees:committee_detail":               "302 200 200 200 404 404 404 404 404",
    "committees:assignment_create":              "302 403 200 403 404 404 404 404 404",
    "committees:assignment_edit":                "302 403 200 403 404 404 404 404 404",
    "committees:assignment_end":                 "302 403 200 403 404 404 404 404 404",
    "committees:meeting_list":                   "302 200 200 200 403 403 403 403 200",
    "committees:meeting_create":                 "302 403 200 403 404 404 404 404 404",
    "committees:meeting_detail":                 "302 200 200 200 404 404 404 404 404",
    "committees:meeting_cancel":                 "302 403 200 403 404 404 404 404 404",
    "committees:meeting_hold":                   "302 403 200 403 404 404 404 404 404",
    "committees:attendance_record":              "302 200 200 403 404 404 404 404 404",
    "committees:attendance_length_record":       "302 200 200 403 404 404 404 404 404",
    # --- people
    "people:person_list":                         "302 403 200 403 403 403 403 403 200",
    "people:person_invite":                       "302 403 200 403 403 403 403 403 200",
    "people:invitation_withdraw":                 "302 403 200 403 403 403 403 403 404",
    "people:post_list":                           "302 403 200 403 403 403 403 403 200",
    "people:post_appoint":                        "302 403 200 403 403 403 403 403 200",
    "people:role_end":                            "302 403 200 403 403 403 403 403 404",
    "people:absence_list":                        "302 403 200 200 200 200 200 200 200",
    "people:absence_end":                         "302 404 200 404 404 404 404 404 404",
    "people:person_detail":                       "302 403 200 403 403 403 403 403 404",
    "people:role_grant":                          "302 403 200 403 403 403 403 403 404",
    "people:absence_record":                      "302 403 200 403 403 403 403 403 404",
    "people:account_close":                       "302 403 200 403 403 403 403 403 404",
    # --- audit
    "audit:event_list":                           "302 403 200 403 403 403 403 200 200",
    "audit:object_detail":                        "302 403 200 403 403 403 403 200 404",
    # --- messages: one has been sent to the partner
    "notifications:message_list":                 "302 200 200 200 200 200 200 200 200",
    "notifications:message_read_all":             "POST 302 302 302 302 302 302 302 302 302",
    "notifications:message_detail":               "302 200 404 404 404 404 404 404 404",
    "notifications:message_open":                 "POST 302 302 404 404 404 404 404 404 404",
    # --- health
    "health:alive_detail":                        "200 200 200 200 200 200 200 200 200",
    "health:ready_detail":                        "200 200 200 200 200 200 200 200 200",
}  # fmt: skip


@dataclass
class World:
    """One organisation with somebody in every role, another organisation, and one of everything that URLs name."""

    people: dict[str, User] = field(default_factory=dict)
    things: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def build(cls) -> "World":
        world = cls()
        trust, other = factories.make_organisation("Hillside NHS Trust"), factories.make_organisation("Riverbank")
        world.people = {role.value: factories.make_member(role, trust) for role in Role}
        world.people["stranger"] = factories.make_member(Role.PROGRAMME_LEAD, other)
        factories.make_post(Post.PROGRAMME_LEAD, trust, user=world.people["programme_lead"])
        world.add_accounts(trust)
        world.add_committees(trust)
        return world

    def add_accounts(self, trust) -> None:
        now = timezone.now()
        # Somebody whom no test signs in as: closing their account closes nobody's way.
        colleague = factories.make_member(Role.REQUESTER, trust)
        absence = accounts.record_absence(
            organisation_id=trust.pk, user_id=colleague.pk, deputy_id=None, starts_on=timezone.localdate(),
            ends_on=None, by=factories.TESTS, at=now,
        )  # fmt: skip
        invitation = accounts.invite_user(
            email="new@example.org", name="New Person", organisation_id=trust.pk, role=Role.REQUESTER,
            by=factories.TESTS, at=now,
        )  # fmt: skip
        letter = outbox.Letter(
            kind="tests.message.send", recipient_id=self.people["partner"].pk, subject="Hello",
            template="accounts/email/invitation.txt", dedupe_key="tests",
        )  # fmt: skip
        outbox.queue([letter], at=now)
        self.things |= {
            "message_id": queries.messages_visible_to(self.people["partner"]).get().pk,
            "user_id": colleague.pk,
            "membership_id": colleague.memberships.get().pk,
            "absence_id": absence.pk,
            "invitation_id": invitation.pk,
            "token": invitation_token(invitation.pk),
            "post": Post.EXECUTIVE_LEAD.value,
            "audit:object_detail": {"kind": "person", "object_id": colleague.pk},
            # allauth's own
            "key": "unknown",
            "pk": 1,
        }

    def add_committees(self, trust) -> None:
        lead = self.people["programme_lead"]
        partner = factories.make_partner(trust, user=self.people["partner"], lead=lead)
        assignment = factories.make_assignment(partner)
        self.things |= {
            "partner_id": partner.pk,
            "committee_id": assignment.committee_id,
            "assignment_id": assignment.pk,
            "meeting_id": factories.make_meeting(assignment.committee, by=lead).pk,
        }
