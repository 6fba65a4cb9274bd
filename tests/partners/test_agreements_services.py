import hashlib
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from partners import services as partner_services
from partners.enums import PartnerMove
from partners.enums.agreements import AgreementKind, AgreementShown, AgreementState
from partners.models import Partner
from partners.models.agreements import AgreementVersion, Signature
from partners.queries import agreements as queries
from partners.services import agreements as services
from partners.services.moving import lock_partner, move_partner
from psp_portal.accounts.enums import Role
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from tests import factories
from tests.partners.checks_samples import NOW, TEXT, TODAY, countersign, publish, sign
from tests.partners.test_training_services import told

CONDUCT, IMAGES = AgreementKind.CONDUCT, AgreementKind.IMAGES


@pytest.fixture
def version(trust) -> AgreementVersion:
    return publish(trust.organisation, trust.lead)


@pytest.fixture
def images(trust) -> AgreementVersion:
    return publish(trust.organisation, trust.lead, IMAGES)


def state_of(partner: Partner, kind: str = AgreementKind.INVOLVEMENT) -> AgreementState:
    rows = queries.standings_of(Partner.objects.filter(pk=partner.pk))
    return next(row.state for row in rows if row.version.kind == kind)


# --- the texts ----------------------------------------------------------------------------
def test_a_draft_is_written_over_until_it_is_published(trust):
    def save(text):
        return services.save_draft(
            organisation_id=trust.organisation.pk, kind=CONDUCT, text=text, by=trust.lead, at=NOW
        )

    first, second = save("One"), save("Two  \r\n")
    assert (first.pk, second.number, second.text) == (second.pk, 1, "Two")
    assert second.fingerprint == hashlib.sha256(b"Two").hexdigest()
    services.publish_draft(version_id=second.pk, by=trust.lead, at=NOW)
    third = save("Three")
    assert (third.number, AgreementVersion.objects.count()) == (2, 2)
    assert queries.version_in_force(trust.organisation.pk, CONDUCT) == second
    assert queries.draft_of(trust.organisation.pk, CONDUCT) == third
    assert queries.version_before(third) == second
    services.discard_draft(version_id=third.pk, by=trust.lead, at=NOW)
    assert queries.draft_of(trust.organisation.pk, CONDUCT) is None
    with pytest.raises(RuleBroken):
        save(" ")


def test_what_is_published_is_never_changed_or_removed(trust, version):
    for call in (services.publish_draft, services.discard_draft):
        with pytest.raises(RuleBroken, match="is published"):
            call(version_id=version.pk, by=trust.lead, at=NOW)
    for values in ({"text": "Other"}, {"fingerprint": "0" * 64}, {"published_at": None, "published_by": None}):
        with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
            AgreementVersion.objects.filter(pk=version.pk).update(**values)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        AgreementVersion.objects.filter(pk=version.pk).delete()


def test_the_database_works_out_the_fingerprint_itself(trust):
    text = "Café – “agreed”\n\nŁódź"
    draft = services.save_draft(organisation_id=trust.organisation.pk, kind=CONDUCT, text=text, by=trust.lead, at=NOW)
    assert draft.fingerprint == hashlib.sha256(text.encode()).hexdigest()
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        AgreementVersion.objects.filter(pk=draft.pk).update(text=text + " ")


def test_the_same_text_is_not_published_again(trust, version):
    again = services.save_draft(
        organisation_id=trust.organisation.pk, kind=version.kind, text=TEXT, by=trust.lead, at=NOW
    )
    with pytest.raises(RuleBroken, match="in force already"):
        services.publish_draft(version_id=again.pk, by=trust.lead, at=NOW)


def test_those_who_have_to_sign_are_told_of_a_published_text(trust, version):
    assert told("partners.agreement.publish") == [("Pat Example", "There is an agreement for you to read")]
    sign(trust.partner, version)
    publish(trust.organisation, trust.lead, text="New words", at=NOW)
    assert told("partners.agreement.publish")[1:] == [("Pat Example", "An agreement has changed")]


def test_only_those_who_manage_partners_write_texts(trust, version):
    draft = services.save_draft(organisation_id=trust.organisation.pk, kind=CONDUCT, text="One", by=trust.lead, at=NOW)
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    for by in (trust.partner.user, trust.stranger.lead, finance):
        with pytest.raises(PermissionDenied):
            publish(trust.organisation, by, text="Mine")
        for call in (services.publish_draft, services.discard_draft):
            with pytest.raises(PermissionDenied):
                call(version_id=draft.pk, by=by, at=NOW)


def test_a_partner_reads_what_their_organisation_published_and_a_lead_drafts_too(trust, version):
    foreign = publish(trust.stranger.organisation, trust.stranger.lead)
    draft = services.save_draft(organisation_id=trust.organisation.pk, kind=CONDUCT, text="One", by=trust.lead, at=NOW)
    assert set(queries.versions_visible_to(trust.partner.user, today=TODAY)) == {version}
    assert set(queries.versions_visible_to(trust.lead, today=TODAY)) == {version, draft}
    assert set(queries.versions_visible_to(trust.stranger.user, today=TODAY)) == {foreign}
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    assert not queries.versions_visible_to(finance, today=TODAY).exists()


# --- signing ------------------------------------------------------------------------------
def test_a_signature_holds_the_name_the_time_the_version_and_its_fingerprint(trust, version):
    signature = sign(trust.partner, version, name="  pat   example ")
    signature.refresh_from_db()
    assert (signature.name, signature.signed_at, signature.version) == ("pat example", NOW, version)
    assert (signature.kind, signature.agrees, signature.fingerprint) == (version.kind, True, version.fingerprint)
    assert told("partners.agreement.sign") == [(trust.lead.name, "A partner has signed an agreement")]
    assert sign(trust.partner, version) == signature
    assert Signature.objects.count() == 1


def test_another_name_signs_nothing(trust, version):
    with pytest.raises(RuleBroken) as refusal:
        sign(trust.partner, version, name="Someone Else")
    assert (refusal.value.field, Signature.objects.count()) == ("name", 0)


def test_an_outdated_version_is_not_signed(trust, version):
    publish(trust.organisation, trust.lead, text="New words", at=NOW)
    with pytest.raises(services.OutdatedVersion, match="replaced while you read it"):
        sign(trust.partner, version)
    assert not Signature.objects.exists()
    with factories.acting(), pytest.raises(DatabaseError, match="in force"), transaction.atomic():
        Signature.objects.create(
            partner=trust.partner, version=version, kind=version.kind, name="P", signed_at=NOW,
            fingerprint=version.fingerprint,
        )  # fmt: skip


def test_neither_a_draft_nor_another_organisation_s_text_is_signed(trust):
    draft = services.save_draft(organisation_id=trust.organisation.pk, kind=CONDUCT, text="One", by=trust.lead, at=NOW)
    foreign = publish(trust.stranger.organisation, trust.stranger.lead)
    for each in (draft, foreign):
        with pytest.raises(RuleBroken, match="no agreement of your organisation"):
            sign(trust.partner, each)


@pytest.mark.parametrize("change", [{"fingerprint": "0" * 64}, {"kind": "conduct"}, {"name": ""}])
def test_the_database_holds_what_is_signed(trust, version, change):
    values = {"kind": version.kind, "fingerprint": version.fingerprint, "name": "P"} | change
    with factories.acting(), pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
        Signature.objects.create(partner=trust.partner, version=version, signed_at=NOW, **values)
    assert not Signature.objects.exists()


def test_nobody_signs_for_the_partner_nor_after_they_have_left(trust, version):
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.sign_agreement(
                partner_id=trust.partner.pk, version_id=version.pk, name="Pat Example", by=by, at=NOW
            )
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        sign(trust.partner, version)


def test_a_signature_is_neither_changed_nor_removed(trust, version):
    signature = sign(trust.partner, version)
    for values in (
        {"name": "Other"}, {"signed_at": NOW + timedelta(days=1)}, {"agrees": False}, {"ended_at": NOW},
        {"fingerprint": "0" * 64},
    ):  # fmt: skip
        with factories.acting(), pytest.raises((DatabaseError, IntegrityError)), transaction.atomic():
            Signature.objects.filter(pk=signature.pk).update(**values)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).delete()


# --- the second signature -------------------------------------------------------------------
def test_the_organisation_signs_too_and_the_partner_is_told(trust, version):
    signature = countersign(sign(trust.partner, version))
    signature.refresh_from_db()
    assert (signature.countersigned_by, signature.countersigned_at) == (trust.lead, NOW)
    assert told("partners.agreement.countersign") == [("Pat Example", "Your agreement is signed by both")]
    with pytest.raises(TransitionNotAllowed, match="by both already"):
        countersign(signature)
    with factories.acting(), pytest.raises(DatabaseError), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(countersigned_at=NOW + timedelta(days=1))


def test_nobody_signs_twice_for_one_agreement(trust, version):
    signature = sign(trust.partner, version)
    factories.give_role(Role.PROGRAMME_LEAD, trust.partner.user, trust.organisation)
    for by in (trust.partner.user, trust.stranger.lead, factories.make_member(Role.FINANCE, trust.organisation)):
        with pytest.raises(PermissionDenied):
            countersign(signature, by=by)
    with factories.acting(), pytest.raises(DatabaseError, match="about themselves"), transaction.atomic():
        Signature.objects.filter(pk=signature.pk).update(countersigned_by=trust.partner.user, countersigned_at=NOW)


def test_what_was_replaced_meanwhile_is_not_countersigned(trust, version):
    signature = sign(trust.partner, version)
    publish(trust.organisation, trust.lead, text="New words", at=NOW)
    with pytest.raises(TransitionNotAllowed, match="newer version"):
        countersign(signature)


# --- pictures -----------------------------------------------------------------------------
def test_pictures_can_be_refused_agreed_to_and_refused_again(trust, images):
    no = sign(trust.partner, images, agrees=False)
    assert state_of(trust.partner, IMAGES) == AgreementState.DECLINED
    assert sign(trust.partner, images, agrees=False) == no
    yes = sign(trust.partner, images, at=NOW + timedelta(hours=1))
    no.refresh_from_db()
    assert (no.ended_at, state_of(trust.partner, IMAGES)) == (NOW + timedelta(hours=1), AgreementState.GIVEN)
    sign(trust.partner, images, agrees=False, at=NOW + timedelta(hours=2))
    yes.refresh_from_db()
    assert (yes.ended_at is not None, state_of(trust.partner, IMAGES)) == (True, AgreementState.DECLINED)
    assert len(told("partners.agreement.consent")) == 3


def test_consent_is_withdrawn_at_any_time_and_the_lead_is_told(trust, images):
    signature = sign(trust.partner, images)
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.withdraw_consent(signature_id=signature.pk, by=by, at=NOW)
    partner_services.end_appointment(partner_id=trust.partner.pk, left_on=TODAY, by=trust.lead, at=NOW)
    services.withdraw_consent(signature_id=signature.pk, by=trust.partner.user, at=NOW)
    assert state_of(trust.partner, IMAGES) == AgreementState.WITHDRAWN
    assert told("partners.agreement.withdraw") == [(trust.lead.name, "A partner’s consent to pictures has changed")]
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_consent(signature_id=signature.pk, by=trust.partner.user, at=NOW)


def test_a_new_text_about_pictures_asks_those_who_agreed_and_nobody_who_did_not(trust, images):
    agreed, declined, withdrew, silent = [
        trust.partner, *(factories.make_partner(trust.organisation, lead=trust.lead) for _ in range(3)),
    ]  # fmt: skip
    sign(agreed, images)
    sign(declined, images, agrees=False)
    services.withdraw_consent(signature_id=sign(withdrew, images).pk, by=withdrew.user, at=NOW)
    publish(trust.organisation, trust.lead, IMAGES, "New words", at=NOW)
    assert [state_of(each, IMAGES).value for each in (agreed, declined, withdrew, silent)] == [
        "sign_again", "declined", "withdrawn", "sign",
    ]  # fmt: skip


def test_nothing_else_is_refused_or_withdrawn_and_pictures_need_no_second_signature(trust, version, images):
    with pytest.raises(RuleBroken):
        sign(trust.partner, version, agrees=False)
    signature = sign(trust.partner, version)
    with pytest.raises(TransitionNotAllowed):
        services.withdraw_consent(signature_id=signature.pk, by=trust.partner.user, at=NOW)
    consent = sign(trust.partner, images)
    with pytest.raises(TransitionNotAllowed):
        countersign(consent)
    with factories.acting(), pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.filter(pk=consent.pk).update(countersigned_by=trust.lead, countersigned_at=NOW)


# --- how partners stand -------------------------------------------------------------------
def test_how_a_partner_stands_with_what_is_in_force(trust, version):
    assert state_of(trust.partner) == AgreementState.SIGN
    signature = sign(trust.partner, version)
    assert state_of(trust.partner) == AgreementState.COUNTERSIGN
    countersign(signature)
    assert state_of(trust.partner) == AgreementState.COMPLETE
    new = publish(trust.organisation, trust.lead, text="New words", at=NOW)
    assert state_of(trust.partner) == AgreementState.SIGN_AGAIN
    sign(trust.partner, new, at=NOW + timedelta(hours=1))
    assert state_of(trust.partner) == AgreementState.COUNTERSIGN
    [row] = queries.standings_of(Partner.objects.filter(pk=trust.partner.pk))
    assert (row.version, row.signature.version) == (new, new)
    assert queries.standings_of(Partner.objects.filter(pk=trust.stranger.pk)) == []


def test_a_list_of_who_has_signed_what_is_narrowed(trust, version, images):
    other = factories.make_partner(trust.organisation, user=factories.make_user("Ada Example"), lead=trust.lead)
    publish(trust.stranger.organisation, trust.stranger.lead)
    left = factories.make_partner(trust.organisation, lead=trust.lead)
    partner_services.end_appointment(partner_id=left.pk, left_on=TODAY, by=trust.lead, at=NOW)
    sign(trust.partner, version)
    versions = queries.versions_in_force([trust.organisation.pk])

    def found(by=trust.lead, **filters):
        rows = queries.agreements_found(by, trust.organisation.pk, versions, today=TODAY, **filters)
        return [(row.partner.user.name, row.version.kind, row.state.value) for row in queries.standings(rows, versions)]

    assert found() == [
        ("Ada Example", "involvement", "sign"), ("Ada Example", "images", "sign"),
        ("Pat Example", "involvement", "countersign"), ("Pat Example", "images", "sign"),
    ]  # fmt: skip
    assert found(shown=AgreementState.COUNTERSIGN) == [("Pat Example", "involvement", "countersign")]
    assert len(found(shown=AgreementShown.UNSIGNED)) == 3
    assert found(shown=AgreementShown.UNSIGNED, kind=version.kind) == [("Ada Example", "involvement", "sign")]
    assert {name for name, *_rest in found(by=other.user)} == {"Ada Example"}
    assert found(by=trust.stranger.lead) == []


def test_signatures_are_seen_by_the_partner_and_those_who_see_partners(trust, version):
    signature = sign(trust.partner, version)
    finance = factories.make_member(Role.FINANCE, trust.organisation)
    for who, sees in ((trust.partner.user, True), (trust.lead, True), (trust.stranger.lead, False), (finance, False)):
        assert (signature in queries.signatures_visible_to(who, today=TODAY)) == sees


def test_since_when_an_organisation_has_an_agreement(trust, version):
    publish(trust.organisation, trust.lead, text="New words", at=NOW)
    places = [trust.organisation.pk, trust.stranger.organisation.pk]
    assert queries.asked_since(places, version.kind) == {trust.organisation.pk: factories.START}


# --- what waits ---------------------------------------------------------------------------
def test_what_waits_for_partner_and_lead_and_whom_the_partner_waits_for(
    trust, version, images, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        rows = queries.waiting(trust.partner.user, today=TODAY)
    assert [(row.label, row.detail) for row in rows] == [
        ("Read and sign: Involvement agreement", "Willow Trust asks you to."),
        ("Read and sign: Consent to pictures of you", "Willow Trust asks you to."),
    ]
    assert rows[0].since == factories.START
    signature = sign(trust.partner, version)
    sign(trust.partner, images)
    assert queries.waiting(trust.partner.user, today=TODAY) == []
    with django_assert_max_num_queries(3):
        rows = queries.waiting(trust.lead, today=TODAY)
    assert [(row.label, row.since) for row in rows] == [("Sign for your organisation: Involvement agreement", NOW)]
    assert queries.waiting(trust.stranger.lead, today=TODAY) == []
    with django_assert_max_num_queries(1):
        [awaited] = queries.awaited(trust.partner.user, today=TODAY)
    assert (awaited.who, awaited.since) == (trust.lead.name, NOW)
    countersign(signature)
    assert queries.awaited(trust.partner.user, today=TODAY) == []
    publish(trust.organisation, trust.lead, text="New words", at=NOW)
    [again] = queries.waiting(trust.partner.user, today=TODAY)
    assert (again.label, again.detail) == ("Read and sign again: Involvement agreement", "The text has changed.")


def test_a_paused_partner_signs_too(trust, version):
    with factories.acting(), transaction.atomic():
        move_partner(lock_partner(trust.partner.pk), PartnerMove.PAUSE)
    sign(trust.partner, version)
    assert state_of(trust.partner) == AgreementState.COUNTERSIGN
