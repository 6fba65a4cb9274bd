"""Agreements as versioned texts, and who has signed which: a text that was published never changes (docs/adr/0021)."""

import uuid

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import CharField, Exists, F, Func, OuterRef, Q

from partners.enums.agreements import AgreementKind
from partners.models.appointments import not_by_the_partner
from partners.policies import agreements as policies
from psp_portal.audit.triggers import actor_required


class _Sha256(Func):
    """The SHA-256 of a text as UTF-8, in hexadecimal, as the database works it out."""

    template = "encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')"
    output_field = CharField()


class AgreementVersionQuerySet(models.QuerySet["AgreementVersion"]):
    """Filters that read as people speak of versions."""

    def published(self) -> "AgreementVersionQuerySet":
        return self.filter(published_at__isnull=False)

    def in_force(self) -> "AgreementVersionQuerySet":
        """Keep the latest that was published of each kind at each organisation."""
        newer = AgreementVersion.objects.published().filter(
            organisation=OuterRef("organisation"), kind=OuterRef("kind"), number__gt=OuterRef("number")
        )
        return self.published().filter(~Exists(newer))


@pghistory.track()
class AgreementVersion(models.Model):
    """One version of one agreement of an organisation: a draft until it is published, and then for ever as it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="agreements")
    kind = models.CharField(max_length=20, choices=AgreementKind)
    number = models.PositiveSmallIntegerField()
    text = models.TextField(max_length=policies.LONGEST_TEXT)
    fingerprint = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    objects = AgreementVersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "number"], name="agreement_number_once"),
            models.UniqueConstraint(
                fields=["organisation", "kind"], condition=Q(published_at__isnull=True), name="agreement_one_draft"
            ),
            models.CheckConstraint(condition=Q(kind__in=AgreementKind.values), name="agreement_kind_known"),
            models.CheckConstraint(condition=~Q(text="") & Q(number__gte=1), name="agreement_has_text"),
            models.CheckConstraint(
                condition=Q(fingerprint=_Sha256(F("text"))), name="agreement_fingerprint_is_of_its_text"
            ),
            models.CheckConstraint(
                condition=Q(published_at__isnull=True, published_by__isnull=True)
                | Q(published_at__isnull=False, published_by__isnull=False),
                name="agreement_both_published_set",
            ),
        ]
        triggers = [
            actor_required(),
            pgtrigger.Protect(
                name="published_never_changes",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.organisation_id}"


@pghistory.track()
class Signature(models.Model):
    """A partner signed one version, exactly as it was. Consent to pictures may be refused, and taken back."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    partner = models.ForeignKey("partners.Partner", on_delete=models.PROTECT, related_name="signatures")
    version = models.ForeignKey(AgreementVersion, on_delete=models.PROTECT, related_name="signatures")
    kind = models.CharField(max_length=20, choices=AgreementKind)
    agrees = models.BooleanField(default=True)
    # As it was typed.
    name = models.CharField(max_length=200)
    signed_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=64)
    countersigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    countersigned_at = models.DateTimeField(null=True)
    # When consent was taken back, or answered anew.
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["partner", "version"], condition=Q(ended_at__isnull=True), name="signature_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=AgreementKind.values), name="signature_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="signature_has_name"),
            models.CheckConstraint(
                condition=Q(countersigned_at__isnull=True, countersigned_by__isnull=True)
                | Q(countersigned_at__isnull=False, countersigned_by__isnull=False),
                name="signature_both_countersigned_set",
            ),
            models.CheckConstraint(
                condition=Q(kind=AgreementKind.IMAGES, countersigned_at__isnull=True)
                | ~Q(kind=AgreementKind.IMAGES) & Q(agrees=True, ended_at__isnull=True),
                name="signature_only_pictures_refused_or_ended",
            ),
        ]
        indexes = [
            models.Index(fields=["partner", "kind"], name="signature_of_partner"),
            models.Index(
                fields=["signed_at"], name="signature_waiting",
                condition=Q(countersigned_at__isnull=True) & ~Q(kind=AgreementKind.IMAGES),
            ),
        ]  # fmt: skip
        triggers = [
            actor_required(),
            pgtrigger.Trigger(
                name="signs_what_is_in_force",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert,
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM partners_agreementversion v
                        JOIN partners_partner p ON p.id = NEW.partner_id AND p.organisation_id = v.organisation_id
                        WHERE v.id = NEW.version_id AND v.published_at IS NOT NULL AND v.kind = NEW.kind
                          AND v.fingerprint = NEW.fingerprint
                          AND NOT EXISTS (
                              SELECT 1 FROM partners_agreementversion n
                              WHERE n.organisation_id = v.organisation_id AND n.kind = v.kind
                                AND n.number > v.number AND n.published_at IS NOT NULL
                          )
                    ) THEN
                        RAISE EXCEPTION 'A signature is for the version in force at its own organisation, as it is.';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.ReadOnly(
                name="signed_once",
                fields=["partner", "version", "kind", "agrees", "name", "signed_at", "fingerprint"],
            ),
            pgtrigger.Protect(
                name="countersigned_and_ended_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__countersigned_at__isnull=False) | pgtrigger.Q(old__ended_at__isnull=False),
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            not_by_the_partner("countersigned_by"),
        ]

    def __str__(self) -> str:
        return f"{self.partner_id} signed {self.version_id}"
