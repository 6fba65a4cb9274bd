"""Access needs for tests, through the services."""

from datetime import date, datetime

from partners.enums.access import NeedKind, Sharing
from partners.models import Partner
from partners.models.access import AccessNeed, NeedMet
from partners.services import access as services
from psp_portal.accounts.models import User
from psp_portal.dates import local_date
from tests import factories

NOW = factories.START
TODAY = local_date(NOW)
# What must stand on no page, file or e-mail of those who may not know.
SECRET = "A hearing loop near the front"


def need(
    partner: Partner,
    kind: NeedKind = NeedKind.ENVIRONMENT,
    detail: str = SECRET,
    *,
    point_size: int | None = None,
    by: User | None = None,
    at: datetime = NOW,
) -> AccessNeed:
    """Return what a partner (or ``by``) wrote down; only the lead knows of it."""
    return services.record_need(
        partner_id=partner.pk, kind=kind, detail=detail, point_size=point_size, by=by or partner.user, at=at
    )


def shared(partner: Partner, **options) -> AccessNeed:
    """Return a need that a partner shares with those who arrange things for them."""
    return share(need(partner, **options))


def share(each: AccessNeed, sharing: Sharing = Sharing.ARRANGERS) -> AccessNeed:
    return services.share_need(need_id=each.pk, sharing=sharing, by=each.partner.user, at=NOW)


def mention(partner: Partner, words: str = SECRET, *, at: datetime = NOW) -> AccessNeed:
    """Return what an applicant said, which is not written down yet."""
    services.take_over_needs(partner_id=partner.pk, wanted=words, by=factories.TESTS, at=at)
    return AccessNeed.objects.filter(partner=partner).latest("identified_on")


def meet(
    each: AccessNeed, by: User, *, was_met: bool = True, how: str = "It was switched on", on: date = TODAY
) -> NeedMet:
    return services.record_met(
        need_id=each.pk, occasion="Safety committee", on=on, was_met=was_met, how=how, by=by, at=NOW
    )
