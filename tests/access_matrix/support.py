"""Who may open which address of support, and words that nobody else's page may ever show."""

from datetime import timedelta

from django.utils import timezone

from partners.enums.support import CheckInItem, PlanItem, ReviewSide, TalkKind
from partners.models.support import ReviewQuestion
from partners.services import support as services
from tests.access_matrix.world import PRIVATE_WORDS, World

MATRIX: dict[str, str] = {
                                                 # anon part lead requ appr fina exec audi stra
    "support:overview_list":                      "302 403 200 403 403 403 403 403 200",
    "support:settings_edit":                      "302 403 200 403 403 403 403 403 200",
    "support:overview_detail":                    "302 200 200 404 404 404 404 404 404",
    # --- talks (anybody may be a mentor, and have some)
    "support:talk_list":                          "302 200 200 200 200 200 200 200 200",
    "support:talk_create":                        "302 200 200 404 404 404 404 404 404",
    "support:talk_detail":                        "302 200 200 404 404 404 404 404 404",
    "support:talk_hold":                          "302 200 200 404 404 404 404 404 404",
    "support:talk_cancel":                        "302 200 200 404 404 404 404 404 404",
    "support:notes_edit":                         "302 200 200 404 404 404 404 404 404",
    "support:notes_agree":                        "302 200 200 404 404 404 404 404 404",
    "support:note_edit":                          "302 200 200 404 404 404 404 404 404",
    # --- what is the partner's own
    "support:plan_detail":                        "302 200 404 404 404 404 404 404 404",
    "support:plan_edit":                          "302 200 403 404 404 404 404 404 404",
    "support:check_in_list":                      "302 200 200 404 404 404 404 404 404",
    "support:check_in_create":                    "302 200 403 404 404 404 404 404 404",
    "support:check_in_share":                     "302 200 404 404 404 404 404 404 404",
    "support:check_in_remove":                    "302 200 404 404 404 404 404 404 404",
    # Everybody has a page of their own there, which is empty for all but a partner.
    "support:follow_up_list":                     "302 200 200 200 200 200 200 200 200",
    "support:follow_up_switch":                   "POST 302 302 302 302 302 302 302 302 302",
    "support:follow_up_create":                   "302 200 403 404 404 404 404 404 404",
    "support:follow_up_answer":                   "302 200 404 404 404 404 404 404 404",
    "support:follow_up_remove":                   "302 200 404 404 404 404 404 404 404",
    # --- mentors: the requester is asked to be one
    "support:mentor_create":                      "302 403 200 404 404 404 404 404 404",
    "support:mentor_answer":                      "302 200 403 200 404 404 404 404 404",
    "support:mentor_end":                         "302 200 200 200 404 404 404 404 404",
    # --- the annual review
    "support:question_list":                      "302 403 200 403 403 403 403 403 200",
    "support:question_create":                    "302 403 200 403 403 403 403 403 200",
    "support:question_edit":                      "302 403 200 403 403 403 403 403 404",
    "support:review_create":                      "302 200 200 404 404 404 404 404 404",
    "support:review_detail":                      "302 200 200 404 404 404 404 404 404",
    "support:review_answer":                      "302 200 200 404 404 404 404 404 404",
    "support:points_edit":                        "302 200 200 404 404 404 404 404 404",
    "support:points_agree":                       "302 200 200 404 404 404 404 404 404",
}  # fmt: skip

# Pages that open without signing in.
PUBLIC: set[str] = set()

# What the partner wrote where only they can read it, what the lead wrote for themselves, and what the two share.
OWN = {
    "note": "quillwort-note", "plan": "quillwort-plan", "kept": "quillwort-kept", "about": "quillwort-about",
    "answer": "quillwort-answer", "review": "quillwort-review",
}  # fmt: skip
LEADS = {"note": "saxifrage-note", "review": "saxifrage-review"}
SHARED = {"notes": "tormentil-notes", "check_in": "tormentil-check-in"}
PRIVATE_WORDS |= dict.fromkeys(OWN.values(), frozenset({"partner"}))
PRIVATE_WORDS |= dict.fromkeys(LEADS.values(), frozenset({"programme_lead"}))
PRIVATE_WORDS |= dict.fromkeys(SHARED.values(), frozenset({"partner", "programme_lead"}))


def add(world: World) -> None:
    """Make one of everything, with private words in all that is private."""
    now, partner_id = timezone.now(), world.things["partner_id"]
    person, lead, mentor = (world.people[role] for role in ("partner", "programme_lead", "requester"))
    earlier = now - timedelta(days=4)
    talk = services.plan_talk(
        partner_id=partner_id, with_id=lead.pk, kind=TalkKind.ONE_TO_ONE, starts_at=earlier, minutes=60,
        place="Willow House", online_link="", by=lead, at=now,
    )  # fmt: skip
    services.write_shared_notes(talk_id=talk.pk, text=SHARED["notes"], seen=0, by=lead, at=now)
    services.write_private_note(talk_id=talk.pk, text=OWN["note"], by=person, at=now)
    services.write_private_note(talk_id=talk.pk, text=LEADS["note"], by=lead, at=now)
    services.save_wellbeing_plan(
        partner_id=partner_id, items={PlanItem.HELPS: OWN["plan"]}, is_shared=False, by=person, at=now
    )
    check_in = services.make_check_in(
        partner_id=partner_id, items={CheckInItem.HARD: OWN["kept"], CheckInItem.NEED: SHARED["check_in"]},
        shared={CheckInItem.NEED}, by=person, at=now,
    )  # fmt: skip
    follow_up = services.mark_hard(
        partner_id=partner_id, about=OWN["about"], happened_on=timezone.localdate(earlier), by=person, at=earlier
    )
    services.ask_how_they_are(at=now)
    services.answer_follow_up(follow_up_id=follow_up.pk, answer=OWN["answer"], by=person, at=now)
    pairing = services.propose_mentor(partner_id=partner_id, mentor_id=mentor.pk, by=lead, at=now)
    review = services.open_review(partner_id=partner_id, by=lead, at=now)
    for by, words in ((person, OWN), (lead, LEADS)):
        services.save_answers(review_id=review.pk, answers={1: words["review"]}, is_sending=False, by=by, at=now)
    question = ReviewQuestion.objects.filter(organisation=world.trust, side=ReviewSide.LEAD).first()
    world.things |= {
        "talk_id": talk.pk,
        "check_in_id": check_in.pk,
        "follow_up_id": follow_up.pk,
        "mentoring_id": pairing.pk,
        "review_id": review.pk,
        "question_id": question.pk,
    }
