"""Every model is in the registry: where it is about a person, or why it is about nobody."""

from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from psp_portal.subject_access.file import naming_fields
from psp_portal.subject_access.registry import ABOUT, NOTHING, Subject
from psp_portal.subject_access.registry.about import ANYWHERE

MODELS = {
    model._meta.label: model
    for model in apps.get_models()
    if not hasattr(model, "pgh_tracked_model") and not model._meta.auto_created
}


def resolves(model: type[models.Model], path: str) -> bool:
    """Say whether a path leads along fields that are there."""
    try:
        for step in path.split("__"):
            field = model._meta.get_field(step)
            model = field.related_model or model
    except FieldDoesNotExist:
        return False
    return True


def test_every_model_is_in_the_registry_once():
    assert sorted(MODELS.keys() - ABOUT.keys() - NOTHING.keys()) == [], (
        "name these in psp_portal.subject_access.registry"
    )
    assert ABOUT.keys() & NOTHING.keys() == set()
    assert sorted((ABOUT.keys() | NOTHING.keys()) - MODELS.keys()) == []


def test_every_reason_is_a_sentence():
    assert [entry.model for entry in NOTHING.values() if not entry.why.endswith(".")] == []


@pytest.mark.parametrize("about", ABOUT.values(), ids=ABOUT)
def test_paths_and_fields_are_there(about):
    paths = [*about.people, *about.organisations, *([about.email] if isinstance(about.email, str) else about.email)]
    assert [path for path in paths if path != ANYWHERE and not resolves(about.table, path)] == []
    named = {*about.private_fields, *about.leaves_out, *(about.names or ()), *about.lists}
    assert named <= {field.name for field in about.table._meta.get_fields()}
    assert about.section
    assert about.people or about.more or about.email


def test_rows_of_nobody_are_held_back_from_staff():
    """What has no organisation, or is private, is open to the person alone."""
    staff = Subject((), (), organisation_id=uuid4())
    private = {model for model, about in ABOUT.items() if not about.is_open_to(staff)}
    assert {
        "partners.PrivateNote", "partners.WellbeingPlan", "partners.CheckInAnswer", "partners.FollowUp",
        "partners.AccessNeed", "expenses.BankDetails", "expenses.EarningsPlan", "notifications.Message",
        "usersessions.UserSession", "partners.ReviewAnswer",
    } <= private  # fmt: skip


def test_every_account_a_row_names_is_either_whom_it_is_about_or_named_elsewhere():
    """No field of any model that names an account is missing from the file."""
    named = {(model._meta.label, field.name) for model, fields in naming_fields() for field in fields}
    missing = [
        (label, field.name)
        for label, model in MODELS.items()
        if model._meta.app_label != "pghistory"
        for field in model._meta.concrete_fields
        if field.related_model is not None
        and field.related_model._meta.label == "accounts.User"
        and (label, field.name) not in named
        and not (label in ABOUT and field.name in ABOUT[label].people)
    ]
    assert missing == []
