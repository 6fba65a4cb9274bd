"""Settings by environment: what production refuses, and what each environment gets without being told."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from psp_portal.settings import env
from psp_portal.settings.databases import broker_from_url, cache_from_url, database_from_url

ROOT = Path(__file__).parents[1]

COMPLETE = {
    "SECRET_KEY": "aB3dE6gH9jK2mN5pQ8sT1vW4yZ7-aB3dE6gH9jK2mN5pQ8sT1vW4yZ7",
    "ALLOWED_HOSTS": "psp.example.nhs.uk, www.psp.example.nhs.uk",
    "DATABASE_URL": "postgresql://psp:secret@db.example:5433/psp?sslmode=require",
    "REDIS_URL": "redis://cache.example:6379/2",
    "EMAIL_HOST": "smtp.example.nhs.uk",
    "DEFAULT_FROM_EMAIL": "psp@example.nhs.uk",
    "PUBLIC_URL": "https://psp.example.nhs.uk",
    "FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(range(32))).decode(),
}


def read_settings(name: str, expression: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Read one value of the settings in a process that knows nothing but this environment."""
    return subprocess.run(
        [sys.executable, "-c", f"from psp_portal.settings import {name} as s; print({expression})"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def last_words(result: subprocess.CompletedProcess[str]) -> str:
    return result.stderr.strip().splitlines()[-1]


# --- production ----------------------------------------------------------------------------
def test_production_starts_when_everything_is_given():
    result = read_settings("production", "s.DEBUG, s.ALLOWED_HOSTS, s.DATABASES['default']['HOST']", COMPLETE)
    assert result.stdout == "False ['psp.example.nhs.uk', 'www.psp.example.nhs.uk'] db.example\n", result.stderr


def test_production_names_everything_that_is_missing_at_once():
    result = read_settings("production", "1", {})
    assert result.returncode == 1
    assert last_words(result) == (
        "django.core.exceptions.ImproperlyConfigured: Set these before the portal can start: SECRET_KEY, "
        "ALLOWED_HOSTS, DATABASE_URL, REDIS_URL, EMAIL_HOST, DEFAULT_FROM_EMAIL, PUBLIC_URL, FIELD_ENCRYPTION_KEYS."
    )


@pytest.mark.parametrize("name", COMPLETE)
def test_production_names_the_one_that_is_missing(name):
    result = read_settings("production", "1", {**COMPLETE, name: "  "})
    assert result.returncode == 1
    assert last_words(result).endswith(f"Set these before the portal can start: {name}.")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {"DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR": "no"},
            "DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR is for the demonstration only: take it out.",
        ),
        ({"SECRET_KEY": "short"}, "SECRET_KEY must be at least 50 random characters."),
        ({"SECRET_KEY": "a" * 60}, "SECRET_KEY must be at least 50 random characters."),
        (
            {"FIELD_ENCRYPTION_KEYS": base64.urlsafe_b64encode(bytes(32)).decode()},
            "FIELD_ENCRYPTION_KEYS holds the developer's key: make one of your own.",
        ),
        (
            {"DATABASE_URL": "mysql://db/psp"},
            "DATABASE_URL must look like postgresql://user:password@host:5432/name.",
        ),
        ({"EMAIL_PORT": "smtp"}, "EMAIL_PORT must be a whole number, not 'smtp'."),
        ({"EMAIL_USE_TLS": "perhaps"}, "EMAIL_USE_TLS must be yes or no, not 'perhaps'."),
    ],
)
def test_production_refuses_what_is_unsafe_or_unreadable(change, words):
    result = read_settings("production", "1", {**COMPLETE, **change})
    assert result.returncode == 1
    assert last_words(result) == f"django.core.exceptions.ImproperlyConfigured: {words}"


def test_production_never_starts_servers_of_its_own():
    result = read_settings("production", "'psp_portal.embedded' in __import__('sys').modules", COMPLETE)
    assert result.stdout == "False\n", result.stderr


def test_production_speaks_https_only_and_keeps_staff_to_their_second_factor():
    result = read_settings(
        "production",
        "s.SECURE_SSL_REDIRECT, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.DANGEROUSLY_SKIP_STAFF_SECOND_FACTOR",
        COMPLETE,
    )
    assert result.stdout == "True True True False\n", result.stderr


# --- development ---------------------------------------------------------------------------
SERVERS = {"DATABASE_URL": COMPLETE["DATABASE_URL"], "REDIS_URL": COMPLETE["REDIS_URL"]}


def test_local_needs_nothing_but_servers():
    result = read_settings("local", "s.DATABASES['default']['NAME'], s.DATABASE_IS_EMBEDDED, s.DEBUG", SERVERS)
    assert result.stdout == "psp False False\n", result.stderr


def test_local_addresses_follow_the_port():
    result = read_settings("local", "s.PUBLIC_URL", {**SERVERS, "PORT": "8123"})
    assert result.stdout == "http://localhost:8123\n", result.stderr


@pytest.mark.parametrize("command", ["help", "price_claim", "claim_states", "collectstatic"])
def test_commands_that_read_no_data_start_no_servers(tmp_path, command):
    # The command line decides, so put the command there.
    result = subprocess.run(
        [sys.executable, "-c", "from psp_portal.settings import local as s; print(s.DATABASE_IS_EMBEDDED)", command],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "PSP_VAR_DIR": str(tmp_path / "var")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout == "True\n"
    assert not (tmp_path / "var").exists()


# --- reading the environment ---------------------------------------------------------------
def test_an_empty_variable_counts_as_not_given(monkeypatch):
    monkeypatch.setenv("PSP_TRY", " ")
    assert env.text("PSP_TRY", "default") == "default"
    assert env.integer("PSP_TRY", 7) == 7
    assert env.flag("PSP_TRY", True) is True
    assert env.listing("PSP_TRY", "a, b") == ["a", "b"]
    with pytest.raises(ImproperlyConfigured, match=r"^Set these before the portal can start: PSP_TRY\.$"):
        env.require("PSP_TRY")


@pytest.mark.parametrize(("word", "meaning"), [("1", True), ("Yes", True), ("ON", True), ("0", False), ("no", False)])
def test_a_flag_understands_the_usual_words(monkeypatch, word, meaning):
    monkeypatch.setenv("PSP_TRY", word)
    assert env.flag("PSP_TRY", not meaning) is meaning


# --- addresses of servers --------------------------------------------------------------------
def test_database_from_url_reads_every_part():
    found = database_from_url("postgresql://us%40er:pa%2Fss@db.example:5433/psp?sslmode=require")
    assert {key: found[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")} == {
        "NAME": "psp",
        "USER": "us@er",
        "PASSWORD": "pa/ss",
        "HOST": "db.example",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require"},
    }


def test_database_from_url_reads_a_socket():
    found = database_from_url("postgresql://postgres@/postgres?host=/var/run/psp")
    assert (found["HOST"], found["PORT"], found["OPTIONS"]) == ("/var/run/psp", "", {})


@pytest.mark.parametrize("url", ["", "mysql://db/psp", "postgresql://db.example/", "psp"])
def test_database_from_url_refuses_what_is_no_address(url):
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like"):
        database_from_url(url)


@pytest.mark.parametrize(
    ("url", "broker"),
    [
        ("redis://cache.example:6379/2", "redis://cache.example:6379/2"),
        ("unix:///tmp/redis.sock?db=3", "redis+socket:///tmp/redis.sock?virtual_host=3"),
        ("unix:///tmp/redis.sock", "redis+socket:///tmp/redis.sock?virtual_host=0"),
    ],
)
def test_broker_from_url_speaks_celerys_way(url, broker):
    assert broker_from_url(url) == broker
    assert cache_from_url(url)["LOCATION"] == url
