"""Other people's names and addresses are masked wherever they stand; the reader's own are not."""

import pytest

from psp_portal.subject_access.policies.masking import UNKNOWN_ADDRESS, Known, Masker, letters

PEOPLE = (
    Known("me", "Mary Ann Lee", "mary@example.org"),
    Known("ben", "Ben Clarke", "ben.clarke@example.nhs.uk"),
    Known("ann", "Ann Lee", "ann@example.org"),
    Known("obrien", "Siobhán O'Brien-Smith", "sob@example.org"),
    Known("will", "Will", "will@example.org"),
    Known("twin", "Mary Ann Lee", "other.mary@example.org"),
)


@pytest.fixture
def masker():
    return Masker(
        PEOPLE, own_keys={"me"}, own_name="Mary Ann Lee", own_words={"Mary Ann Lee", "mary@example.org"},
        roles={"ben": "programme lead"},
    )  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")]
)
def test_letters_go_on_after_z(number, text):
    assert letters(number) == text


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Ben Clarke said yes", "Person A (programme lead) said yes"),
        ("ask BEN CLARKE.", "ask Person A (programme lead)."),
        ("Ben Clarke's claim", "Person A (programme lead)'s claim"),
        ("Ben  Clarke", "Person A (programme lead)"),
        ("ben-clarke_receipt.pdf", "Person A (programme lead)_receipt.pdf"),
        ("Siobhán O'Brien-Smith came", "Person A came"),
        ("siobhán o'brien smith came", "Person A came"),
        ("Write to ben.clarke@example.nhs.uk.", "Write to Person A (programme lead)."),
        ("Write to somebody@elsewhere.org", f"Write to {UNKNOWN_ADDRESS}"),
        ("mary@example.org is mine", "mary@example.org is mine"),
        ("Mary Ann Lee was there", "Mary Ann Lee was there"),
        ("Ann Lee was there", "Person A was there"),
        ("Will came", "Person A came"),
        ("it will do", "it will do"),
        ("Ben, then Clarke", "Ben, then Clarke"),
        ("", ""),
    ],
)
def test_names_are_masked(masker, text, masked):
    assert masker.text(text) == masked


def test_letter_is_the_same_all_through(masker):
    assert masker.person("ann") == "Person A"
    assert masker.text("Ben Clarke, Ann Lee and ben.clarke@example.nhs.uk") == (
        "Person B (programme lead), Person A and Person B (programme lead)"
    )
    assert masker.person("me") == "Mary Ann Lee"


def test_part_of_a_name_is_masked_where_the_record_names_them(masker):
    assert masker.text("Ben agreed, Clarke's note", near={"ben"}) == (
        "Person A (programme lead) agreed, Person A (programme lead)'s note"
    )
    assert masker.text("Ben agreed") == "Ben agreed"


def test_part_that_is_the_readers_own_stays(masker):
    """Ann Lee is near, and every part of her name is a part of the reader's."""
    assert masker.text("Ann was there", near={"ann"}) == "Ann was there"


def test_somebody_is_the_same_under_another_name():
    known = (
        Known("ben", "Ben Clarke", "ben@example.org"),
        Known("ben@example.org", "Benjamin Clarke", "Ben@example.org"),
    )
    masker = Masker(known, own_keys={"me"}, own_name="Me", own_words=(), roles={})
    assert masker.text("Ben Clarke is Benjamin Clarke") == "Person A is Person A"


def test_key_of_before_is_the_person_of_now():
    """What was an account of its own is known by the account that it became one with."""
    masker = Masker(
        [
            Known("old", "Liz Hart", ""), Known("new", "Elizabeth Hart", "liz@example.org"),
            Known("x", "", "x@example.org"),
        ],
        own_keys={"me"}, own_name="Me", own_words=(), roles={"new": "finance"}, same_as={"old": "new"},
    )  # fmt: skip
    assert masker.person("old") == masker.person("new") == "Person A (finance)"
    assert masker.text("Liz Hart; Hart", near={"old"}) == "Person A (finance); Person A (finance)"
    assert masker.knows("old")
    assert masker.text("x@example.org") == "Person B"


def test_what_names_the_reader_elsewhere_is_not_somebody_else():
    """An application under an address of the reader's is theirs, whatever name stands in it."""
    masker = Masker(
        [Known("me@example.org", "Young Me", "ME@example.org")], own_keys={"me"}, own_name="Me",
        own_words={"Me", "me@example.org"}, roles={},
    )  # fmt: skip
    assert masker.text("Young Me") == "Young Me"


def test_who_is_known(masker):
    assert masker.knows("ben")
    assert masker.knows("me")
    assert not masker.knows("system:clock")
