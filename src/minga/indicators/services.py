"""Every write: indexes, editions from draft to publication, disclosures of member companies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from minga.indicators import added, alliance, alliance_resamples, calculation, disclosing, selectors, uploads
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import DataError, IndicatorsError, refuse
from minga.indicators.models import CompositeIndex, Disclosure, Edition
from minga.members import selectors as members
from minga.members import services as people
from minga.trust import content_hash

SECRETARIAT = "secretariat"
#: The consent to publish a company's disclosure, as members calls it.
PUBLICATION = "publication"
#: Version of the words in which a company agrees to publication; raise it when they change.
PUBLICATION_TEXT = "indicators-publication-1"
#: words that stand where an index would stand in an address
RESERVED_SLUGS = frozenset({"build", "disclosure"})


# ---------------------------------------------------------------- indexes and drafts
@transaction.atomic
def create_index(
    *,
    slug: str,
    titles: Mapping[str, str],
    by: Any,
    summaries: Mapping[str, str] | None = None,
    kind: str = CompositeIndex.Kind.UPLOADED,
    units: str = CompositeIndex.Units.OTHER,
    is_sample: bool = False,
) -> CompositeIndex:
    """Begin an index; nothing of it is public before an edition is published."""
    _demand_secretariat(by)
    if slugify(slug) != slug or not slug or slug in RESERVED_SLUGS:
        raise IndicatorsError(
            f"{slug!r} cannot stand in an address. Use small letters, digits and hyphens, and another word than "
            f"{', '.join(sorted(RESERVED_SLUGS))}."
        )
    if CompositeIndex.objects.filter(slug=slug).exists():
        raise IndicatorsError(f"There is already an index called {slug!r}. Add an edition to it, or take another word.")
    given = {language: text.strip() for language, text in titles.items() if text.strip()}
    if not given:
        raise IndicatorsError("An index needs a title in at least one language. Write one.")
    index = CompositeIndex.objects.create(
        slug=slug, titles=given, summaries=dict(summaries or {}), kind=kind, units=units, is_sample=is_sample
    )
    people.record(by=by, act="index.created", on=index)
    return index


@transaction.atomic
def create_draft(
    *, index: CompositeIndex, definition: Index, table: pl.DataFrame, by: Any, note: str = "",
    notes: Sequence[str] = (), year: int | None = None,
) -> Edition:  # fmt: skip
    """Store definition and data as a draft edition under the next permanent id."""
    _demand_secretariat(by)
    # one after the other, so that two drafts never claim one id
    CompositeIndex.objects.select_for_update().get(pk=index.pk)
    written, data = definition.to_toml(), calculation.data_of(table)
    edition = Edition.objects.create(
        index=index,
        name=_next_name(index, year or timezone.localdate().year),
        definition=written,
        definition_hash=content_hash(written),
        data=data,
        data_hash=content_hash(data),
        note=note.strip(),
        notes=list(notes),
    )
    people.record(by=by, act="edition.drafted", on=edition)
    return edition


def _next_name(index: CompositeIndex, year: int) -> str:
    begin = f"{index.slug}-{year}."
    names = Edition.objects.filter(name__startswith=begin).values_list("name", flat=True)
    used = [int(name.removeprefix(begin)) for name in names if name.removeprefix(begin).isdigit()]
    return f"{begin}{max(used, default=0) + 1}"


def calculate(*, edition: Edition, progress: calculation.Progress | None = None) -> Edition:
    """Calculate a draft's results and keep them; what cannot be calculated is kept as its problem."""
    if edition.state != Edition.State.DRAFT:
        raise IndicatorsError(f"Edition {edition.name} is {edition.state}; only drafts are calculated.")
    edition.results, edition.results_hash, edition.problem = None, "", ""
    try:
        definition = Index.from_toml(edition.definition)
        table = uploads.without_words_for_nothing(definition, calculation.table_of(edition.data))
        refuse(DataError, [one for one in calculation.check(definition, table) if one.level == "error"])
        replicates = alliance_resamples.resampled(edition, definition, table)
        results = calculation.results_of(definition, table, seed=edition.seed, progress=progress, replicates=replicates)
    except IndicatorsError as problem:
        edition.problem = str(problem)
    else:
        edition.results, edition.results_hash = results, content_hash(results)
    edition.save()
    return edition


@transaction.atomic
def change_draft(
    *, edition: Edition, by: Any, definition: Index | None = None, table: pl.DataFrame | None = None
) -> None:
    """Give a draft another definition or other data; its results go, because they no longer fit."""
    _demand_secretariat(by)
    edition = _locked(edition, Edition.State.DRAFT)
    if definition is not None:
        edition.definition = definition.to_toml()
        edition.definition_hash = content_hash(edition.definition)
    if table is not None:
        edition.data = calculation.data_of(table)
        edition.data_hash = content_hash(edition.data)
    edition.results, edition.results_hash, edition.problem, edition.task = None, "", "", None
    edition.save()
    people.record(by=by, act="edition.changed", on=edition)


@transaction.atomic
def rebuild(*, kind: str, units: str, by: Any, is_sample: bool, year: int | None = None) -> Edition:
    """Make a new draft of one of the alliance's own indexes from what is known today."""
    _demand_secretariat(by)
    collected = alliance.collect(kind, units, is_sample=is_sample)
    slug = alliance.SLUGS[kind, units]
    index = CompositeIndex.objects.filter(slug=slug).first() or create_index(
        slug=slug, titles=alliance.TITLES[slug], summaries=alliance.SUMMARIES[slug], kind=kind, units=units, by=by,
        is_sample=is_sample,
    )  # fmt: skip
    return create_draft(
        index=index, definition=collected.definition, table=collected.table, by=by, notes=collected.notes, year=year
    )


@transaction.atomic
def add_figures(*, edition: Edition, tables: Mapping[str, pl.DataFrame], weight: float, by: Any) -> added.Added:
    """Add figures from elsewhere to a draft of the readiness index, in place of those added before.

    Raises
    ------
    IndicatorsError
        Something is wrong with them, each fault named by sheet, row and column; nothing is changed then.
    """
    definition, table = _own_draft(edition, by)
    units = set(table[definition.unit].to_list())

    def ranked(text: str) -> str | None:
        code = alliance.ranked_code(edition.index.units, text)
        return code if code in units else None

    def known(text: str) -> bool:
        return alliance.ranked_code(edition.index.units, text) is not None

    found = added.check(tables, definition, ranked, known)
    definition, table = added.join(definition, table, found, weight=weight)
    _change_own(edition, definition, table, by=by, has_added=True)
    return found


@transaction.atomic
def take_out_figures(*, edition: Edition, by: Any) -> None:
    """Take figures from elsewhere out of a draft again."""
    definition, table = _own_draft(edition, by)
    _change_own(edition, definition, table, by=by, has_added=False)


def _own_draft(edition: Edition, by: Any) -> tuple[Index, pl.DataFrame]:
    """Definition and data of a draft of the readiness index, without what was added before."""
    _demand_secretariat(by)
    held = _locked(edition, Edition.State.DRAFT)
    if held.index.kind != CompositeIndex.Kind.READINESS:
        raise IndicatorsError(
            "Figures from elsewhere can be added to the readiness indexes alone. Upload a table for another index."
        )
    return added.without(Index.from_toml(held.definition), calculation.table_of(held.data))


def _change_own(edition: Edition, definition: Index, table: pl.DataFrame, *, by: Any, has_added: bool) -> None:
    change_draft(edition=edition, by=by, definition=definition, table=table)
    held = Edition.objects.get(pk=edition.pk)
    held.notes = [*(note for note in held.notes if note != added.PART), *([added.PART] if has_added else [])]
    held.save(update_fields=["notes"])


@transaction.atomic
def set_task(*, edition: Edition, task: Any) -> None:
    """Note which task calculates a draft, so that its page can show how far it is."""
    edition.task = task
    edition.save(update_fields=["task"])


@transaction.atomic
def delete_draft(*, edition: Edition, by: Any) -> None:
    """Delete a draft; what was proposed or published stays."""
    _demand_secretariat(by)
    edition.delete()
    people.record(by=by, act="edition.draft_deleted", on=edition.reference)


# ---------------------------------------------------------------- publication
@transaction.atomic
def propose(*, edition: Edition, by: Any) -> None:
    """Ask a second person of the secretariat to publish a calculated draft."""
    _demand_secretariat(by)
    edition = _locked(edition, Edition.State.DRAFT)
    if not edition.is_calculated:
        raise IndicatorsError(f"Edition {edition.name} has no results yet. Wait for the calculation, then propose it.")
    edition.state, edition.proposed_at = Edition.State.PROPOSED, timezone.now()
    edition.proposed_by, edition.proposed_by_mark = by, by.reference
    edition.save()
    people.record(by=by, act="edition.proposed", on=edition)


@transaction.atomic
def send_back(*, edition: Edition, by: Any, reason: str) -> None:
    """Make a draft of a proposed edition again."""
    _demand_secretariat(by)
    edition = _locked(edition, Edition.State.PROPOSED)
    edition.state, edition.proposed_at = Edition.State.DRAFT, None
    edition.proposed_by, edition.proposed_by_mark = None, ""
    edition.save()
    people.record(by=by, act="edition.sent_back", on=edition, reason=_said(reason))


@transaction.atomic
def publish(*, edition: Edition, by: Any) -> Edition:
    """Publish a proposed edition: by another person of the secretariat than the one who proposed it."""
    _demand_secretariat(by)
    edition = _locked(edition, Edition.State.PROPOSED)
    if by.reference == edition.proposed_by_mark:
        raise IndicatorsError(
            f"You proposed edition {edition.name} yourself. Ask a second person of the secretariat to publish it."
        )
    if intact(edition):
        raise IndicatorsError(f"Edition {edition.name} was changed since it was calculated. Calculate it again.")
    edition.state, edition.approved_by_mark = Edition.State.PUBLISHED, by.reference
    edition.published_at = timezone.now()
    edition.save()
    people.record(by=by, act="edition.published", on=edition)
    return edition


@transaction.atomic
def withdraw(*, edition: Edition, by: Any, reason: str) -> None:
    """Take a published edition back; its address stays and says so."""
    _demand_secretariat(by)
    edition = _locked(edition, Edition.State.PUBLISHED)
    edition.state, edition.withdrawn_at = Edition.State.WITHDRAWN, timezone.now()
    edition.withdrawal_reason = _said(reason)
    edition.save()
    people.record(by=by, act="edition.withdrawn", on=edition)


def intact(edition: Edition) -> list[str]:
    """Return which parts of an edition no longer give the hash they were stored with; empty when all do."""
    parts = {
        "definition": (edition.definition, edition.definition_hash),
        "data": (edition.data, edition.data_hash),
        "results": (edition.results, edition.results_hash),
    }
    return [name for name, (value, kept) in parts.items() if content_hash(value) != kept]


def _locked(edition: Edition, state: str) -> Edition:
    found = Edition.objects.select_for_update().select_related("index").get(pk=edition.pk)
    if found.state != state:
        raise IndicatorsError(
            f"Edition {found.name} is {found.state}, and this needs one that is {state}. Look at its page again."
        )
    return found


def _demand_secretariat(person: Any) -> None:
    if person is None or SECRETARIAT not in members.roles_of(person):
        raise IndicatorsError("Only people of the secretariat build and publish indexes. Ask one of them.")


def _said(reason: str) -> str:
    if not reason.strip():
        raise IndicatorsError("Say why in one sentence; it is kept for those who look for the figures later.")
    return reason.strip()[:300]


# ---------------------------------------------------------------- disclosures of member companies
@transaction.atomic
def disclose(
    *, organization: Any, answers: Mapping[str, Mapping[str, str]], by: Any, is_sample: bool = False
) -> Disclosure:
    """Store what a company says; nothing of it is published without a consent of its own."""
    checked = disclosing.checked(answers)
    disclosure, _made = Disclosure.objects.update_or_create(
        organization=organization,
        defaults={
            "answers": checked,
            "questionnaire": disclosing.questionnaire().id,
            "changed_by": by,
            "changed_at": timezone.now(),
            "is_sample": is_sample,
        },
    )
    people.record(by=by, act="disclosure.saved", on=disclosure)
    return disclosure


@transaction.atomic
def agree_to_publication(*, disclosure: Disclosure, by: Any, agrees: bool, subject_key: str = "") -> None:
    """Let a company's figures be published, or take that back; later editions then leave it out."""
    if agrees:
        people.give_consent(
            scope=PUBLICATION,
            text_version=PUBLICATION_TEXT,
            person=by,
            subject_key=subject_key,
            object=disclosure.reference,
        )
        return
    for person, key in selectors.givers_of(disclosure):
        people.revoke_consent(scope=PUBLICATION, object=disclosure.reference, person=person, subject_key=key)


def export_person(person: Any) -> dict[str, Any]:
    """Return what a person disclosed for her companies."""
    own = Disclosure.objects.filter(changed_by=person).select_related("organization").order_by("pk")
    return {
        "disclosures": [
            {"organization": one.organization.name, "answers": one.answers, "changed_at": one.changed_at.isoformat()}
            for one in own
        ]
    }


def erase_person(person: Any) -> int:
    """Take a person's trace off; disclosures belong to their companies, editions to the alliance."""
    count = Disclosure.objects.filter(changed_by=person).update(changed_by=None)
    for edition in Edition.objects.filter(proposed_by=person):
        edition.proposed_by = None
        edition.save(update_fields=["proposed_by"])
        count += 1
    return count
