"""The file of what is held about somebody: gathered, put into words, and packed."""

from psp_portal.subject_access.file.archive import FORMAT, VERSION, write_archive
from psp_portal.subject_access.file.gathering import gather, naming_fields

__all__ = ["FORMAT", "VERSION", "gather", "naming_fields", "write_archive"]
