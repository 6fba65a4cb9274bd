"""Who may open which address of recruitment."""

from tests.access_matrix.world import World
from tests.partners import recruitment_samples as samples

# fmt: off
MATRIX: dict[str, str] = {
    # --- for everybody, and for whoever holds an applicant's key
    "recruitment:advert_detail":        "200 200 200 200 200 200 200 200 200",
    "recruitment:application_start":    "200 200 200 200 200 200 200 200 200",
    "recruitment:link_send":            "200 200 200 200 200 200 200 200 200",
    "recruitment:link_sent":            "200 200 200 200 200 200 200 200 200",
    "recruitment:progress_detail":      "200 200 200 200 200 200 200 200 200",
    "recruitment:answer_edit":          "200 200 200 200 200 200 200 200 200",
    "recruitment:application_check":    "200 200 200 200 200 200 200 200 200",
    "recruitment:application_withdraw": "200 200 200 200 200 200 200 200 200",
    "recruitment:time_choose":          "200 200 200 200 200 200 200 200 200",
    "recruitment:offer_accept":         "200 200 200 200 200 200 200 200 200",
    # --- for those who manage partners
    "recruitment:vacancy_list":         "302 403 200 403 403 403 403 403 200",
    "recruitment:vacancy_create":       "302 403 200 403 403 403 403 403 200",
    "recruitment:rate_list":            "302 403 200 403 403 403 403 403 200",
    "recruitment:letter_list":          "302 403 200 403 403 403 403 403 200",
    "recruitment:letter_edit":          "302 403 200 403 403 403 403 403 200",
    "recruitment:settings_edit":        "302 403 200 403 403 403 403 403 200",
    "recruitment:application_list":     "302 403 200 403 403 403 403 403 200",
    "recruitment:vacancy_detail":       "302 404 200 404 404 404 404 404 404",
    "recruitment:vacancy_edit":         "302 404 200 404 404 404 404 404 404",
    "recruitment:vacancy_open":         "302 404 200 404 404 404 404 404 404",
    "recruitment:vacancy_close":        "302 404 200 404 404 404 404 404 404",
    "recruitment:channel_create":       "302 404 200 404 404 404 404 404 404",
    "recruitment:criterion_create":     "302 404 200 404 404 404 404 404 404",
    "recruitment:criterion_remove":     "302 404 200 404 404 404 404 404 404",
    "recruitment:code_download":        "302 404 200 404 404 404 404 404 404",
    "recruitment:application_create":   "302 404 200 404 404 404 404 404 404",
    "recruitment:application_detail":   "302 404 200 404 404 404 404 404 404",
    "recruitment:application_score":    "302 404 200 404 404 404 404 404 404",
    "recruitment:application_decide":   "302 404 200 404 404 404 404 404 404",
    "recruitment:offer_create":         "302 404 200 404 404 404 404 404 404",
    "recruitment:contact_edit":         "302 404 200 404 404 404 404 404 404",
    "recruitment:time_create":          "302 404 200 404 404 404 404 404 404",
    "recruitment:time_remove":          "302 404 200 404 404 404 404 404 404",
}
# fmt: on

# Pages that open without signing in.
PUBLIC = {
    "recruitment:advert_detail",
    "recruitment:application_start",
    "recruitment:link_send",
    "recruitment:link_sent",
    "recruitment:progress_detail",
    "recruitment:answer_edit",
    "recruitment:application_check",
    "recruitment:application_withdraw",
    "recruitment:time_choose",
    "recruitment:offer_accept",
}


def add(world: World) -> None:
    """Make what the addresses name."""
    lead = world.people["programme_lead"]
    vacancy = samples.make_vacancy(world.trust, lead)
    begun = samples.make_started(vacancy)
    invited = samples.make_invited(vacancy, lead)
    named = {
        "vacancy_id": vacancy.pk,
        "slug": vacancy.slug,
        "criterion_id": vacancy.criteria.first().pk,
        "channel_id": vacancy.channels.first().pk,
        "application_id": invited.pk,
        "time_id": samples.make_time(invited, lead).pk,
        "token": samples.token_of(begun),
        "step": "reasons",
        "move": "not_this_time",
        "kind": "offer",
    }
    # Other parts have keys, kinds and steps too.
    world.things |= {name: dict(named) for name in MATRIX}
    world.things["recruitment:time_choose"]["token"] = samples.token_of(invited)
    offered = samples.make_offered(vacancy, lead)
    world.things["recruitment:offer_accept"]["token"] = samples.token_of(offered)
