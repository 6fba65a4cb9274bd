"""Every address answers every role as the table says; an address that the table does not know fails."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access_matrix import MATRIX, PRIVATE_WORDS, PUBLIC, WHO, World, build_world


def addresses() -> Iterator[tuple[str, set[str]]]:
    """Return (full name, keywords) of every address, allauth's included.

    The second address of one name has its keywords behind the name: ``expenses:rate_card_detail card_id``.
    """
    seen: set[str] = set()
    for name, keywords in named_patterns():
        yield (f"{name} {' '.join(sorted(keywords))}" if name in seen else name), keywords
        seen.add(name)


def named_patterns() -> Iterator[tuple[str, set[str]]]:
    """Return (full name, keywords) of every pattern of the URL table."""

    def walk(resolver: URLResolver, namespace: str, keywords: set[str]) -> Iterator[tuple[str, set[str]]]:
        for entry in resolver.url_patterns:
            named = keywords | set(entry.pattern.regex.groupindex)
            if isinstance(entry, URLResolver):
                yield from walk(entry, ":".join(filter(None, [namespace, entry.namespace])), named)
            elif isinstance(entry, URLPattern):
                assert entry.name, f"{entry.pattern} has no name"
                yield (f"{namespace}:{entry.name}" if namespace else entry.name), named

    return walk(get_resolver(), "", set())


ADDRESSES = dict(addresses())


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """Build one world for all addresses: what a test does to it is taken back by the test."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build_world()
        transaction.set_rollback(True)


def test_table_knows_every_address():
    assert sorted(ADDRESSES.keys() - MATRIX.keys()) == []


def test_table_names_no_address_that_is_gone():
    assert sorted(MATRIX.keys() - ADDRESSES.keys()) == []


def test_table_is_whole():
    assert {name: row for name, row in MATRIX.items() if len(row.removeprefix("POST").split()) != len(WHO)} == {}


def test_strangers_are_sent_to_sign_in():
    """Of our own pages only the public ones open without signing in; of allauth's, those for coming in."""
    open_to_all = {name for name, row in MATRIX.items() if ":" in name and row.removeprefix("POST").split()[0] != "302"}
    assert open_to_all == PUBLIC


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(MATRIX))
def test_address_answers_each_role_as_the_table_says(client, world, name, monkeypatch):
    # Whether a worker runs beside the tests is no matter of access.
    monkeypatch.setattr("psp_portal.health.queries.readiness", lambda: {"everything": True})
    row = MATRIX[name]
    expected = dict(zip(WHO, map(int, row.removeprefix("POST").split()), strict=True))
    own = world.things.get(name, {})
    address = reverse(
        name.split()[0], kwargs={key: own.get(key) or world.things[key] for key in ADDRESSES.get(name, ())}
    )
    found = {}
    for who in WHO:
        client.logout()
        if who != "anonymous":
            client.force_login(world.people[who])
        # What one role changes must not meet the next.
        with transaction.atomic():
            answer = client.post(address) if row.startswith("POST") else client.get(address)
            # Reading it closes the file.
            content = b"".join(answer.streaming_content) if answer.streaming else answer.content
            transaction.set_rollback(True)
        found[who] = answer.status_code
        shown = [word for word, readers in PRIVATE_WORDS.items() if who not in readers and word.encode() in content]
        assert shown == [], f"{who} sees what is private to somebody else"
    assert found == expected
