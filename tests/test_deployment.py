"""The files a trust deploys with: they cannot be run here, so what they name must exist in the code."""

import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml
from celery.bin.celery import celery as celery_command
from gunicorn.config import Config

ROOT = Path(__file__).parents[1]
COMPOSE_TEXT = (ROOT / "docker-compose.yml").read_text()
SERVICES = yaml.safe_load(COMPOSE_TEXT)["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image") == "psp-portal"}
DOCKERFILE = (ROOT / "Dockerfile").read_text()
EXAMPLE_NAMES = set(re.findall(r"^#?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def dockerfile_command() -> list[str]:
    found = re.search(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)
    return [part.strip().strip('"') for part in found[1].split(",")]


def test_compose_has_the_services_the_portal_needs():
    assert set(SERVICES) == {"web", "worker", "beat", "postgres", "redis", "mailpit", "clamav"}


def test_one_image_runs_three_commands():
    assert set(OURS) == {"web", "worker", "beat"}
    assert len({service["command"] for service in OURS.values()}) == 3


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_has_a_health_check(name):
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_image_has_a_version(name):
    image = SERVICES[name]["image"]
    assert name in OURS or (":" in image and not image.endswith(":latest"))


def assert_gunicorn_understands(command: list[str]) -> None:
    assert command[0] == "gunicorn"
    options = Config(prog="gunicorn").parser().parse_args(command[1:])
    module, _, attribute = options.args[0].partition(":")
    assert hasattr(importlib.import_module(module), attribute or "application")
    assert "--no-control-socket" in command


def assert_celery_understands(command: list[str]) -> None:
    assert command[:3] == ["celery", "--app", "psp_portal"]
    assert importlib.import_module("psp_portal").celery_app.main == "psp_portal"
    program = celery_command.commands[command[3]]
    # Parses every option and refuses unknown ones; runs nothing.
    program.make_parser(context := program.context_class(program, info_name=command[3])).parse_args(list(command[4:]))
    context.close()


@pytest.mark.parametrize("name", OURS)
def test_every_command_exists_in_the_code(name):
    command = shlex.split(OURS[name]["command"])
    check = {"gunicorn": assert_gunicorn_understands, "celery": assert_celery_understands}[command[0]]
    check(command)


def test_the_image_itself_serves_the_pages():
    assert_gunicorn_understands(dockerfile_command())
    assert dockerfile_command() == shlex.split(OURS["web"]["command"])


def test_the_web_health_check_exists_in_the_code():
    kind, python, option, module, what = OURS["web"]["healthcheck"]["test"]
    assert (kind, python, option) == ("CMD", "python", "-m")
    assert callable(importlib.import_module(module).main)
    assert what == "ready"


@pytest.mark.parametrize("name", OURS)
def test_every_environment_name_is_known(name):
    assert set(OURS[name]["environment"]) - EXAMPLE_NAMES == set()
    assert OURS[name]["environment"]["DJANGO_SETTINGS_MODULE"] == "psp_portal.settings.production"
    assert OURS[name]["env_file"] == ".env"


def test_every_name_that_compose_fills_in_is_known():
    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE_TEXT)) - EXAMPLE_NAMES == set()


def test_every_volume_is_declared():
    declared = set(yaml.safe_load(COMPOSE_TEXT)["volumes"])
    used = {volume.split(":")[0] for service in SERVICES.values() for volume in service.get("volumes", [])}
    assert used == declared


def test_the_image_is_built_on_named_versions_and_does_not_run_as_root():
    images = re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)
    assert images == ["node:22-slim", "python:3.13-slim", "python:3.13-slim"]
    user = re.findall(r"^USER (\S+)", DOCKERFILE, re.MULTILINE)
    assert user == ["psp"]
    assert f"useradd --system --uid 10001 --home-dir /nonexistent --shell /usr/sbin/nologin {user[0]}" in DOCKERFILE
    # Nothing may be done as root after the user was chosen.
    assert "RUN" not in DOCKERFILE[DOCKERFILE.index("USER psp") :]


def test_everything_the_image_copies_exists():
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        *sources, _target = line.split()
        assert [source for source in sources if not (ROOT / source).exists()] == []


def test_the_image_installs_locked_packages_and_holds_the_static_files():
    assert "pip install --no-cache-dir --require-hashes" in DOCKERFILE
    assert "npm ci --ignore-scripts" in DOCKERFILE
    assert "python manage.py collectstatic --noinput" in DOCKERFILE


def test_no_secret_gets_into_the_image():
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", ".git", "var"} <= set(ignored)


def test_ci_runs_the_tests_twice_and_fails_when_either_fails():
    script = (ROOT / ".ci/run").read_text()
    assert script.startswith("#!/usr/bin/env bash")
    assert (ROOT / ".ci/run").stat().st_mode & 0o111
    assert script.count("|| failed=1") == 2
    assert script.rstrip().endswith('exit "$failed"')
