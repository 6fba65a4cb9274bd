"""The two answers for the machines that watch the portal."""

import pytest
from django.db import connection, connections
from django.db.migrations.recorder import MigrationRecorder
from django.urls import reverse

ALIVE, READY = "/health/alive", "/health/ready"


def test_addresses_are_what_health_checks_ask():
    assert (reverse("health:alive_detail"), reverse("health:ready_detail")) == (ALIVE, READY)


def test_alive_answers_a_stranger_without_a_database(client):
    # No database mark: pytest-django itself proves that none is asked.
    response = client.get(ALIVE)
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_says_yes_when_everything_is_there(client):
    response = client.get(READY)
    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "needs": {"database": True, "migrations": True, "redis": True},
    }


@pytest.mark.django_db
def test_ready_names_a_migration_that_is_not_applied_yet(client):
    MigrationRecorder(connection).record_unapplied("sessions", "0001_initial")
    response = client.get(READY)
    assert response.status_code == 503
    assert response.json() == {
        "status": "not ready",
        "needs": {"database": True, "migrations": False, "redis": True},
    }


@pytest.mark.django_db
def test_ready_names_redis_when_it_does_not_answer(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["needs"] == {"database": True, "migrations": True, "redis": False}


def test_ready_names_the_database_when_it_does_not_answer(client, monkeypatch):
    def refuse(self, *arguments):
        raise ConnectionError("away")

    monkeypatch.setattr(type(connections["default"]), "cursor", refuse)
    monkeypatch.setattr(type(connections["default"]), "ensure_connection", refuse)
    response = client.get(READY)
    assert response.status_code == 503
    assert response.json()["needs"] == {"database": False, "migrations": False, "redis": True}


@pytest.mark.parametrize("address", [ALIVE, READY])
def test_nothing_can_be_sent(client, address):
    assert client.post(address).status_code == 405
