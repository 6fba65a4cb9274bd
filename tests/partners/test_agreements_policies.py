import hashlib

import pytest

from partners.enums.agreements import AgreementKind
from partners.policies import agreements as policies
from psp_portal.exceptions import RuleBroken, TransitionNotAllowed

TEXT = "# Rules\n\nFirst line\nstill the first paragraph.\n\nSecond.\n- one\n- two,\n  and more\n\nLast."


def shown(groups):
    """Return a text as marks: {+added+} and [-removed-]."""
    marks = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
    return [
        (group.kind, " ".join(marks[piece.change].format(piece.text) for piece in block.pieces))
        for group in groups
        for block in group.blocks
    ]


# --- the text -----------------------------------------------------------------------------
def test_a_text_is_cleaned_of_what_nobody_sees():
    assert policies.clean_text("\r\n One  \r\n\r\n\r\n\r\nTwo\t\r\n") == "One\n\nTwo"
    # Composed and decomposed letters are the same text.
    assert policies.clean_text("Cafe\u0301") == policies.clean_text("Caf\u00e9")


@pytest.mark.parametrize("text", ["", " \r\n ", "x" * 20_001])
def test_a_text_is_there_and_not_too_long(text):
    with pytest.raises(RuleBroken) as refusal:
        policies.clean_text(text)
    assert refusal.value.field == "text"
    assert len(policies.clean_text("x" * 20_000)) == 20_000


def test_the_fingerprint_is_of_the_exact_text():
    assert policies.fingerprint("Café") == hashlib.sha256("Café".encode()).hexdigest()
    assert policies.fingerprint("a") != policies.fingerprint("a ")


def test_headings_paragraphs_and_points():
    assert policies.in_blocks(TEXT) == [
        ("heading", "Rules"),
        ("paragraph", "First line still the first paragraph."),
        ("paragraph", "Second."),
        ("point", "one"),
        ("point", "two, and more"),
        ("paragraph", "Last."),
    ]
    groups = policies.as_written(TEXT)
    assert [(group.kind, len(group.blocks)) for group in groups] == [
        ("heading", 1), ("paragraph", 1), ("paragraph", 1), ("list", 2), ("paragraph", 1),
    ]  # fmt: skip
    assert {block.change for group in groups for block in group.blocks} == {"same"}


def test_a_heading_is_one_line():
    assert policies.in_blocks("# Rules\nText") == [("heading", "Rules"), ("paragraph", "Text")]


def test_markup_is_text():
    assert policies.in_blocks("<b>No</b>") == [("paragraph", "<b>No</b>")]


# --- what changed -------------------------------------------------------------------------
def test_changed_words_are_marked_one_by_one():
    assert shown(policies.with_changes("We pay within 30 days.", "We pay within 10 working days.")) == [
        ("paragraph", "We pay within [-30-] {+10 working+} days.")
    ]


def test_whole_paragraphs_come_and_go():
    before, after = "# Rules\n\nOne.\n\nTwo.", "# Rules\n\nOne.\n\nNew here.\n\nTwo.\n- a point"
    assert shown(policies.with_changes(before, after)) == [
        ("heading", "Rules"), ("paragraph", "One."), ("paragraph", "{+New here.+}"), ("paragraph", "Two."),
        ("list", "{+a point+}"),
    ]  # fmt: skip
    assert shown(policies.with_changes(after, before)) == [
        ("heading", "Rules"), ("paragraph", "One."), ("paragraph", "[-New here.-]"), ("paragraph", "Two."),
        ("list", "[-a point-]"),
    ]  # fmt: skip


def test_what_becomes_something_else_is_removed_and_added():
    assert shown(policies.with_changes("Keep it.", "- Keep it.")) == [
        ("paragraph", "[-Keep it.-]"), ("list", "{+Keep it.+}"),
    ]  # fmt: skip


def test_a_changed_paragraph_says_so():
    [group] = policies.with_changes("one two", "one three")
    assert [block.change for block in group.blocks] == ["changed"]
    assert shown(policies.with_changes("same", "same")) == [("paragraph", "same")]


@pytest.mark.parametrize(("before", "after"), [("a b c", "c b a"), (TEXT, "Other"), ("x", TEXT), (TEXT, TEXT)])
def test_without_what_was_removed_it_is_the_new_text(before, after):
    """Nothing that is agreed to is lost between the marks."""
    kept = [
        " ".join(piece.text for piece in block.pieces if piece.change != "removed")
        for group in policies.with_changes(before, after)
        for block in group.blocks
    ]
    assert [words for words in kept if words] == [words for _kind, words in policies.in_blocks(after)]


def test_the_same_text_is_not_published_again():
    policies.check_is_new("New", published="Old")
    policies.check_is_new("New", published=None)
    with pytest.raises(RuleBroken):
        policies.check_is_new("Old", published="Old")


# --- signing ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Pat Example", "Pat Example"), ("  pat   EXAMPLE ", "Pat Example"), ("patexample", "Pat Example"),
        ("Siân O'Neill", "Siân O’Neill"), ("Sia\u0302n O’Neill", "Siân O'Neill"), ("Sukarno", "Sukarno"),
        ("straße", "STRASSE"), ("X" * 200, "x" * 200),
    ],
)  # fmt: skip
def test_one_s_own_name_signs(typed, name):
    policies.check_name(typed, name=name)


@pytest.mark.parametrize("typed", ["", "  ", "Pat", "Sian Example", "Pat Example Jr"])
def test_any_other_name_does_not(typed):
    with pytest.raises(RuleBroken) as refusal:
        policies.check_name(typed, name="Pat Example")
    assert refusal.value.field == "name"


@pytest.mark.parametrize("kind", AgreementKind)
def test_only_pictures_are_refused_and_withdrawn(kind):
    policies.check_may_decline(kind, agrees=True)
    if kind == AgreementKind.IMAGES:
        policies.check_may_decline(kind, agrees=False)
        policies.check_may_withdraw(kind, is_given=True)
        with pytest.raises(TransitionNotAllowed):
            policies.check_may_withdraw(kind, is_given=False)
        return
    with pytest.raises(RuleBroken):
        policies.check_may_decline(kind, agrees=False)
    with pytest.raises(TransitionNotAllowed):
        policies.check_may_withdraw(kind, is_given=True)


@pytest.mark.parametrize(
    ("kind", "is_countersigned", "is_in_force"),
    [
        (AgreementKind.IMAGES, False, True),
        (AgreementKind.CONDUCT, True, True),
        (AgreementKind.CONDUCT, False, False),
    ],
)
def test_no_second_signature_where_there_is_none_to_give(kind, is_countersigned, is_in_force):
    with pytest.raises(TransitionNotAllowed):
        policies.check_may_countersign(kind, is_countersigned=is_countersigned, is_in_force=is_in_force)
    policies.check_may_countersign(AgreementKind.CONDUCT, is_countersigned=False, is_in_force=True)
