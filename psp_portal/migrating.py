"""Operations of migrations."""

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger import compiler
from pgtrigger.migrations import AddTrigger


class AddTriggers(Operation):
    """Adds triggers of tables that are there already, as a row of ``AddTrigger`` does, many times as fast.

    After each of these Django draws all models anew, which for some hundred triggers takes a minute for every database
    that is made. No drawn model has a use for its triggers: only the state, with which ``makemigrations`` compares, and
    the database must know of them.
    """

    reduces_to_sql = True

    def __init__(self, triggers: Sequence[AddTrigger]) -> None:
        self.triggers = triggers

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Write the triggers down in the state of their models."""
        for added in self.triggers:
            options: dict[str, Any] = state.models[app_label, added.model_name].options
            options["triggers"] = [*options.get("triggers", []), added.trigger]

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Create the triggers."""
        for added in self.triggers:
            schema_editor.execute(_compiled(added).install_sql, params=None)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Drop the triggers, the last first."""
        for added in reversed(self.triggers):
            schema_editor.execute(_compiled(added).uninstall_sql, params=None)

    def describe(self) -> str:
        """Say in one line what is done."""
        return f"Create {len(self.triggers)} triggers"


def _compiled(added: AddTrigger) -> compiler.Trigger:
    if not isinstance(added.trigger, compiler.Trigger):
        raise TypeError("A migration holds triggers as makemigrations wrote them.")
    return added.trigger
