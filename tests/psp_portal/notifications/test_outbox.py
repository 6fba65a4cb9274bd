"""A message is written in the transaction of what it tells of, once, and e-mailed after the commit, once."""

from datetime import timedelta
from smtplib import SMTPException
from threading import Barrier, Event, Thread

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, connection, transaction

from psp_portal.notifications import delivery, keys, outbox, queries, tasks
from psp_portal.notifications.models import Message
from tests import factories
from tests.psp_portal.notifications.letters import AT, letter_to


@pytest.fixture
def pat(db):
    return factories.make_user("Pat", email="pat@example.org")


# --- writing -----------------------------------------------------------------------------------
def test_queue_writes_and_delivers_after_commit_only(pat, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert outbox.queue([letter_to(pat, link="/messages/")], at=AT) == 1
        assert Message.objects.get().sent_at is None
        assert mail.outbox == []
    message = Message.objects.get()
    assert message.sent_at is not None
    assert (message.attempts, message.created_at) == (1, AT)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["pat@example.org"], "Hello")
    assert letter.body.startswith("Hello Pat,\n")
    assert letter.body.endswith("\nhttp://localhost:8000/messages/\n\nPatient Safety Partners\n")
    assert letter.extra_headers["Auto-Submitted"] == "auto-generated"


def test_same_key_is_written_and_sent_once(pat, django_capture_on_commit_callbacks):
    for _ in range(3):
        with django_capture_on_commit_callbacks(execute=True):
            outbox.queue([letter_to(pat), letter_to(pat, "tests.hello:2")], at=AT)
    assert sorted(Message.objects.values_list("dedupe_key", flat=True)) == ["tests.hello:1", "tests.hello:2"]
    assert len(mail.outbox) == 2


def test_nothing_to_say_is_nothing_written(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        assert outbox.queue([], at=AT) == 0
    assert callbacks == []


@pytest.mark.django_db(transaction=True)
def test_nothing_is_sent_when_the_transaction_fails(pat):
    with transaction.atomic():
        outbox.queue([letter_to(pat)], at=AT)
        transaction.set_rollback(True)
    assert not Message.objects.exists()
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_broker_that_is_away_does_not_break_what_was_done(pat, monkeypatch, caplog):
    def no_broker(*args, **kwargs):
        raise OSError("no broker")

    monkeypatch.setattr(tasks.deliver_messages, "delay", no_broker)
    with transaction.atomic():
        outbox.queue([letter_to(pat)], at=AT)
    assert Message.objects.get().sent_at is None
    assert mail.outbox == []
    monkeypatch.undo()
    tasks.retry_unsent()
    assert Message.objects.get().sent_at is not None
    assert len(mail.outbox) == 1


def test_message_needs_a_person_or_an_address(db):
    with pytest.raises(IntegrityError, match="message_has_person_or_address"), transaction.atomic():
        Message.objects.create(dedupe_key="x", kind="x", subject="x", body="x", created_at=AT, next_try_at=AT)


# --- where it goes -------------------------------------------------------------------------------
def send(letter):
    outbox.queue([letter], at=AT)
    message = Message.objects.get()
    assert delivery.deliver(message.pk, at=AT)
    return mail.outbox[0]


def test_address_goes_before_the_recipients_own(pat):
    assert send(letter_to(pat, address="old@example.org")).to == ["old@example.org"]


def test_somebody_without_an_account_is_written_to(db):
    assert send(letter_to(None, address="new@example.org")).to == ["new@example.org"]


def test_key_stands_in_the_mail_and_not_in_the_row(pat):
    sent = send(letter_to(pat, link=f"/account/invitation/{keys.PLACEHOLDER}/"))
    key = keys.key_for("tests.hello:1")
    assert f"http://localhost:8000/account/invitation/{key}/\n" in sent.body
    message = Message.objects.get()
    assert key not in message.link + message.body
    assert key != keys.key_for("tests.hello:2")


# --- trying again ----------------------------------------------------------------------------------
@pytest.fixture
def mail_server_away(monkeypatch):
    def refuse(self, messages):
        raise SMTPException("pat@example.org cannot be reached")

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def test_failed_mail_waits_longer_each_time_and_is_given_up(pat, mail_server_away, caplog):
    outbox.queue([letter_to(pat)], at=AT)
    message = Message.objects.get()
    waits = []
    for _ in range(len(delivery.WAITS)):
        assert delivery.deliver(message.pk, at=AT) is False
        message.refresh_from_db()
        waits.append(message.next_try_at - AT)
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720, 1440)]
    assert message.given_up_at is None
    assert delivery.deliver(message.pk, at=AT) is False
    message.refresh_from_db()
    assert (message.attempts, message.given_up_at, message.sent_at) == (8, AT, None)
    assert delivery.deliver(message.pk, at=AT) is False
    assert Message.objects.get().attempts == 8
    assert "pat@example.org" not in caplog.text


def test_sweep_takes_what_is_due_oldest_first(pat):
    for minutes, key in [(2, "later"), (0, "now"), (-5, "before")]:
        outbox.queue([letter_to(pat, key)], at=AT + timedelta(minutes=minutes))
    due = queries.ids_due(at=AT)
    assert [Message.objects.get(pk=pk).dedupe_key for pk in due] == ["before", "now"]
    assert queries.ids_due(at=AT, limit=1) == due[:1]
    delivery.deliver(due[0], at=AT)
    assert queries.ids_due(at=AT) == due[1:]


def test_task_that_runs_twice_sends_once(pat):
    outbox.queue([letter_to(pat)], at=AT)
    pk = str(Message.objects.get().pk)
    tasks.deliver_messages([pk, pk])
    tasks.deliver_messages([pk])
    tasks.retry_unsent()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_mail(pat, monkeypatch):
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda ids: None)
    outbox.queue([letter_to(pat)], at=AT)
    is_sending, may_go_on, both = Event(), Event(), Barrier(2)
    send = EmailBackend.send_messages

    def slowly(self, messages):
        is_sending.set()
        may_go_on.wait(10)
        return send(self, messages)

    monkeypatch.setattr(EmailBackend, "send_messages", slowly)
    pk, answers = Message.objects.get().pk, []

    def work() -> None:
        both.wait()
        try:
            answers.append(delivery.deliver(pk, at=AT))
            may_go_on.set()
        finally:
            connection.close()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert is_sending.is_set()
    assert sorted(answers) == [False, True]
    assert len(mail.outbox) == 1
    assert Message.objects.get().attempts == 1
