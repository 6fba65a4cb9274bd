"""What is checked, signed and declared at Marshvale; Thornbeck asks for none of it."""

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from partners.enums import RoleCategory
from partners.enums.agreements import AgreementKind
from partners.enums.checks import CheckKind, CheckOutcome, DbsLevel, DbsReason
from partners.enums.interests import InterestKind
from partners.queries.checks import checks_visible_to
from partners.services import agreements, checks, interests
from psp_portal.accounts.models import User
from psp_portal.dates import add_months, local_date
from psp_portal.demo.story.setting import LEADS
from psp_portal.demo.story.stage import Stage

if TYPE_CHECKING:
    from partners.models.agreements import AgreementVersion

PLACE = "marshvale"
# Every how many days of the story the clock looks at what runs out.
CLOCK_DAYS = range(140, -1, -7)

REQUIRED = {
    CheckKind.IDENTITY: checks.RequirementFacts(),
    CheckKind.REFERENCES: checks.RequirementFacts(),
    CheckKind.DBS: checks.RequirementFacts(36, DbsLevel.STANDARD, DbsReason.ACCESS),
}
REQUIRED_AGO, RECORDED_AGO = 180, 170
EVERYBODY = ("priya", "desmond", "margaret", "tomasz", "aisha", "colin", "grace", "eleri", "kwame", "lin")
# Margaret's DBS check runs out in 25 days; Lin's references have not come.
RUNS_OUT, RUNS_OUT_IN = "margaret", 25
WAITS = ("lin", CheckKind.REFERENCES)

TEXTS = {
    AgreementKind.INVOLVEMENT: """# What this is about

You take part in the work of the trust as a Patient Safety Partner. This is not a job and no contract of employment.

# What we do

- We pay what it costs you to take part, and for your time where that is agreed.
- We send papers five working days before a meeting.
- We answer your questions within five working days.

# What you do

- You read the papers and say what you think.
- You tell us early when you cannot come.""",
    AgreementKind.CONFIDENTIALITY: """# What you keep to yourself

What you read and hear about patients and staff stays with you, during your time with us and after it.

If you hear of something that worries you, tell your programme lead. You may always speak up.""",
    AgreementKind.CONDUCT: """# How we treat each other

We listen, we are kind, and we say what we think.

- Nobody speaks over anybody else.
- We answer each other within ten days.""",
    AgreementKind.INTERESTS: """# What could be thought to sway you

You tell us once a year what could be thought to sway you, such as shares, posts or people close to you.""",
    AgreementKind.IMAGES: """# Pictures of you

We may use pictures of you in our newsletters and on our website, with your name only if you say so.

You can say no, and you can change your mind at any time.""",
}
PUBLISHED_AGO, SIGNED_AGO = 165, 150
NEW_CONDUCT = TEXTS[AgreementKind.CONDUCT].replace("within ten days", "within five working days")
# The changed code of conduct, and who signed it how many days ago; Colin and Kwame have not.
CHANGED_AGO = 30
SIGNED_AGAIN = {"priya": 28, "desmond": 27, "margaret": 26, "aisha": 21, "grace": 20, "lin": 19, "eleri": 4}
# The organisation has not signed Eleri's yet.
NOT_COUNTERSIGNED = "eleri"
WITHOUT_PICTURES, PICTURES_TAKEN_BACK, TAKEN_BACK_AGO = "aisha", "desmond", 70

# Desmond declared more than a year ago; Kwame never has.
DECLARED_AGO = {
    "desmond": 372, "priya": 140, "margaret": 139, "aisha": 138, "colin": 137, "grace": 120, "eleri": 119, "lin": 90,
}  # fmt: skip
INTEREST = ("priya", InterestKind.INDIRECT, "Brackenfield Pharmacy", "My sister owns it. It sells to the trust.")


def plan_papers(stage: Stage) -> None:
    """Plan what is required, what came of it, what is signed and declared, and the clock's warnings."""
    stage.plan(stage.in_office(REQUIRED_AGO, 11), partial(_require, stage))
    stage.plan(stage.in_office(RECORDED_AGO, 14), partial(_record, stage))
    stage.plan(stage.in_office(PUBLISHED_AGO, 10), partial(_publish_all, stage))
    stage.plan(stage.in_office(CHANGED_AGO, 10), partial(_change_conduct, stage))
    stage.plan(stage.at(TAKEN_BACK_AGO, 20), partial(_take_pictures_back, stage))
    stage.plan(stage.at(DECLARED_AGO[INTEREST[0]], 19), partial(_add_interest, stage))
    for key, ago in DECLARED_AGO.items():
        stage.plan(stage.at(ago, 19, 30), partial(_declare, stage, key))
    for ago in CLOCK_DAYS:
        stage.plan(stage.at(ago, 7, 12), _warn)


def _lead(stage: Stage) -> User:
    return stage.people[LEADS[PLACE]]


# --- checks -----------------------------------------------------------------------------------
def _require(stage: Stage, at: datetime) -> None:
    for kind, facts in REQUIRED.items():
        checks.require_check(
            organisation_id=stage.organisations[PLACE].pk, kind=kind,
            role_categories=[RoleCategory.MEMBER, RoleCategory.SENIOR], facts=facts, by=_lead(stage), at=at,
        )  # fmt: skip
    for key in EVERYBODY:
        checks.ask_for_checks(partner_id=stage.partners[key].pk, kinds=list(REQUIRED), by=_lead(stage), at=at)


def _record(stage: Stage, at: datetime) -> None:
    renewal = REQUIRED[CheckKind.DBS].renewal_months or 0
    for number, key in enumerate(EVERYBODY):
        visible = checks_visible_to(_lead(stage), today=local_date(at))
        for check in visible.waiting().filter(partner=stage.partners[key]):
            if (key, check.kind) == WAITS:
                continue
            done_on = local_date(at) - timedelta(days=3)
            if key == RUNS_OUT and check.kind == CheckKind.DBS:
                done_on = add_months(stage.day(-RUNS_OUT_IN), -renewal)
            checks.record_check(
                check_id=check.pk,
                outcome=CheckOutcome.CLEARED,
                done_on=done_on,
                reference=f"00190000{number:04}" if check.kind == CheckKind.DBS else "",
                seen_by_id=_lead(stage).pk,
                by=_lead(stage),
                at=at,
            )


def _warn(at: datetime) -> None:
    checks.warn_of_checks(at=at)
    interests.remind_of_interests(at=at)


# --- agreements -------------------------------------------------------------------------------
def _publish(stage: Stage, kind: AgreementKind, text: str, at: datetime) -> "AgreementVersion":
    draft = agreements.save_draft(
        organisation_id=stage.organisations[PLACE].pk, kind=kind, text=text, by=_lead(stage), at=at
    )
    return agreements.publish_draft(version_id=draft.pk, by=_lead(stage), at=at)


def _publish_all(stage: Stage, at: datetime) -> None:
    versions = [_publish(stage, kind, text, at) for kind, text in TEXTS.items()]
    for place, key in enumerate(EVERYBODY):
        for version in versions:
            stage.plan(stage.at(SIGNED_AGO - place, 18, 15), partial(_sign, stage, version, key))


def _change_conduct(stage: Stage, at: datetime) -> None:
    version = _publish(stage, AgreementKind.CONDUCT, NEW_CONDUCT, at)
    for key, ago in SIGNED_AGAIN.items():
        stage.plan(stage.at(ago, 18, 15), partial(_sign, stage, version, key))


def _sign(stage: Stage, version: "AgreementVersion", key: str, at: datetime) -> None:
    is_consent = version.kind == AgreementKind.IMAGES
    signature = agreements.sign_agreement(
        partner_id=stage.partners[key].pk,
        version_id=version.pk,
        name=stage.people[key].name,
        agrees=not (is_consent and key == WITHOUT_PICTURES),
        by=stage.people[key],
        at=at,
    )
    if not is_consent and (key != NOT_COUNTERSIGNED or version.number == 1):
        # In the office the next day.
        stage.plan(at + timedelta(hours=15), partial(_countersign, stage, signature.pk))


def _countersign(stage: Stage, signature_id: UUID, at: datetime) -> None:
    agreements.countersign(signature_id=signature_id, by=_lead(stage), at=at)


def _take_pictures_back(stage: Stage, at: datetime) -> None:
    given = stage.partners[PICTURES_TAKEN_BACK].signatures.get(kind=AgreementKind.IMAGES)
    agreements.withdraw_consent(signature_id=given.pk, by=stage.people[PICTURES_TAKEN_BACK], at=at)


# --- interests --------------------------------------------------------------------------------
def _add_interest(stage: Stage, at: datetime) -> None:
    key, kind, organisation, description = INTEREST
    facts = interests.InterestFacts(kind, organisation, description, local_date(at) - timedelta(days=900), None)
    interests.add_interest(partner_id=stage.partners[key].pk, facts=facts, by=stage.people[key], at=at)


def _declare(stage: Stage, key: str, at: datetime) -> None:
    interests.declare_interests(
        partner_id=stage.partners[key].pk, has_nothing=key != INTEREST[0], by=stage.people[key], at=at
    )
