from datetime import date, timedelta

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction

from partners.enums import PartnerStatus
from partners.enums.induction import ItemKind, ItemMove, ItemOwner
from partners.models import Partner
from partners.models.induction import Induction, InductionItem, NewcomerNote, TemplateItem
from partners.queries import induction as queries
from partners.services import induction as services
from partners.services.moving import lock_partner
from partners.tasks import induction as tasks
from psp_portal.accounts import services as accounts
from psp_portal.accounts.enums import Role
from psp_portal.audit.context import SystemActor
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed
from psp_portal.notifications.models import Message
from tests import factories
from tests.partners.induction_samples import (
    NOW,
    TODAY,
    agree,
    close,
    item_of,
    line,
    make_induction,
    make_line,
    make_note,
    make_template,
    put_in,
)


def told(kind: str) -> list[tuple[str, str]]:
    """Return who was told something of a kind, and its subject, in the order of the names."""
    rows = Message.objects.filter(kind=kind).order_by("recipient__name", "created_at")
    return list(rows.values_list("recipient__name", "subject"))


def titles(organisation) -> list[str]:
    return [item.title for item in queries.template_items_of(organisation.pk)]


# --- the template ---------------------------------------------------------------------------
def test_a_line_is_kept_as_it_was_said(trust):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation)
    made = make_line(
        trust.organisation, trust.lead, " Meet them ", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk,
        colleague_title=" Ward manager ", asked_of=[4, 3], due_days=9, is_required=False,
    )  # fmt: skip
    made.refresh_from_db()
    assert (made.title, made.owner, made.colleague, made.colleague_title) == (
        "Meet them", ItemOwner.COLLEAGUE, colleague, "Ward manager",
    )  # fmt: skip
    assert (made.asked_of, made.due_days, made.is_required, made.position) == ([3, 4], 9, False, 1)
    assert made.owner_words == f"{colleague.name}, Ward manager"
    changed = services.change_template_item(
        item_id=made.pk,
        line=line(owner=ItemOwner.LEAD, colleague_id=colleague.pk, colleague_title="Ward manager"),
        by=trust.lead, at=NOW,
    )  # fmt: skip
    # Who does it is said once: what stood for somebody else goes.
    assert (changed.colleague, changed.colleague_title, changed.owner_words) == (None, "", "The programme lead")


def test_a_line_names_only_somebody_who_works_there(trust):
    for person in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(RuleBroken) as refusal:
            make_line(trust.organisation, trust.lead, owner=ItemOwner.COLLEAGUE, colleague_id=person.pk)
        assert refusal.value.field == "colleague_id"
    with pytest.raises(RuleBroken):
        make_line(trust.organisation, trust.lead, "")
    assert TemplateItem.objects.count() == 0


def test_there_is_one_agreement_and_one_first_meeting(trust):
    make_line(trust.organisation, trust.lead, "Agree", kind=ItemKind.AGREEMENT)
    with pytest.raises(RuleBroken) as refusal:
        make_line(trust.organisation, trust.lead, "Agree again", kind=ItemKind.AGREEMENT)
    assert refusal.value.field == "kind"
    make_line(trust.organisation, trust.lead, "Meeting", kind=ItemKind.FIRST_MEETING)
    make_line(trust.stranger.organisation, trust.stranger.lead, "Agree", kind=ItemKind.AGREEMENT)
    assert titles(trust.organisation) == ["Agree", "Meeting"]


def test_lines_move_and_go_and_stay_in_order(trust):
    for title in ("A", "B", "C"):
        make_line(trust.organisation, trust.lead, title)
    other = make_line(trust.stranger.organisation, trust.stranger.lead, "Foreign")

    def move(title, way):
        item = TemplateItem.objects.get(title=title)
        services.move_template_item(item_id=item.pk, move=way, by=trust.lead, at=NOW)
        return titles(trust.organisation)

    assert move("C", ItemMove.UP) == ["A", "C", "B"]
    assert move("A", ItemMove.UP) == ["A", "C", "B"]
    assert move("B", ItemMove.DOWN) == ["A", "C", "B"]
    assert move("A", ItemMove.DOWN) == ["C", "A", "B"]
    services.remove_template_item(item_id=TemplateItem.objects.get(title="A").pk, by=trust.lead, at=NOW)
    assert move("B", ItemMove.UP) == ["B", "C"]
    make_line(trust.organisation, trust.lead, "D")
    assert titles(trust.organisation) == ["B", "C", "D"]
    other.refresh_from_db()
    assert other.position == 1


def test_the_template_offered_is_whole_and_put_in_once(trust):
    count = services.add_default_template(organisation_id=trust.organisation.pk, by=trust.lead, at=NOW)
    items = list(queries.template_items_of(trust.organisation.pk))
    assert (count, len(items)) == (9, 9)
    assert {item.kind for item in items} == set(ItemKind.values)
    assert [item.due_days for item in items] == sorted(item.due_days for item in items)
    with pytest.raises(RuleBroken, match="already"):
        services.add_default_template(organisation_id=trust.organisation.pk, by=trust.lead, at=NOW)
    assert TemplateItem.objects.count() == 9


def test_only_those_who_manage_partners_write_the_template(trust):
    item = make_line(trust.organisation, trust.lead)
    people = trust.partner.user, trust.stranger.lead, factories.make_member(Role.FINANCE, trust.organisation)
    for by in people:
        for write in (
            lambda by: services.add_default_template(organisation_id=trust.organisation.pk, by=by, at=NOW),
            lambda by: make_line(trust.organisation, by),
            lambda by: services.change_template_item(item_id=item.pk, line=line("New"), by=by, at=NOW),
            lambda by: services.move_template_item(item_id=item.pk, move=ItemMove.UP, by=by, at=NOW),
            lambda by: services.remove_template_item(item_id=item.pk, by=by, at=NOW),
        ):
            with pytest.raises(PermissionDenied):
                write(by)
    assert titles(trust.organisation) == ["Read the pack"]


# --- a list begins --------------------------------------------------------------------------
def begin(partner, by=None):
    with transaction.atomic():
        return services.begin_induction(lock_partner(partner.pk), by=by or partner.lead, at=NOW)


def test_without_a_template_nothing_begins(trust):
    make_template(trust.stranger.organisation, trust.stranger.lead)
    assert not queries.has_template(trust.organisation.pk, 4)
    assert begin(trust.partner) is False
    make_line(trust.organisation, trust.lead, "Look around", is_required=False)
    make_line(trust.organisation, trust.lead, "For others", asked_of=[1])
    assert begin(trust.partner) is False
    assert queries.has_template(trust.organisation.pk, 1)
    assert (Induction.objects.count(), Message.objects.filter(kind__startswith="partners.induction").count()) == (0, 0)


def test_a_list_is_copied_for_the_partner_s_category_and_begins_once(trust):
    make_template(trust.organisation, trust.lead)
    make_line(trust.organisation, trust.lead, "For senior ones", asked_of=[4, 1])
    make_line(trust.organisation, trust.lead, "For others", asked_of=[1])
    assert begin(trust.partner) is True
    assert begin(trust.partner) is True
    items = list(queries.items_of(Induction.objects.get()))
    assert [item.title for item in items] == [
        "Read the pack", "Sort out the badge", "Agree", "Look around", "For senior ones",
    ]  # fmt: skip
    assert items[0].due_on == TODAY + timedelta(days=7)
    assert [item.is_required for item in items] == [True, True, True, False, True]
    assert told("partners.induction.begin") == [("Pat Example", "Your induction begins")]


def test_a_changed_template_leaves_the_list_that_began(trust):
    make_template(trust.organisation, trust.lead)
    begin(trust.partner)
    first = queries.template_items_of(trust.organisation.pk).first()
    services.change_template_item(item_id=first.pk, line=line("Other", due_days=99), by=trust.lead, at=NOW)
    services.remove_template_item(item_id=first.pk, by=trust.lead, at=NOW)
    item = item_of(trust.partner, "Read the pack")
    assert item.due_on == TODAY + timedelta(days=7)


def test_days_are_counted_from_the_first_day_of_a_role_still_to_come(trust):
    make_template(trust.organisation, trust.lead)
    later = factories.make_partner(
        trust.organisation, lead=trust.lead, serves_already=True, starts_on=TODAY + timedelta(days=14)
    )
    begin(later, by=SystemActor("tests"))
    assert item_of(later, "Read the pack").due_on == TODAY + timedelta(days=21)
    assert Induction.objects.get().counts_from == TODAY + timedelta(days=14)
    # The portal did it, so the lead is told as well.
    assert len(told("partners.induction.begin")) == 2


def test_the_colleague_named_is_told_and_nobody_settles_themself_in(trust):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Col League"))
    factories.give_role(Role.REQUESTER, trust.partner.user, trust.organisation)
    for title, person in (("Tour", colleague), ("Badge", colleague), ("Own", trust.partner.user), ("L", trust.lead)):
        make_line(trust.organisation, trust.lead, title, owner=ItemOwner.COLLEAGUE, colleague_id=person.pk)
    make_line(trust.organisation, trust.lead, "Desk", owner=ItemOwner.COLLEAGUE, colleague_title="Estates")
    begin(trust.partner)
    own = item_of(trust.partner, "Own")
    assert (own.owner, own.colleague) == (ItemOwner.LEAD, None)
    assert told("partners.induction.ask") == [("Col League", "You are asked to help a new partner settle in")]
    body = Message.objects.get(kind="partners.induction.ask").body
    assert "- Tour, by " in body
    assert "- Badge, by " in body
    assert "Desk" not in body


def test_a_lead_begins_an_induction_for_somebody_active_who_stays_active(trust):
    make_template(trust.organisation, trust.lead)
    induction = make_induction(trust.partner)
    assert Partner.objects.get(pk=trust.partner.pk).status == PartnerStatus.ACTIVE
    assert str(induction) == f"The induction of {trust.partner.pk}"
    with pytest.raises(RuleBroken, match="already"):
        make_induction(trust.partner)


def test_a_lead_cannot_begin_what_nobody_asks_or_for_whom_is_not_there(trust):
    with pytest.raises(RuleBroken, match="template has nothing"):
        make_induction(trust.partner)
    make_template(trust.organisation, trust.lead)
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            services.start_induction(partner_id=trust.partner.pk, by=by, at=NOW)
    for status in (PartnerStatus.CHECKS, PartnerStatus.PAUSED, PartnerStatus.LEFT):
        put_in(trust.partner, status)
        with pytest.raises(TransitionNotAllowed):
            make_induction(trust.partner)
    assert Induction.objects.count() == 0


# --- things are done ------------------------------------------------------------------------
@pytest.fixture
def begun(trust):
    """The trust, with its partner in induction."""
    make_template(trust.organisation, trust.lead)
    make_induction(trust.partner, in_induction=True)
    trust.partner.refresh_from_db()
    return trust


def test_the_owner_ticks_their_own_and_a_lead_anything(begun):
    partner = begun.partner
    colead = factories.make_lead(begun.organisation)
    close(partner, "Read the pack", by=partner.user)
    with pytest.raises(PermissionDenied):
        close(partner, "Sort out the badge", by=partner.user)
    for by in (factories.make_member(Role.FINANCE, begun.organisation), begun.stranger.lead, begun.stranger.user):
        with pytest.raises(PermissionDenied):
            close(partner, "Sort out the badge", by=by)
    close(partner, "Sort out the badge", by=colead)
    item = item_of(partner, "Sort out the badge")
    assert (item.closed_by, item.closed_at) == (colead, NOW)
    with pytest.raises(TransitionNotAllowed, match="already"):
        close(partner, "Sort out the badge")
    with pytest.raises(RuleBroken, match="both sides"):
        close(partner, "Agree")


def test_the_last_thing_required_makes_the_partner_active_and_both_are_told(begun):
    partner = begun.partner
    close(partner, "Read the pack", "Sort out the badge")
    assert Partner.objects.get(pk=partner.pk).status == PartnerStatus.INDUCTION
    agree(partner)
    assert Partner.objects.get(pk=partner.pk).status == PartnerStatus.ACTIVE
    assert Induction.objects.get().finished_at == NOW
    assert [name for name, _subject in told("partners.induction.finish")] == sorted(
        [partner.user.name, partner.lead.name]
    )
    # What is not required may be done afterwards; it finishes nothing twice.
    close(partner, "Look around", by=partner.user)
    assert Message.objects.filter(kind="partners.induction.finish").count() == 2


def test_somebody_active_stays_so_and_a_break_is_not_ended(begun):
    partner = begun.partner
    put_in(partner, PartnerStatus.PAUSED)
    close(partner, "Read the pack", "Sort out the badge")
    agree(partner)
    assert Partner.objects.get(pk=partner.pk).status == PartnerStatus.PAUSED
    assert Induction.objects.get().finished_at == NOW


def test_what_is_not_needed_has_a_reason_and_counts_as_closed(begun):
    partner, lead = begun.partner, begun.lead
    close(partner, "Read the pack")
    agree(partner)
    badge = item_of(partner, "Sort out the badge")
    with pytest.raises(RuleBroken) as refusal:
        services.skip_item(item_id=badge.pk, reason=" ", by=lead, at=NOW)
    assert refusal.value.field == "reason"
    with pytest.raises(PermissionDenied):
        services.skip_item(item_id=badge.pk, reason="Mine", by=partner.user, at=NOW)
    services.skip_item(item_id=badge.pk, reason=" Has one ", by=lead, at=NOW)
    badge.refresh_from_db()
    assert (badge.not_needed_because, badge.closed_by) == ("Has one", lead)
    assert told("partners.induction_item.skip") == [("Pat Example", "Part of your induction is not needed")]
    assert "Has one" not in Message.objects.get(kind="partners.induction_item.skip").body
    assert Partner.objects.get(pk=partner.pk).status == PartnerStatus.ACTIVE
    with pytest.raises(TransitionNotAllowed):
        services.skip_item(item_id=badge.pk, reason="Again", by=lead, at=NOW)


def test_what_was_ticked_by_mistake_is_opened_again_while_the_induction_runs(begun):
    partner = begun.partner
    item = item_of(partner, "Read the pack")

    def reopen(item, by):
        services.reopen_item(item_id=item.pk, by=by, at=NOW)
        item.refresh_from_db()
        assert (item.closed_at, item.closed_by, item.not_needed_because) == (None, None, "")

    close(partner, "Read the pack", by=partner.user)
    reopen(item, partner.user)
    with pytest.raises(TransitionNotAllowed):
        services.reopen_item(item_id=item.pk, by=begun.lead, at=NOW)
    services.skip_item(item_id=item.pk, reason="Knows it", by=begun.lead, at=NOW)
    with pytest.raises(PermissionDenied):
        services.reopen_item(item_id=item.pk, by=partner.user, at=NOW)
    reopen(item, begun.lead)
    agree(partner)
    reopen(item_of(partner, "Agree"), begun.lead)
    induction = Induction.objects.get()
    assert (induction.partner_agreed_at, induction.lead_agreed_at, induction.lead_agreed_by) == (None, None, None)
    assert induction.agreement == "We answer each other."
    services.agree_to_agreement(partner_id=partner.pk, seen=1, by=partner.user, at=NOW)
    services.agree_to_agreement(partner_id=partner.pk, seen=1, by=begun.lead, at=NOW)
    close(partner, "Read the pack", "Sort out the badge")
    with pytest.raises(TransitionNotAllowed, match="finished"):
        services.reopen_item(item_id=item.pk, by=begun.lead, at=NOW)


# --- the working agreement --------------------------------------------------------------------
def write(partner, text, *, seen, by):
    return services.write_agreement(partner_id=partner.pk, text=text, seen=seen, by=by, at=NOW)


def test_both_write_the_agreement_and_nobody_writes_over_the_other(begun):
    partner, lead = begun.partner, begun.lead
    write(partner, " We answer. ", seen=0, by=lead)
    with pytest.raises(RuleBroken, match="has changed since"):
        write(partner, "Papers come early.", seen=0, by=partner.user)
    written = write(partner, "We answer. Papers come early.", seen=1, by=partner.user)
    assert (written.agreement, written.agreement_revision) == ("We answer. Papers come early.", 2)
    assert write(partner, "We answer. Papers come early.", seen=2, by=lead).agreement_revision == 2
    assert [name for name, _subject in told("partners.working_agreement.change")] == sorted([lead.name, "Pat Example"])
    with pytest.raises(RuleBroken) as refusal:
        write(partner, " ", seen=2, by=lead)
    assert refusal.value.field == "text"
    for by in (begun.stranger.lead, factories.make_member(Role.FINANCE, begun.organisation)):
        with pytest.raises(PermissionDenied):
            write(partner, "Mine", seen=2, by=by)


def test_a_change_takes_both_agreements_away_and_two_finish_it(begun):
    partner, lead = begun.partner, begun.lead

    def agrees(by, seen):
        return services.agree_to_agreement(partner_id=partner.pk, seen=seen, by=by, at=NOW)

    with pytest.raises(RuleBroken):
        agrees(lead, 0)
    write(partner, "We answer.", seen=0, by=lead)
    assert agrees(partner.user, 1).partner_agreed_at == NOW
    changed = write(partner, "We answer in a week.", seen=1, by=lead)
    assert (changed.partner_agreed_at, changed.lead_agreed_at) == (None, None)
    with pytest.raises(RuleBroken, match="has changed since"):
        agrees(partner.user, 1)
    agrees(lead, 2)
    # Another lead, or the same once more, agrees for the same side.
    again = agrees(factories.make_lead(begun.organisation), 2)
    assert again.lead_agreed_by == lead
    assert item_of(partner, "Agree").closed_at is None
    agrees(partner.user, 2)
    assert item_of(partner, "Agree").closed_by == partner.user
    assert told("partners.working_agreement.agree") == [(lead.name, "Your working agreement is agreed")]
    for act in (lambda: agrees(lead, 2), lambda: write(partner, "Other", seen=2, by=lead)):
        with pytest.raises(TransitionNotAllowed, match="closed"):
            act()


def test_without_an_agreement_in_the_list_there_is_none_to_write(trust):
    make_line(trust.organisation, trust.lead)
    make_induction(trust.partner)
    with pytest.raises(RuleBroken, match="no working agreement"):
        write(trust.partner, "We answer.", seen=0, by=trust.lead)


# --- reminders ------------------------------------------------------------------------------
def remind(days: int) -> int:
    """Let the clock look so many days after the start; return how many letters it wrote."""
    return services.remind_of_items(at=NOW + timedelta(days=days))


def test_owners_are_reminded_before_and_weekly_after_once_a_day(begun):
    assert [remind(3), remind(4), remind(4), remind(7)] == [0, 1, 0, 0]
    assert told("partners.induction.remind") == [("Pat Example", "Part of an induction is due")]
    # The day after: the partner's is late. Three days before its own day the lead's is due.
    assert [remind(8), remind(9), remind(11), remind(14)] == [1, 0, 1, 0]
    assert [remind(15), remind(16)] == [2, 0]
    sent = Message.objects.filter(kind="partners.induction.remind", recipient=begun.partner.user)
    late = sent.order_by("created_at").last()
    assert late.subject == "Part of an induction is late"
    assert "- Read the pack: it was due on" in late.body


def test_after_days_down_each_owner_gets_one_letter_with_all_that_is_theirs(begun):
    assert remind(100) == 2
    bodies = {
        message.recipient_id: message.body for message in Message.objects.filter(kind="partners.induction.remind")
    }
    assert "Read the pack" in bodies[begun.partner.user_id]
    assert "Look around" in bodies[begun.partner.user_id]
    assert "Sort out the badge" in bodies[begun.lead.pk]
    assert remind(100) == 0


def test_nobody_is_reminded_of_what_is_done_paused_or_finished(begun):
    partner = begun.partner
    close(partner, "Read the pack", "Sort out the badge")
    put_in(partner, PartnerStatus.PAUSED)
    assert remind(100) == 0
    put_in(partner, PartnerStatus.INDUCTION)
    agree(partner)
    assert remind(200) == 0


def test_a_colleague_is_reminded_and_once_gone_the_lead_instead(trust):
    colleague = factories.make_member(Role.REQUESTER, trust.organisation, user=factories.make_user("Col League"))
    make_line(trust.organisation, trust.lead, "Tour", owner=ItemOwner.COLLEAGUE, colleague_id=colleague.pk)
    make_line(trust.organisation, trust.lead, "Desk", owner=ItemOwner.COLLEAGUE, colleague_title="Estates")
    make_induction(trust.partner)
    tour = item_of(trust.partner, "Tour")
    assert queries.is_owner(colleague, tour, today=TODAY)
    assert not queries.is_owner(trust.lead, tour, today=TODAY)
    assert remind(8) == 2
    assert (
        f"/induction/tasks/{tour.pk}/"
        in Message.objects.filter(kind="partners.induction.remind", recipient=colleague).get().link
    )
    accounts.end_role(
        membership_id=colleague.memberships.get().pk, ends_on=TODAY + timedelta(days=8), by=factories.TESTS,
        at=NOW + timedelta(days=8),
    )  # fmt: skip
    assert remind(15) == 1
    assert queries.is_owner(trust.lead, tour, today=TODAY + timedelta(days=15))
    assert not queries.is_owner(colleague, tour, today=TODAY + timedelta(days=15))
    with pytest.raises(PermissionDenied):
        close(trust.partner, "Tour", by=colleague, at=NOW + timedelta(days=15))


def test_the_task_of_the_clock_does_it(begun, time_machine):
    time_machine.move_to(NOW + timedelta(days=8), tick=False)
    tasks.remind_of_induction()
    assert len(told("partners.induction.remind")) == 1


# --- notes for those who come next ------------------------------------------------------------
def test_a_note_is_written_changed_and_withdrawn_by_its_writer_alone(trust):
    note = make_note(trust.partner, " Ask early. ", about=" Falls group ", shows_name=True)
    assert (note.text, note.about, note.writer_words) == ("Ask early.", "Falls group", "Pat Example")
    for by in (trust.lead, trust.stranger.user):
        with pytest.raises(PermissionDenied):
            services.write_note(partner_id=trust.partner.pk, about="", text="x", shows_name=False, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.change_note(note_id=note.pk, about="", text="x", shows_name=False, by=by, at=NOW)
        with pytest.raises(PermissionDenied):
            services.withdraw_note(note_id=note.pk, by=by, at=NOW)
    with pytest.raises(RuleBroken):
        services.change_note(note_id=note.pk, about="", text=" ", shows_name=False, by=trust.partner.user, at=NOW)
    changed = services.change_note(
        note_id=note.pk, about="", text="Ask.", shows_name=False, by=trust.partner.user, at=NOW
    )
    assert (changed.text, changed.writer_words) == ("Ask.", "A partner who does not give their name")
    put_in(trust.partner, PartnerStatus.LEFT)
    with pytest.raises(TransitionNotAllowed):
        make_note(trust.partner)
    services.withdraw_note(note_id=note.pk, by=trust.partner.user, at=NOW)
    assert NewcomerNote.objects.count() == 0
    put_in(trust.partner, PartnerStatus.CHECKS)
    with pytest.raises(TransitionNotAllowed):
        make_note(trust.partner)


def test_a_lead_hides_a_note_with_a_reason_and_shows_it_again(trust):
    note = make_note(trust.partner)

    def hide(by, reason="It names a nurse"):
        return services.hide_note(note_id=note.pk, reason=reason, by=by, at=NOW)

    with pytest.raises(RuleBroken):
        hide(trust.lead, " ")
    for by in (trust.partner.user, trust.stranger.lead):
        with pytest.raises(PermissionDenied):
            hide(by)
        with pytest.raises(PermissionDenied):
            services.show_note(note_id=note.pk, by=by, at=NOW)
    assert hide(trust.lead).hidden_by == trust.lead
    assert told("partners.newcomer_note.hide") == [("Pat Example", "Your note for new partners was hidden")]
    with pytest.raises(TransitionNotAllowed):
        hide(trust.lead)
    shown = services.show_note(note_id=note.pk, by=trust.lead, at=NOW)
    assert (shown.hidden_at, shown.hidden_by, shown.hidden_because) == (None, None, "")
    assert len(told("partners.newcomer_note.show")) == 1
    with pytest.raises(TransitionNotAllowed):
        services.show_note(note_id=note.pk, by=trust.lead, at=NOW)


def test_newcomers_read_the_notes_of_others_here_while_they_are_new(begun):
    earlier = factories.make_partner(begun.organisation, lead=begun.lead, serves_already=True)
    shown, hidden = make_note(earlier, "Shown"), make_note(earlier, "Hidden")
    services.hide_note(note_id=hidden.pk, reason="Why", by=begun.lead, at=NOW)
    make_note(begun.partner, "Own")
    make_note(begun.stranger, "Foreign")
    assert list(queries.notes_for(begun.partner)) == [shown]
    assert list(queries.notes_for(earlier)) == []
    close(begun.partner, "Read the pack", "Sort out the badge")
    agree(begun.partner)
    begun.partner.refresh_from_db()
    assert list(queries.notes_for(begun.partner)) == []
    put_in(earlier, PartnerStatus.INDUCTION)
    assert [note.text for note in queries.notes_for(earlier)] == ["Own"]


# --- the database holds what must hold --------------------------------------------------------
def broken(act) -> None:
    with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic(), factories.acting():
        act()


def test_the_database_refuses_what_cannot_be(begun):
    item = item_of(begun.partner, "Read the pack")
    template = TemplateItem.objects.get(organisation=begun.organisation, title="Read the pack")
    note = make_note(begun.partner)
    rows = {
        InductionItem: (item, [
            {"title": ""}, {"kind": "x"}, {"owner": "x"}, {"owner": ItemOwner.COLLEAGUE}, {"closed_at": NOW},
            {"not_needed_because": "Why"}, {"colleague_title": "Estates"}, {"position": 2}, {"kind": "agreement"},
        ]),
        TemplateItem: (template, [
            {"title": ""}, {"due_days": 366}, {"asked_of": [9]}, {"kind": "agreement"}, {"colleague_title": "Estates"},
        ]),
        Induction: (Induction.objects.get(), [
            {"partner_agreed_at": NOW}, {"lead_agreed_at": NOW, "agreement": "x"},
        ]),
        NewcomerNote: (note, [{"text": ""}, {"hidden_at": NOW}, {"hidden_because": "Why"}]),
    }  # fmt: skip
    for model, (row, changes) in rows.items():
        for change in changes:
            broken(lambda model=model, row=row, change=change: model.objects.filter(pk=row.pk).update(**change))
    assert [str(each) for each in (item, template, note)] == ["Read the pack", "Read the pack", "A note for newcomers"]


def test_two_lines_are_never_at_one_place_once_all_is_written(begun):
    first, second = queries.template_items_of(begun.organisation.pk)[:2]
    with factories.acting():
        TemplateItem.objects.filter(pk=first.pk).update(position=second.position)
    with pytest.raises(IntegrityError):
        transaction.get_connection().check_constraints()


def test_words_of_agreements_and_notes_stand_in_no_history(begun):
    write(begun.partner, "Secret words", seen=0, by=begun.lead)
    fields = {field.name for field in apps.get_model("partners", "InductionEvent")._meta.get_fields()}
    assert "agreement" not in fields
    with pytest.raises(LookupError):
        apps.get_model("partners", "NewcomerNoteEvent")


def test_calendar_of_the_samples():
    """The samples' days: a Tuesday, with no bank holiday within a week."""
    assert (TODAY, TODAY.weekday()) == (date(2026, 3, 17), 1)
