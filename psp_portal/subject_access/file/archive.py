"""Packs what was gathered: ``data.json`` for programs, ``index.html`` for people, and the files they gave.

``data.json`` (format and version stand in it; the same name means the same for as long as the version is the same)::

    {"format": "psp-subject-access", "version": 1, "person": "…", "made_at": "…", "scope": "…",
     "parts": [{"section": "Training", "kind": "partners.TrainingRecord", "title": "Training record",
                "records": [{"done_on": {"label": "Done on", "value": "2026-01-02", "words": "2 January 2026"}}]}],
     "files": ["files/1A2B3C4D.jpg"]}

Both are written in one pass over the records, to disk once they are large: a file of any length needs little memory.
The page stands alone: no address outside it is loaded, no script runs.
"""

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from pathlib import PurePosixPath
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.apps import apps
from django.utils.html import escape

from psp_portal.documents.enums import DocumentStatus
from psp_portal.subject_access.file.gathering import BATCH, Gathered, Part
from psp_portal.subject_access.file.words import Value, short
from psp_portal.subject_access.registry import Subject
from psp_portal.templatetags import nhs_datetime

FORMAT = "psp-subject-access"
VERSION = 1
# So much is held in memory before it goes to disk.
IN_MEMORY = 2 * 1024 * 1024
# A record of more values than this is read as a list of its own, not as a row of a table.
WIDEST = 6

_STYLE = """
body{font-family:Frutiger,Arial,sans-serif;font-size:1.125rem;line-height:1.5;color:#212b32;background:#f0f4f5;margin:0}
header{background:#005eb8;color:#fff;padding:1rem 0}header p{margin:0;font-weight:600}
header p,main,footer{max-width:60rem;margin-left:auto;margin-right:auto;padding-left:1rem;padding-right:1rem}
main{padding-top:2rem;padding-bottom:2rem}a{color:#005eb8}
a:focus{background:#ffeb3b;color:#212b32;outline:4px solid #212b32}
h1{font-size:2.5rem;line-height:1.2}h2{margin-top:3rem;border-top:1px solid #d8dde0;padding-top:1rem}
table{border-collapse:collapse;width:100%;background:#fff;margin:1rem 0 2rem}
caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #d8dde0;padding:.5rem}
th,td{overflow-wrap:anywhere;white-space:pre-line}
.record th{width:35%;font-weight:600}
"""


@dataclass(frozen=True)
class Cover:
    """What stands at the head of the file."""

    person: str
    made_at: datetime
    scope: str
    notes: tuple[str, ...]


def write_archive(gathered: Gathered, cover: Cover) -> IO[bytes]:
    """Return the packed file, open at its beginning; nothing of it is left once it is closed."""
    packed: Any = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - whoever sends it closes it
    with (
        SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="\n") as data,
        SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8", newline="\n") as page,
        ZipFile(packed, "w", ZIP_DEFLATED) as archive,
    ):
        files = dict(_files(gathered.subject))
        _write(gathered, cover, list(files), data, page)
        for name, text in (("data.json", data), ("index.html", page)):
            text.seek(0)
            with archive.open(name, "w", force_zip64=True) as entry:
                while block := text.read(1 << 16):
                    entry.write(block.encode())
        for name, document in files.items():
            with archive.open(name, "w") as entry, document.file.open("rb") as stored:
                shutil.copyfileobj(stored, entry)
    packed.seek(0)
    return packed


def _files(subject: Subject) -> Iterator[tuple[str, Any]]:
    """Return (name in the archive, document) of the files that are the person's own and have passed the virus check.

    A receipt belongs to whoever claims, whoever uploaded it.
    """
    documents: Any = apps.get_model("documents.Document")._base_manager
    own = documents.filter(status=DocumentStatus.CLEAN, receipt__claim__claimant__in=subject.user_ids)
    if subject.organisation_id:
        own = own.filter(receipt__organisation=subject.organisation_id)
    for document in own.exclude(file="").order_by("pk").iterator(chunk_size=BATCH):
        if document.file.storage.exists(document.file.name):
            yield f"files/{short(document.pk)}{PurePosixPath(document.file.name).suffix}", document


def _write(gathered: Gathered, cover: Cover, files: list[str], data: Any, page: Any) -> None:
    """Write both texts, record by record."""
    head = {
        "format": FORMAT, "version": VERSION, "person": cover.person, "made_at": cover.made_at.isoformat(),
        "scope": cover.scope, "notes": list(cover.notes),
    }  # fmt: skip
    data.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "parts": [')
    page.write(_head(cover, files))
    section, is_first = "", True
    for part in gathered.parts():
        records = iter(part.records)
        first = next(records, None)
        if first is None:
            continue
        if part.section != section:
            section = part.section
            page.write(f"<h2>{escape(section)}</h2>\n")
        data.write(("" if is_first else ",") + "\n" + json.dumps(_named(part), ensure_ascii=False)[:-1])
        data.write(', "records": [')
        _write_records(part, chain([first], records), len(first) > WIDEST, data, page)
        data.write("]}")
        is_first = False
    data.write("\n], " + json.dumps({"files": files})[1:] + "\n")
    page.write("</main>\n</body>\n</html>\n")


def _named(part: Part) -> dict[str, str]:
    return {"section": part.section, "kind": part.kind, "title": part.title}


def _write_records(part: Part, records: Any, is_wide: bool, data: Any, page: Any) -> None:
    for number, record in enumerate(records):
        data.write(("," if number else "") + "\n" + json.dumps(_as_json(record), ensure_ascii=False))
        if is_wide:
            page.write(_record(part.title, record))
        else:
            page.write(("" if number else _columns(part.title, record)) + _row(record))
    if not is_wide:
        page.write("</tbody></table>\n")


def _as_json(record: list[Value]) -> dict[str, Any]:
    return {each.name: {"label": each.label, "value": each.value, "words": each.words} for each in record}


# --- the page ------------------------------------------------------------------------------
def _head(cover: Cover, files: list[str]) -> str:
    notes = "".join(f"<p>{escape(note)}</p>\n" for note in cover.notes)
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>\n' for name in files)
    return (
        '<!DOCTYPE html>\n<html lang="en-GB">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
        f"<title>What is held about {escape(cover.person)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        "<header><p>Patient Safety Partners</p></header>\n<main>\n"
        f"<h1>What is held about {escape(cover.person)}</h1>\n"
        f"<p>Made on {escape(nhs_datetime(cover.made_at))}. {escape(cover.scope)}</p>\n{notes}"
        + (f"<h2>Files</h2>\n<ul>\n{links}</ul>\n" if links else "")
    )


def _record(title: str, record: list[Value]) -> str:
    """Return one record as a table of its own; what is empty is left out, as people want it."""
    caption = f"{title} {record[0].words}"
    rows = "".join(
        f'<tr><th scope="row">{escape(each.label)}</th><td>{escape(each.words)}</td></tr>\n'
        for each in record[1:]
        if each.words
    )
    return f'<table class="record"><caption>{escape(caption)}</caption><tbody>\n{rows}</tbody></table>\n'


def _columns(title: str, record: list[Value]) -> str:
    heads = "".join(f'<th scope="col">{escape(each.label)}</th>' for each in record)
    return f"<table><caption>{escape(title)}</caption><thead><tr>{heads}</tr></thead><tbody>\n"


def _row(record: list[Value]) -> str:
    first, *others = record
    cells = "".join(f"<td>{escape(each.words)}</td>" for each in others)
    return f'<tr><th scope="row">{escape(first.words)}</th>{cells}</tr>\n'
