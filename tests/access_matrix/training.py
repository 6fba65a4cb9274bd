"""Who may open which address of training."""

from datetime import timedelta

from django.utils import timezone

from partners.enums.training import DevelopmentKind
from partners.services import training as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "training:course_list":                       "302 403 200 403 403 403 403 403 200",
    "training:course_create":                     "302 403 200 403 403 403 403 403 200",
    "training:course_edit":                       "302 404 200 404 404 404 404 404 404",
    "training:course_close":                      "302 404 200 404 404 404 404 404 404",
    "training:settings_edit":                     "302 403 200 403 403 403 403 403 200",
    "training:need_list":                         "302 403 200 403 403 403 403 403 200",
    "training:session_record":                    "302 403 200 403 403 403 403 403 200",
    "training:training_detail":                   "302 200 200 404 404 404 404 404 404",
    "training:training_remove":                   "302 403 200 404 404 404 404 404 404",
    "training:request_list":                      "302 200 200 403 403 403 403 403 200",
    "training:request_kind_choose":               "302 200 403 404 404 404 404 404 404",
    "training:request_create":                    "302 200 403 404 404 404 404 404 404",
    "training:request_detail":                    "302 200 200 404 404 404 404 404 404",
    "training:request_decide":                    "302 403 200 404 404 404 404 404 404",
    "training:request_finish":                    "302 200 200 404 404 404 404 404 404",
    "training:request_withdraw":                  "302 200 403 404 404 404 404 404 404",
    "training:directory_list":                    "302 200 403 403 403 403 403 403 403",
    "expenses:training_claim_create":             "302 200 404 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Make a course that the partner has done, and two requests: one that waits and one agreed."""
    now, lead, partner_id = timezone.now(), world.people["programme_lead"], world.things["partner_id"]
    course = services.create_course(
        organisation_id=world.trust.pk,
        facts=services.CourseFacts("Essentials", 1, "e-learning for healthcare", 30, 36, (4,), is_published=True),
        by=lead,
        at=now,
    )
    recorded = services.record_session(
        course_id=course.pk, done_on=timezone.localdate() - timedelta(days=9), minutes=30, reference="",
        partner_ids=[partner_id], by=lead, at=now,
    )  # fmt: skip

    def ask():
        return services.ask_for_development(
            partner_id=partner_id, kind=DevelopmentKind.VISIT, what="The control room", why="To see it", when="",
            hours=None, cost=None, by=world.people["partner"], at=now,
        )  # fmt: skip

    agreed = ask()
    services.decide_development(request_id=agreed.pk, agrees=True, reason="", agreed_for=None, by=lead, at=now)
    world.things |= {
        "course_id": course.pk,
        "record_id": recorded.records[0].pk,
        "request_id": ask().pk,
        "training:request_finish": {"request_id": agreed.pk},
        "training:request_create": {"kind": DevelopmentKind.VISIT.value},
    }
