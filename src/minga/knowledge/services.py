"""Every write of knowledge: bring in records, mark them checked, archive them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction

from minga import members
from minga.knowledge import selectors
from minga.knowledge.engine import content
from minga.knowledge.engine.errors import KnowledgeError
from minga.knowledge.engine.records import RecordContent, as_json
from minga.knowledge.models import (
    Record,
    RecordAudience,
    RecordCountry,
    RecordFactor,
    RecordLanguage,
    RecordSector,
    RecordText,
)
from minga.members import services as members_services
from minga.trust import content_hash
from minga.web import search

CONTENT = Path(__file__).parent / "content"
_VALUES = (
    (RecordCountry, "countries"),
    (RecordSector, "sectors"),
    (RecordFactor, "factors"),
    (RecordAudience, "audience"),
    (RecordLanguage, "languages"),
)


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    added: int
    changed: int
    unchanged: int


def known_codes() -> content.Vocabulary:
    """Return the codes that records may use, from the rooms that own them."""
    return content.Vocabulary(
        countries={country.iso2 for country in members.countries()},
        sectors={sector.code for sector in members.sectors(level="division")},
    )


@transaction.atomic
def import_records(records: Iterable[RecordContent], *, by: Any = None, reason: str) -> Imported:
    """Publish records from files: new ones are added, changed ones replaced, all others left as they are.

    What people did here stays: a date of check that the file lacks, and a translation reviewed here and not there.
    A second import of the same files changes nothing.
    """
    given = {record.id: record for record in records}
    hashes = {slug: content_hash(as_json(record)) for slug, record in given.items()}
    stored = {record.slug: record for record in Record.objects.filter(slug__in=given)}
    wanted = [slug for slug in given if slug not in stored or stored[slug].content_hash != hashes[slug]]
    for slug in wanted:
        if slug in stored and stored[slug].is_sample != given[slug].is_sample:
            raise KnowledgeError(
                f"The record {slug!r} is sample content on one side and real on the other. Give the new one another id."
            )
        _save(given[slug], hashes[slug], stored.get(slug))
    if wanted:
        added = len(set(wanted) - stored.keys())
        _index(wanted)
        members_services.record(
            by=by,
            act="records.imported",
            reason=f"{reason}: {added} added, {len(wanted) - added} changed",
        )
        return Imported(added, len(wanted) - added, len(given) - len(wanted))
    return Imported(0, 0, len(given))


def _save(given: RecordContent, given_hash: str, stored: Record | None) -> None:
    record = stored or Record(slug=given.id, status=Record.Status.PUBLISHED)
    for name in (
        "type",
        "level_from",
        "level_to",
        "cost_band",
        "publisher",
        "source",
        "seen",
        "confidence",
        "is_sample",
    ):
        setattr(record, name, getattr(given, name))
    record.checked_on = given.checked_on or record.checked_on
    record.content_hash = given_hash
    record.save()
    for table, name in _VALUES:
        table.objects.filter(record=record).delete()
        table.objects.bulk_create(table(record=record, value=value) for value in sorted(set(getattr(given, name))))
    reviewed_here = set(
        RecordText.objects.filter(record=record, reviewed=True).values_list("language", flat=True) if stored else ()
    )
    kept = {code for code in reviewed_here if code in given.texts and not given.texts[code].reviewed}
    RecordText.objects.filter(record=record).exclude(language__in=kept).delete()
    RecordText.objects.bulk_create(
        RecordText(
            record=record,
            language=language,
            title=text.title,
            summary=text.summary,
            steps=list(text.steps),
            reviewed=text.reviewed,
        )
        for language, text in given.texts.items()
        if language not in kept
    )


def _index(slugs: Iterable[str]) -> None:
    """Write records into the search index, or take them out when they are not published."""
    selectors.forget_choices()
    # once more when the change is there for all: a page shown meanwhile counted without it
    transaction.on_commit(selectors.forget_choices)
    tables = ("texts", "countries", "sectors", "factors", "audiences", "languages")
    rows = list(Record.objects.filter(slug__in=list(slugs)).prefetch_related(*tables))
    shown = [record for record in rows if record.status == Record.Status.PUBLISHED]
    index = search.index()
    index.remove(selectors.KIND, [record.slug for record in rows if record not in shown])
    index.add(selectors.search_documents(shown))
    if len(rows) > 100:
        index.settle()


def load_start_content() -> Imported:
    """Bring in the real records every site starts with; run again, it changes nothing."""
    records = content.load(sorted(CONTENT.glob("records-*.yaml")), known_codes())
    return import_records(records, reason="start content")


def load_sample_experts() -> Imported:
    """Bring in the invented experts of the sample alliance, each marked as sample and named fictional."""
    records = content.load([CONTENT / "sample" / "records-experts.yaml"], known_codes(), is_sample=True)
    return import_records(records, reason="sample alliance")


@transaction.atomic
def mark_checked(*, record: Record, by: Any, on: date) -> None:
    """Note that the alliance compared a record with its source."""
    if record.is_sample:
        raise KnowledgeError(
            f"The record {record.slug!r} is invented for the sample. Only real records can be checked."
        )
    record.checked_on = on
    record.save(update_fields=["checked_on", "updated_at"])
    members_services.record(by=by, act="record.checked", on=record, reason=on.isoformat())


@transaction.atomic
def archive(*, record: Record, by: Any, reason: str) -> None:
    """Take a record off the pages and out of the search; it stays stored."""
    record.status = Record.Status.ARCHIVED
    record.save(update_fields=["status", "updated_at"])
    _index([record.slug])
    members_services.record(by=by, act="record.archived", on=record, reason=reason)
