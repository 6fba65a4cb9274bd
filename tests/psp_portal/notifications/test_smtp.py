"""A letter to a mail server that is slow, rude or gone: sent once, tried again, or in doubt."""

import pytest
from django.test import override_settings

from psp_portal.notifications import delivery, outbox, tasks
from psp_portal.notifications.models import Message
from tests import factories
from tests.mail_sink import mail_sink
from tests.psp_portal.notifications.letters import AT, letter_to


@pytest.fixture
def sink(db, monkeypatch):
    monkeypatch.setattr(tasks.deliver_messages, "delay", lambda ids: None)
    with (
        mail_sink() as running,
        override_settings(
            EMAIL_BACKEND="psp_portal.notifications.smtp.EmailBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=running.port,
            EMAIL_USE_TLS=False,
            EMAIL_TIMEOUT=5,
        ),
    ):
        yield running


@pytest.fixture
def message(sink):
    outbox.queue([letter_to(factories.make_user("Pat", email="pat@example.org"))], at=AT)
    return Message.objects.get()


def state(message: Message) -> tuple:
    message.refresh_from_db()
    return message.attempts, message.handed_over_at, message.sent_at


def test_message_that_is_taken_is_sent_once(sink, message):
    assert delivery.deliver(message.pk, at=AT) is True
    assert delivery.deliver(message.pk, at=AT) is False
    assert sink.taken == [f"<{message.pk}@psp-portal>"]
    assert state(message) == (1, AT, AT)


def test_row_is_marked_before_the_server_can_take_the_message(sink, message):
    marks = []
    sink.before_data = lambda: marks.append("asked")
    old = Message.save

    def noting(self, *args, **kwargs):
        marks.append(kwargs.get("update_fields"))
        return old(self, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Message, "save", noting)
        delivery.deliver(message.pk, at=AT)
    assert marks == ["asked", ["handed_over_at"], ["attempts", "sent_at"]]


def test_message_that_is_refused_is_tried_again(sink, message):
    sink.answer = b"451 Not now"
    assert delivery.deliver(message.pk, at=AT) is False
    assert state(message) == (1, None, None)
    assert message.next_try_at == AT + delivery.WAITS[0]
    sink.answer = b"250 OK"
    assert delivery.deliver(message.pk, at=AT) is True
    assert len(sink.taken) == 1


def test_message_without_an_answer_is_in_doubt_and_not_sent_again(sink, message, caplog):
    sink.answer = None
    assert delivery.deliver(message.pk, at=AT) is False
    assert state(message) == (1, AT, None)
    assert list(Message.objects.in_doubt()) == [message]
    assert f"message {message.pk} is in doubt" in caplog.text
    sink.answer = b"250 OK"
    assert delivery.deliver(message.pk, at=AT) is False
    tasks.retry_unsent()
    assert sink.taken == []


def test_server_that_takes_a_message_and_is_rude_afterwards_has_taken_it(sink, message):
    sink.goodbye = b"554 Go away"
    assert delivery.deliver(message.pk, at=AT) is True
    assert state(message) == (1, AT, AT)


def test_server_that_is_away_is_asked_again_later(message):
    with override_settings(EMAIL_PORT=1):
        assert delivery.deliver(message.pk, at=AT) is False
    assert state(message) == (1, None, None)
