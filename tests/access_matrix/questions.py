"""Who may open which address of questions."""

from django.utils import timezone

from partners.enums.questions import AskedRole
from partners.services import questions as services
from tests.access_matrix.world import World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "questions:own_list":                        "302 200 200 200 200 200 200 200 200",
    "questions:question_list":                   "302 403 200 200 200 200 200 200 200",
    "questions:settings_edit":                   "302 403 200 403 403 403 403 403 200",
    "questions:question_create":                 "302 200 403 404 404 404 404 404 404",
    "questions:question_detail":                 "302 200 404 404 404 200 404 404 404",
    "questions:addition_create":                 "302 200 404 404 404 403 404 404 404",
    "questions:question_close":                  "302 200 404 404 404 403 404 404 404",
    "questions:question_reopen":                 "302 200 404 404 404 403 404 404 404",
    "questions:reply_create":                    "302 403 404 404 404 200 404 404 404",
    "questions:question_pass":                   "302 403 404 404 404 200 404 404 404",
    "questions:no_reply_create":                 "302 403 404 404 404 200 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()


def add(world: World) -> None:
    """Ask finance something: neither the lead nor anybody above reads it."""
    question = services.ask_question(
        partner_id=world.things["partner_id"], to_role=AskedRole.FINANCE, subject="A payment",
        text="When was it?", by=world.people["partner"], at=timezone.now(),
    )  # fmt: skip
    # A question of the annual review is named by the same keyword, so each page has its own.
    world.things |= dict.fromkeys(MATRIX, {"question_id": question.pk})
