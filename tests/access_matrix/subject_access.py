"""Who may open which address of copies of records."""

from django.utils import timezone

from psp_portal.subject_access import services
from tests import factories
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "subject_access:request_list":                 "302 403 200 403 403 403 403 403 200",
    "subject_access:request_record":               "302 403 200 403 403 403 403 403 200",
    "subject_access:request_detail":               "302 404 200 404 404 404 404 404 404",
    "subject_access:identity_confirm":             "302 403 200 403 403 403 403 403 404",
    "subject_access:request_extend":               "302 403 200 403 403 403 403 403 404",
    "subject_access:request_close":                "302 403 200 403 403 403 403 403 404",
    "subject_access:file_download":           "POST 302 404 200 404 404 404 404 404 404",
    "subject_access:file_ask":                     "302 200 200 200 200 200 200 200 200",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Let somebody whom no test signs in as ask for their records: theirs are nobody's here but the lead's."""
    lead, now = world.people["programme_lead"], timezone.now()
    person = factories.make_partner(world.trust, lead=lead).user
    request = services.record_request(
        organisation_id=world.trust.pk, person_id=person.pk, email="", name="", received_on=timezone.localdate(),
        by=lead, at=now,
    )  # fmt: skip
    services.confirm_identity(request_id=request.pk, how="Passport seen", by=lead, at=now)
    for name in ("request_detail", "identity_confirm", "request_extend", "request_close", "file_download"):
        world.things[f"subject_access:{name}"] = {"request_id": request.pk}
