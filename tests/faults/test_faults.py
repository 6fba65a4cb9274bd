"""Each fault really happens; afterwards nothing is lost, nothing is sent or paid twice, and the claims move on."""

import threading
import time

import pytest

from tests.faults.stack import kill

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

CLAIMS = 24
STEPS = "SELECT count(*) FROM expenses_escalation"
UNSENT = """
    SELECT count(*) FROM notifications_message
    WHERE sent_at IS NULL AND given_up_at IS NULL AND handed_over_at IS NULL
"""
DUE = "SELECT count(*) FROM expenses_claim WHERE next_step_at <= now()"
DUE_AGAIN = "UPDATE notifications_message SET next_try_at = now() WHERE sent_at IS NULL"


def run_sql(stack, statement: str) -> None:
    import psycopg

    with psycopg.connect(stack.database, autocommit=True) as connection:
        connection.execute(statement)


def finish(stack) -> None:
    """Let a healthy worker do what is left, as it would at beat's next turn."""
    run_sql(stack, DUE_AGAIN)
    with stack.worker():
        stack.do("beat")
        stack.wait_for(DUE, lambda due: due == 0)
        stack.wait_for(UNSENT, lambda left: left == 0)


def check_ladders(stack, *, days_on: int = 0) -> None:
    """Every claim has just the steps that its age has earned, and its partner was told of each once."""
    found = stack.do("ladders", days_on=days_on)
    assert found["wrong"] == []
    assert found["steps"] == found["told"] > 0


def check_post(stack, *, in_doubt: int = 0) -> None:
    """Every letter went out once, but for those in doubt."""
    found = stack.do("post")
    # A letter that is marked as sent before the test began was never given to the mail server.
    assert found["unsent"] == 0
    assert found["in_doubt"] == in_doubt
    assert len(stack.sink.taken) == len(set(stack.sink.taken))


# --- the clock's pass ------------------------------------------------------------------------------
def test_worker_killed_in_the_ladder_pass(stack):
    stack.do("overdue", claims=CLAIMS)
    with stack.worker(slow=True) as worker:
        stack.do("beat")
        stack.wait_for(STEPS, lambda steps: steps > 0)
        kill(worker)
    part = stack.value(STEPS)
    assert 0 < len(stack.do("ladders")["wrong"]) < CLAIMS, f"killed too late: {part} steps"
    finish(stack)
    check_ladders(stack)
    check_post(stack)


def test_redis_stopped_and_emptied_in_the_ladder_pass(stack):
    stack.do("overdue", claims=CLAIMS)
    with stack.worker(slow=True):
        stack.do("beat")
        stack.wait_for(STEPS, lambda steps: steps > 0)
        stack.stop_redis()
        # The pass needs no Redis: it goes on, and its letters wait as rows.
        stack.wait_for(DUE, lambda due: due == 0)
        stack.start_redis()
        stack.wait_for(STEPS, lambda steps: steps > 0)
    finish(stack)
    check_ladders(stack)
    check_post(stack)


def test_beat_running_twice(stack):
    stack.do("overdue", claims=CLAIMS)
    passes = [stack.start("climb") for _ in range(2)]
    written = [each.said() for each in passes]
    assert sum(written) == stack.value(STEPS)
    check_ladders(stack)
    finish(stack)
    check_post(stack)


def test_clock_three_weeks_on(stack):
    stack.do("overdue", claims=3)
    stack.do("climb")
    before = stack.value(STEPS)
    stack.do("climb", days_on=21)
    assert stack.value(STEPS) >= before
    check_ladders(stack, days_on=21)
    assert stack.do("climb", days_on=21) == 0


# --- delivery --------------------------------------------------------------------------------------
def test_worker_killed_before_a_letter_is_whole(stack):
    may_go_on = threading.Event()
    stack.sink.before_data = lambda: may_go_on.wait(60)
    stack.do("letters", count=3)
    with stack.worker() as worker:
        stack.do("beat")
        assert stack.sink.begun.wait(60), stack.worker_log.read_text()[-4000:]
        kill(worker)
    may_go_on.set()
    finish(stack)
    check_post(stack)
    assert len(stack.sink.taken) == 3


def test_worker_killed_before_the_mail_server_answers(stack):
    may_go_on = threading.Event()
    stack.sink.before_answer = lambda _: may_go_on.wait(60)
    stack.do("letters", count=3)
    with stack.worker() as worker:
        stack.do("beat")
        assert stack.sink.whole.wait(60), stack.worker_log.read_text()[-4000:]
        kill(worker)
    may_go_on.set()
    finish(stack)
    # The mail server took it, which nobody could know: it was not sent a second time.
    check_post(stack, in_doubt=1)
    assert len(stack.sink.taken) == 3


def test_redis_stopped_and_emptied_during_a_delivery(stack):
    may_go_on = threading.Event()
    stack.sink.before_answer = lambda _: may_go_on.wait(60)
    stack.do("letters", count=3)
    with stack.worker():
        stack.do("beat")
        assert stack.sink.whole.wait(60), stack.worker_log.read_text()[-4000:]
        stack.stop_redis()
        may_go_on.set()
        time.sleep(0.5)
        stack.start_redis()
    finish(stack)
    check_post(stack)
    assert len(stack.sink.taken) == 3


# --- a run's file ----------------------------------------------------------------------------------
def test_process_killed_while_it_exports_a_run(stack):
    made = stack.do("released_run", claims=3)
    exporting = stack.start("export", **made, pause=30)
    exporting.wait_until_inside()
    exporting.kill()
    # Nobody got a file, so nothing is on record as taken, and no bank number as read.
    assert stack.do("exports") == {"exports": 0, "readings": 0}
    checksum = stack.do("export", **made)
    assert stack.do("export", **made) == checksum
    assert stack.do("exports") == {"exports": 2, "readings": 2}


def test_redis_stopped_and_emptied_while_a_run_is_exported(stack):
    made = stack.do("released_run", claims=3)
    exporting = stack.start("export", **made, pause=2)
    exporting.wait_until_inside()
    stack.stop_redis()
    checksum = exporting.said()
    stack.start_redis()
    assert stack.do("export", **made) == checksum


# --- servers ---------------------------------------------------------------------------------------
def test_postgresql_restarted_during_a_submit(stack):
    made = stack.do("draft")
    sending = stack.start("submit", **made, pause=8)
    sending.wait_until_inside()
    stack.restart_postgres()
    assert sending.said() == "OperationalError"
    state = stack.do("claim_state", claim=made["claim"])
    assert (state["status"], state["events"], state["letters"]) == ("draft", [], 0)
    assert stack.do("submit", **made) == "sent"
    state = stack.do("claim_state", claim=made["claim"])
    assert (state["status"], state["events"]) == ("submitted", ["submit"])
    assert state["is_with_somebody"]


def test_redis_away_during_a_submit(stack):
    made = stack.do("draft")
    stack.stop_redis()
    assert stack.do("submit", **made) == "sent"
    stack.start_redis()
    finish(stack)
    check_post(stack)
    assert stack.do("claim_state", claim=made["claim"])["events"] == ["submit"]


# --- two at the same moment ------------------------------------------------------------------------
def test_two_approvers_at_the_same_moment(stack):
    found = stack.do("race_two_approvers")
    assert found == {"outcomes": {"done and refused": 50}, "wrong": []}


def test_approver_and_withdrawing_partner_at_the_same_moment(stack):
    found = stack.do("race_approver_and_partner")
    assert found == {"outcomes": {"done and refused": 50}, "wrong": []}


def test_two_finance_people_at_the_same_moment(stack):
    found = stack.do("race_two_finance")
    assert found["outcomes"] == {"made: done and refused and paid: done and refused": 50}
    assert (found["wrong"], found["paid_twice"], found["unpaid"], found["disagreements"]) == ([], 0, 0, 0)
