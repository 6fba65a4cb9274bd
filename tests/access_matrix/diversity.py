"""Who may open which address of diversity."""

from tests.access_matrix.world import World
from tests.partners import recruitment_samples as applicants
from tests.partners.diversity_samples import make_asking

# fmt: off
MATRIX: dict[str, str] = {
    # --- for whoever holds an applicant's key
    "diversity:answers_edit":         "200 200 200 200 200 200 200 200 200",
    "diversity:answers_withdraw":     "200 200 200 200 200 200 200 200 200",
    # --- for the partner alone
    "diversity:own_answers_edit":     "302 200 404 404 404 404 404 404 404",
    "diversity:own_answers_withdraw": "302 200 404 404 404 404 404 404 404",
    # --- for those who see the programme
    "diversity:total_list":           "302 403 200 403 403 403 200 200 200",
    "diversity:settings_edit":        "302 403 200 403 403 403 403 403 200",
}
# fmt: on

# Pages that open without signing in.
PUBLIC = {"diversity:answers_edit", "diversity:answers_withdraw"}


def add(world: World) -> None:
    """Make what the addresses name."""
    lead = world.people["programme_lead"]
    make_asking(world.trust, lead)
    application = applicants.make_sent(applicants.make_vacancy(world.trust, lead))
    token = applicants.token_of(application)
    world.things |= {name: {"token": token} for name in PUBLIC}
