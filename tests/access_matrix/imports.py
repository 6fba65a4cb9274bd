"""Who may open which address of imports."""

import io

from django.utils import timezone

from partners.models.imports import AwaitedPartner
from partners.services import imports as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "imports:import_list":                        "302 403 200 403 403 403 403 403 200",
    "imports:import_create":                      "302 403 200 403 403 403 403 403 200",
    "imports:columns_edit":                       "302 404 200 404 404 404 404 404 404",
    "imports:choices_edit":                       "302 404 200 404 404 404 404 404 404",
    "imports:import_confirm":                     "302 404 200 404 404 404 404 404 404",
    "imports:awaited_list":                       "302 403 200 403 403 403 403 403 200",
    "imports:awaited_invite":                     "302 404 200 404 404 404 404 404 404",
    "imports:awaited_remove":                     "302 404 200 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Bring in a list of one person who has not answered, and leave another list uploaded."""
    lead, now = world.people["programme_lead"], timezone.now()

    def upload(name: str):
        content = f"Name,Email,Start,End\n{name},{name.lower()}@example.org,1/4/2026,31/3/2028\n".encode()
        return services.upload_list(
            organisation_id=world.trust.pk, upload=io.BytesIO(content), file_name="list.csv", by=lead, at=now
        )

    services.bring_in_list(list_id=upload("Ann").pk, by=lead, at=now)
    world.things |= {
        "awaited_id": AwaitedPartner.objects.get(organisation=world.trust).pk,
        "partner_list_id": upload("Bo").pk,
    }
