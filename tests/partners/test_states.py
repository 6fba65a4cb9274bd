"""The table of an appointment's states."""

import pytest

from partners.enums import PartnerMove, PartnerStatus
from partners.policies import states
from psp_portal.exceptions import TransitionNotAllowed


@pytest.mark.parametrize("status", PartnerStatus)
@pytest.mark.parametrize("move", PartnerMove)
def test_each_move_leads_where_the_table_says_or_is_refused(status, move):
    transition = states.TRANSITIONS[move]
    if status in transition.sources:
        assert states.next_status(status, move) == transition.target
    else:
        with pytest.raises(TransitionNotAllowed, match="^This partner"):
            states.next_status(status, move)


def test_whoever_has_left_stays_away():
    assert [move for move in states.moves() if move[0] == PartnerStatus.LEFT] == []


def test_every_status_can_be_reached_and_left():
    assert {target for _source, target in states.moves()} | states.FIRST_STATUSES == set(PartnerStatus)
    assert {source for source, _target in states.moves()} == set(PartnerStatus) - {PartnerStatus.LEFT}


def test_nobody_is_given_new_work_before_the_checks_during_a_pause_or_on_the_way_out():
    assert {PartnerStatus.INDUCTION, PartnerStatus.ACTIVE} == states.ASSIGNABLE_STATUSES
