"""The database itself keeps the history: no write without an actor, no change of what is written."""

import pghistory
import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from psp_portal.accounts.enums import Role
from psp_portal.accounts.models import Membership, Organisation
from psp_portal.audit import services
from psp_portal.audit.context import acting_as
from psp_portal.audit.models import AccessLog
from tests import factories

pytestmark = pytest.mark.django_db

History = Membership.pgh_event_model


@pytest.fixture
def approver():
    return factories.make_member(Role.APPROVER)


def test_history_row_is_neither_changed_nor_deleted(approver):
    row = History.objects.get(user=approver)
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        History.objects.filter(pk=row.pk).update(role=Role.FINANCE)
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        History.objects.filter(pk=row.pk).delete()
    assert History.objects.get(pk=row.pk).role == Role.APPROVER


def test_access_log_is_neither_changed_nor_deleted(approver):
    log = services.record_read(
        by=approver, what="expenses.bank_details.read", subject_id=approver.pk, subject_name="Pat",
        organisation_id=None, at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        AccessLog.objects.filter(pk=log.pk).update(what="nothing")
    with pytest.raises(DatabaseError, match="Cannot update or delete rows"), transaction.atomic():
        log.delete()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("write", ["insert", "update", "delete"])
def test_write_without_an_actor_is_refused(write):
    organisation = factories.make_organisation()
    writes = {
        "insert": lambda: Organisation.objects.create(ods_code="RXX", name="Another"),
        "update": lambda: Organisation.objects.update(name="Another"),
        "delete": lambda: Organisation.objects.all().delete(),
    }
    with pytest.raises(DatabaseError, match="Nobody is named as the actor of a change to accounts_organisation"):
        writes[write]()
    assert list(Organisation.objects.all()) == [organisation]


@pytest.mark.django_db(transaction=True)
def test_actor_does_not_outlive_its_context():
    organisation = factories.make_organisation()
    with acting_as(factories.TESTS, "tests.organisation.rename"):
        Organisation.objects.update(name="Renamed")
    with pytest.raises(DatabaseError, match="Nobody is named"):
        Organisation.objects.update(name="Renamed again")
    organisation.refresh_from_db()
    assert organisation.name == "Renamed"


def test_context_without_an_actor_is_not_enough(approver):
    with pytest.raises(DatabaseError, match="Nobody"), transaction.atomic(), pghistory.context(action="x"):
        Membership.objects.update(role=Role.FINANCE)


def test_bulk_change_is_recorded_row_by_row_with_its_actor(approver):
    others = [factories.make_member(Role.APPROVER) for _ in range(2)]
    with acting_as(approver, "tests.role.change"):
        Membership.objects.update(role=Role.REQUESTER)
    rows = History.objects.filter(pgh_label="update").select_related("pgh_context")
    assert {row.user_id for row in rows} == {approver.pk, *(other.pk for other in others)}
    assert {row.pgh_context.metadata["actor"] for row in rows} == {str(approver.pk)}
    assert {row.pgh_context.metadata["actor_name"] for row in rows} == {approver.name}
    assert {row.pgh_context.metadata["action"] for row in rows} == {"tests.role.change"}


def test_outer_action_keeps_its_name(approver):
    with acting_as(approver, "people.role.end"), acting_as(factories.TESTS, "accounts.role.end"):
        Membership.objects.update(role=Role.REQUESTER)
    context = History.objects.get(pgh_label="update").pgh_context.metadata
    assert (context["action"], context["actor"]) == ("people.role.end", str(approver.pk))


def test_change_and_its_history_fail_together(approver):
    with pytest.raises(RuntimeError), transaction.atomic():
        _change_then_fail(approver)
    assert approver.memberships.get().role == Role.APPROVER
    assert not History.objects.filter(pgh_label="update").exists()


def _change_then_fail(approver) -> None:
    with acting_as(approver, "tests.role.change"):
        Membership.objects.update(role=Role.REQUESTER)
    raise RuntimeError
