"""Who may open which address of access."""

from django.utils import timezone

from partners.enums.access import NeedKind, Sharing
from partners.services import access as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "access:review_list":                         "302 403 200 403 403 403 403 403 200",
    "access:settings_edit":                       "302 403 200 403 403 403 403 403 200",
    # A requester, because the partner is on a committee and shares what they need.
    "access:needs_detail":                        "302 200 200 200 404 404 404 404 404",
    "access:need_kind_choose":                    "302 200 200 403 404 404 404 404 404",
    "access:need_create":                         "302 200 200 403 404 404 404 404 404",
    "access:needs_review":                        "302 200 200 403 404 404 404 404 404",
    "access:need_edit":                           "302 200 200 403 404 404 404 404 404",
    "access:need_confirm":                        "302 200 403 403 404 404 404 404 404",
    "access:sharing_edit":                        "302 200 403 403 404 404 404 404 404",
    "access:need_end":                            "302 200 200 403 404 404 404 404 404",
    "access:met_record":                          "302 200 200 200 404 404 404 404 404",
    "accounts:preferences_edit":                  "302 200 200 200 200 200 200 200 200",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Let the partner share one thing that they need."""
    now, partner = timezone.now(), world.people["partner"]
    need = services.record_need(
        partner_id=world.things["partner_id"], kind=NeedKind.LARGE_PRINT, detail="", point_size=18, by=partner, at=now
    )
    services.share_need(need_id=need.pk, sharing=Sharing.ARRANGERS, by=partner, at=now)
    world.things |= {
        "need_id": need.pk,
        "access:need_create": {"kind": NeedKind.BSL.value},
    }
