"""Pages about agreements: HTTP to one service or query."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.generic import TemplateView

from partners import queries as partners
from partners.enums.agreements import AgreementKind, AgreementState
from partners.forms import agreements as forms
from partners.permissions import agreements as permissions
from partners.queries import agreements as queries
from partners.services import agreements as services
from psp_portal.accounts.current import current_organisation_id
from psp_portal.views import Moment, RuleFormView, ScopedListView


class _ForManagers(Moment):
    """A page about the current organisation, for those who write its agreements; 403 for anybody else."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.organisation_id: Any = current_organisation_id(request)
        permissions.check_can_manage_agreements(self.user, self.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


# --- the texts --------------------------------------------------------------------------------
class KindListView(_ForManagers, TemplateView):
    """The kinds of agreement, what of each is in force, and where a draft is."""

    template_name = "agreements/kind_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        visible = queries.versions_visible_to(self.user, today=self.today).filter(organisation=self.organisation_id)
        versions = list(visible)
        in_force: dict[str, Any] = {}
        for version in versions:
            if version.published_at:
                in_force.setdefault(version.kind, version)
        drafts = {version.kind: version for version in versions if not version.published_at}
        kinds = [(kind, in_force.get(kind), drafts.get(kind)) for kind in AgreementKind]
        return super().get_context_data(**kwargs) | {"kinds": kinds}


class _AboutKind(_ForManagers):
    def find(self, **kwargs: Any) -> None:
        if kwargs["kind"] not in AgreementKind.values:
            raise Http404("There is no such agreement.")
        self.kind = AgreementKind(kwargs["kind"])


class VersionListView(_AboutKind, ScopedListView):
    """The versions of an agreement, the latest first."""

    template_name = "agreements/version_list.html"
    context_object_name = "versions"
    export_name = "versions of an agreement"
    export_columns = ("Agreement", "Version", "Published on", "Published by", "Fingerprint (SHA-256)", "Text")

    def get_queryset(self) -> Any:
        visible = queries.versions_visible_to(self.user, today=self.today)
        return visible.filter(organisation=self.organisation_id, kind=self.kind)

    def export_row(self, row: Any) -> Sequence[object]:
        return (
            row.get_kind_display(), row.number, row.published_at, row.published_by.name if row.published_by else "",
            row.fingerprint, row.text,
        )  # fmt: skip


class DraftEditView(_AboutKind, RuleFormView):
    """Write the draft of an agreement, beginning with the text that is in force."""

    form_class = forms.DraftEditForm
    template_name = "agreements/draft_edit.html"
    success_message = "Draft saved"

    def get_initial(self) -> dict[str, Any]:
        draft = queries.draft_of(self.organisation_id, self.kind)
        found = draft or queries.version_in_force(self.organisation_id, self.kind)
        return {"text": found.text if found else ""}

    def perform(self, data: dict[str, Any]) -> Any:
        return services.save_draft(
            organisation_id=self.organisation_id, kind=self.kind, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("agreements:version_detail", args=[self.result.pk])


class _AboutVersion(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.versions_visible_to(self.user, today=self.today)
        self.version = get_object_or_404(visible, pk=kwargs["version_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version, before = self.version, queries.version_before(self.version)
        return super().get_context_data(**kwargs) | {
            "version": version,
            "before": before,
            "groups": queries.text_of(version, since=before),
            "can_manage": permissions.can_manage_agreements(self.user, version.organisation_id, today=self.today),
            "is_in_force": queries.is_in_force(version),
        }


class VersionDetailView(_AboutVersion, TemplateView):
    """One version: its text, what changed since the one before, and its fingerprint."""

    template_name = "agreements/version_detail.html"


class _AboutDraft(_AboutVersion):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_manage_agreements(self.user, self.version.organisation_id, today=self.today)
        return super().dispatch(request, *args, **kwargs)


class DraftPublishView(_AboutDraft, RuleFormView):
    """Put a draft in force."""

    template_name = "agreements/draft_publish.html"
    success_message = "Agreement published"

    def perform(self, data: dict[str, Any]) -> Any:
        return services.publish_draft(version_id=self.version.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("agreements:version_detail", args=[self.version.pk])


class DraftRemoveView(_AboutDraft, RuleFormView):
    """Throw a draft away."""

    template_name = "agreements/draft_remove.html"
    success_message = "Draft removed"

    def perform(self, data: dict[str, Any]) -> Any:
        services.discard_draft(version_id=self.version.pk, by=self.user, at=self.at)

    def get_success_url(self) -> str:
        return reverse("agreements:version_list", args=[self.version.kind])


# --- who has signed what ------------------------------------------------------------------------
class AgreementListView(_ForManagers, ScopedListView):
    """How the partners of the current organisation stand with each agreement that is in force."""

    template_name = "agreements/agreement_list.html"
    context_object_name = "rows"
    export_name = "agreements"
    export_columns = (
        "Partner", "Agreement", "Version in force", "State", "Signed version", "Signed as", "Signed at", "Fingerprint",
        "Countersigned by", "Countersigned at", "Programme lead",
    )  # fmt: skip

    def get_queryset(self) -> Any:
        self.form = forms.AgreementListForm(self.request.GET or None)
        chosen = self.form.cleaned_data if self.form.is_valid() else {}
        self.versions = queries.versions_in_force([self.organisation_id])
        return queries.agreements_found(
            self.user, self.organisation_id, self.versions, today=self.today, shown=chosen.get("shown", ""),
            kind=chosen.get("kind", ""),
        )  # fmt: skip

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        filled = queries.standings(context["page_obj"], self.versions)
        return context | {"filters": self.form, "standings": filled, "versions": self.versions}

    def exported(self, rows: Sequence[Any]) -> None:
        filled = queries.standings(rows, self.versions)
        self.filled = {(each.partner.pk, each.version.pk): each for each in filled}

    def export_row(self, row: Any) -> Sequence[object]:
        each = self.filled[row["pk"], row["version_id"]]
        signed = each.signature
        return (
            each.partner.user.name, each.version.get_kind_display(), each.version.number, each.state.label,
            *(
                (
                    signed.version.number, signed.name, signed.signed_at, signed.fingerprint,
                    signed.countersigned_by.name if signed.countersigned_by else "", signed.countersigned_at,
                )
                if signed
                else ("",) * 6
            ),
            each.partner.lead.name,
        )  # fmt: skip


class _AboutPartner(Moment):
    """Finds the partner of the address, or answers 404."""

    def find(self, **kwargs: Any) -> None:
        self.visible = partners.partners_visible_to(self.user, today=self.today).filter(pk=kwargs["partner_id"])
        self.partner = get_object_or_404(self.visible)


class PartnerDetailView(_AboutPartner, TemplateView):
    """One partner's agreements, for the partner to sign and for both to read."""

    template_name = "agreements/partner_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        signatures = queries.signatures_visible_to(self.user, today=self.today).filter(partner=self.partner)
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "is_own": self.partner.user_id == self.user.pk,
            "standings": queries.standings_of(self.visible),
            "signatures": signatures,
            "can_sign": permissions.can_sign(self.user, self.partner),
            "can_countersign": permissions.can_countersign(self.user, self.partner, today=self.today),
            "unsigned": queries.UNSIGNED,
        }


class AgreementSignView(_AboutPartner, RuleFormView):
    """Read an agreement and sign it with one's own name.

    Whoever reads a version that has been replaced is shown the one in force, with what changed since the one they read.
    """

    form_class = forms.AgreementSignForm
    template_name = "agreements/agreement_sign.html"
    success_message = "Thank you. Your answer is saved"

    def find(self, **kwargs: Any) -> None:
        super().find(**kwargs)
        texts = queries.versions_visible_to(self.user, today=self.today).published()
        here = texts.filter(organisation=self.partner.organisation_id)
        self.read = get_object_or_404(here, pk=kwargs["version_id"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_sign(self.user, self.partner)
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {
            "asks_consent": self.read.kind == AgreementKind.IMAGES,
            "person": self.partner.user.name,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        version: Any = queries.version_in_force(self.partner.organisation_id, self.read.kind)
        stands = queries.standing_with(self.partner, version)
        is_outdated = version.pk != self.read.pk
        since = self.read if is_outdated else None
        if since is None and stands.signature and stands.signature.version_id != version.pk:
            since = stands.signature.version
        return super().get_context_data(**kwargs) | {
            "partner": self.partner,
            "version": version,
            "since": since,
            "is_outdated": is_outdated,
            "stands": stands,
            "is_signed": stands.state in (AgreementState.COUNTERSIGN, AgreementState.COMPLETE),
            "groups": queries.text_of(version, since=since),
        }

    def perform(self, data: dict[str, Any]) -> Any:
        return services.sign_agreement(
            partner_id=self.partner.pk, version_id=self.read.pk, by=self.user, at=self.at, **data
        )

    def get_success_url(self) -> str:
        return reverse("agreements:signature_detail", args=[self.result.pk])


class _AboutSignature(Moment):
    def find(self, **kwargs: Any) -> None:
        visible = queries.signatures_visible_to(self.user, today=self.today)
        self.signature = get_object_or_404(visible, pk=kwargs["signature_id"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        signature = self.signature
        return super().get_context_data(**kwargs) | {
            "signature": signature,
            "partner": signature.partner,
            "version": signature.version,
            "groups": queries.text_of(signature.version),
            "is_own": signature.partner.user_id == self.user.pk,
            "is_in_force": queries.is_in_force(signature.version),
            "is_consent": signature.kind == AgreementKind.IMAGES,
            "can_countersign": permissions.can_countersign(self.user, signature.partner, today=self.today),
        }

    def get_success_url(self) -> str:
        return reverse("agreements:signature_detail", args=[self.signature.pk])


class SignatureDetailView(_AboutSignature, TemplateView):
    """A signed agreement, to read and to print."""

    template_name = "agreements/signature_detail.html"


class SignatureCountersignView(_AboutSignature, RuleFormView):
    """Sign for the organisation."""

    template_name = "agreements/signature_countersign.html"
    success_message = "Signed for your organisation"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_countersign(self.user, self.signature.partner, today=self.today)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.countersign(signature_id=self.signature.pk, by=self.user, at=self.at)


class ConsentWithdrawView(_AboutSignature, RuleFormView):
    """Take back consent to pictures."""

    template_name = "agreements/consent_withdraw.html"
    success_message = "Consent withdrawn"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        permissions.check_can_withdraw(self.user, self.signature.partner)
        return super().dispatch(request, *args, **kwargs)

    def perform(self, data: dict[str, Any]) -> Any:
        return services.withdraw_consent(signature_id=self.signature.pk, by=self.user, at=self.at)
