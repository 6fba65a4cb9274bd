"""Who may open which address of agreements."""

from django.utils import timezone

from partners.enums.agreements import AgreementKind
from partners.services import agreements as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "agreements:agreement_list":                  "302 403 200 403 403 403 403 403 200",
    "agreements:kind_list":                       "302 403 200 403 403 403 403 403 200",
    "agreements:version_list":                    "302 403 200 403 403 403 403 403 200",
    "agreements:draft_edit":                      "302 403 200 403 403 403 403 403 200",
    "agreements:version_detail":                  "302 200 200 404 404 404 404 404 404",
    "agreements:draft_publish":                   "302 404 200 404 404 404 404 404 404",
    "agreements:draft_remove":                    "302 404 200 404 404 404 404 404 404",
    "agreements:partner_detail":                  "302 200 200 404 404 404 404 404 404",
    "agreements:agreement_sign":                  "302 200 403 404 404 404 404 404 404",
    "agreements:signature_detail":                "302 200 200 404 404 404 404 404 404",
    "agreements:signature_countersign":           "302 403 200 404 404 404 404 404 404",
    "agreements:consent_withdraw":                "302 200 403 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Publish three texts, of which the partner signs two; one of them is about pictures. A fourth is a draft."""
    now, lead, person = timezone.now(), world.people["programme_lead"], world.people["partner"]

    def draft(kind):
        return services.save_draft(organisation_id=world.trust.pk, kind=kind, text="What we agree.", by=lead, at=now)

    def sign(version):
        return services.sign_agreement(
            partner_id=world.things["partner_id"], version_id=version.pk, name=person.name, by=person, at=now
        )

    conduct, images, secret = (
        services.publish_draft(version_id=draft(kind).pk, by=lead, at=now)
        for kind in (AgreementKind.CONDUCT, AgreementKind.IMAGES, AgreementKind.CONFIDENTIALITY)
    )
    unpublished = {"version_id": draft(AgreementKind.INVOLVEMENT).pk}
    world.things |= {
        "version_id": secret.pk,
        "signature_id": sign(conduct).pk,
        "agreements:consent_withdraw": {"signature_id": sign(images).pk},
        "agreements:draft_publish": unpublished,
        "agreements:draft_remove": unpublished,
        "agreements:version_list": {"kind": AgreementKind.CONDUCT.value},
        "agreements:draft_edit": {"kind": AgreementKind.CONDUCT.value},
    }
