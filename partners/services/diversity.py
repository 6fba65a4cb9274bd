"""Keeps what people say for equality monitoring, apart from everything else."""

from datetime import datetime
from uuid import UUID


def note_stage(*, organisation_id: UUID, subject_id: UUID, stage: str, at: datetime) -> None:
    """Note how far somebody who answered has come (a stage of recruitment); nothing for whoever has not answered."""
