"""Keeps a list that somebody uploaded until they bring it in: the same for every app that takes such lists.

The app has its own tables (of the abstract models here), the words of its headings, and who may.
"""

import hashlib
import io
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Any
from uuid import UUID

from django.conf import settings
from django.db import models

from psp_portal.audit.triggers import actor_required
from psp_portal.dates import format_date, local_date
from psp_portal.exceptions import RuleBroken
from psp_portal.spreadsheets import read_rows
from psp_portal.tables import HEADINGS_WITHIN, Headings, remembered_headings

KEPT = timedelta(days=1)
GONE = "This list has been brought in already, or was uploaded more than a day ago. Upload it again."


class UploadedList(models.Model):
    """An uploaded list between its upload and its import. It names people: it is gone within a day."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    checksum = models.CharField(max_length=64)
    # The rows as text, row 1 first; which row has the headings (from 1); and which column is what.
    rows = models.JSONField()
    heading_row = models.PositiveSmallIntegerField()
    columns = models.JSONField(default=dict)

    class Meta:
        abstract = True
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.organisation_id})"


class RememberedHeadings(models.Model):
    """Which headings an organisation's lists had for what, kept for its next list."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.OneToOneField("accounts.Organisation", on_delete=models.PROTECT, related_name="+")
    headings = models.JSONField()

    class Meta:
        abstract = True
        triggers = [actor_required()]

    def __str__(self) -> str:
        return f"Columns of {self.organisation_id}"


@dataclass(frozen=True)
class Uploads:
    """One app's uploaded lists. ``taken`` are those brought in: organisation, checksum, who and when.

    Callers are services: they are in a transaction, name the actor, and have asked who may.
    """

    draft: type[UploadedList]
    remembered: type[RememberedHeadings]
    taken: Any
    headings: Headings
    what_is_missing: Callable[[Mapping[Any, int]], Mapping[Any, str]]
    most_rows: int

    def keep(
        self, *, organisation_id: UUID, upload: IO[bytes], file_name: str, by: Any, at: datetime, **more: Any
    ) -> Any:
        """Keep an uploaded list until it is brought in, for a day at most; one that ``by`` uploaded before it goes.

        Raises RuleBroken (field ``file``) for what is no table, and for a file that was brought in before.
        """
        content = upload.read()
        checksum = hashlib.sha256(content).hexdigest()
        self.check_new(organisation_id, checksum)
        # Blank rows and a title come on top of the rows that count.
        rows = read_rows(io.BytesIO(content), field="file", most_rows=self.most_rows + HEADINGS_WITHIN)
        heading_row = self.headings.row_of(rows)
        self.draft._default_manager.filter(organisation_id=organisation_id, by=by).delete()
        return self.draft._default_manager.create(
            organisation_id=organisation_id,
            by=by,
            at=at,
            file_name=file_name[-200:],
            checksum=checksum,
            rows=rows,
            heading_row=heading_row,
            columns=self._guess(organisation_id, rows[heading_row - 1]),
            **more,
        )

    def check_new(self, organisation_id: UUID, checksum: str) -> None:
        """Raise RuleBroken (field ``file``) for a file that was brought in before."""
        before = (
            self.taken._default_manager.filter(organisation_id=organisation_id, checksum=checksum)
            .select_related("by")
            .first()
        )
        if before:
            raise RuleBroken(
                f"{before.by.name} brought this file in on {format_date(local_date(before.at))}. It cannot come in "
                "twice.",
                field="file",
            )

    def _guess(self, organisation_id: UUID, headings: list[str]) -> dict[str, int]:
        remembered = self.remembered._default_manager.filter(organisation_id=organisation_id)
        known = remembered.values_list("headings", flat=True).first()
        return {str(column): place for column, place in self.headings.guess(headings, known).items()}

    def lock(self, draft_id: UUID) -> Any:
        """Return a list, held until the transaction ends. Raises RuleBroken when it is gone."""
        draft = self.draft._default_manager.select_for_update(of=("self",)).filter(pk=draft_id).first()
        if draft is None:
            raise RuleBroken(GONE)
        return draft

    def choose_columns(self, draft: Any, *, heading_row: int, columns: Mapping[Any, int]) -> None:
        """Write which row of a list has the headings, and which column (from 0) is what.

        With another row than before, the columns are guessed anew from its words. Raises RuleBroken at a column's
        field.
        """
        if not 1 <= heading_row <= len(draft.rows):
            raise RuleBroken(f"The row must be between 1 and {len(draft.rows)}", field="heading_row")
        if heading_row != draft.heading_row:
            draft.heading_row = heading_row
            draft.columns = self._guess(draft.organisation_id, draft.rows[heading_row - 1])
        else:
            for column, words in self.what_is_missing(columns).items():
                raise RuleBroken(words, field=str(column))
            draft.columns = {str(column): place for column, place in columns.items()}
        draft.save(update_fields=["heading_row", "columns"])

    def check_ready(self, draft: Any, *, at: datetime) -> None:
        """Raise RuleBroken unless a list may be brought in now: it is of today, and did not come in before."""
        if at - draft.at > KEPT:
            raise RuleBroken(GONE)
        self.check_new(draft.organisation_id, draft.checksum)

    def finish(self, draft: Any) -> None:
        """Remember a list's columns for the organisation's next one, and let the list go: it has been brought in."""
        self.remembered._default_manager.update_or_create(
            organisation_id=draft.organisation_id,
            defaults={"headings": remembered_headings(draft.rows[draft.heading_row - 1], draft.columns)},
        )
        draft.delete()

    def forget_old(self, *, at: datetime) -> int:
        """Delete the lists that were uploaded more than a day ago and not brought in; return how many."""
        count, _ = self.draft._default_manager.filter(at__lt=at - KEPT).delete()
        return count
