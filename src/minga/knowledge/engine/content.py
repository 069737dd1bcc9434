"""Record files: read, check and merge with their translations.

A file is a YAML list of records. A translation stands beside it under the same name with the language before the
ending (`records-x.yaml`, `records-x.fr.yaml`) and gives only what the base file lacks. Every fault is named with
file, line, record and key; nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from minga.knowledge.engine.errors import KnowledgeError
from minga.knowledge.engine.records import (
    SOURCE_LANGUAGE,
    BaseRecord,
    RecordContent,
    SampleRecord,
    Sidecar,
    Text,
    Translation,
)

_SIDECAR = re.compile(r"^(?P<base>.+)\.(?P<language>[a-z]{2,3})\.yaml$")
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The codes that records may use; whoever calls brings them, for this engine owns none."""

    countries: Collection[str]
    sectors: Collection[str]


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One fault of a record file, in words a person can act on."""

    file: str
    line: int
    record: str
    key: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}"
        where += f", record {self.record!r}" if self.record else ""
        return f"{where}{f', key {self.key!r}' if self.key else ''}: {self.message}"


class ContentError(KnowledgeError):
    """Record files have faults; `problems` lists all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


def _read(path: Path) -> tuple[Any, dict[str, int], list[Problem]]:
    """Read a YAML file; return its value, the line of each record, and what could not be read."""
    name = path.name
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as problem:
        return None, {}, [Problem(name, 0, "", "", f"The file cannot be read: {problem}. Give a UTF-8 text file.")]
    try:
        node = loader.get_single_node()
        lines = dict(_record_lines(node))
        return loader.construct_document(node) if node else None, lines, []
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        reason = getattr(problem, "problem", None) or "it is not YAML"
        line = mark.line + 1 if mark else 0
        return None, {}, [Problem(name, line, "", "", f"The file is not valid YAML: {reason}. Correct this line.")]
    finally:
        loader.dispose()


def _record_lines(node: Any) -> Iterator[tuple[str, int]]:
    """Yield the id and line of each record, in a base file (list) and in a translation (mapping under `records`)."""
    if isinstance(node, yaml.SequenceNode):
        for record in node.value:
            for key, value in record.value if isinstance(record, yaml.MappingNode) else ():
                if getattr(key, "value", None) == "id" and isinstance(value, yaml.ScalarNode):
                    yield value.value, record.start_mark.line + 1
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == "records" and isinstance(value, yaml.MappingNode):
                yield from ((record.value, record.start_mark.line + 1) for record, _ in value.value)


def _faults(problem: ValidationError) -> Iterator[tuple[str, str]]:
    """Turn pydantic's findings into a key and a whole sentence each."""
    for found in problem.errors():
        key = ".".join(str(part) for part in found["loc"])
        value = found["input"]
        if found["type"] == "value_error":
            key, _, message = str(found["ctx"]["error"]).partition(": ")
            yield key, message
        elif found["type"] == "missing":
            yield key, "This key is missing. Add it."
        elif found["type"] == "extra_forbidden":
            yield key, "This key is not known here. Correct its name or remove it."
        elif isinstance(value, bool) and "bool" not in found["type"]:
            yield key, f'YAML reads this as {value}, not as text. Put it in quotes, as in "NO" for Norway.'
        elif isinstance(value, int) and found["type"] == "string_type":
            yield key, f'YAML reads this as the number {value}. Put the code in quotes, as in "01".'
        else:
            yield key, f"{found['msg']}, but the file has {value!r}. Correct it."


def _unknown_codes(record: BaseRecord, vocabulary: Vocabulary) -> Iterator[tuple[str, str]]:
    known = {
        "countries": (vocabulary.countries, "a country code of ISO 3166-1 alpha-2"),
        "sectors": (vocabulary.sectors, "a division of ISIC Rev.4"),
    }
    for key, (codes, what) in known.items():
        for code in getattr(record, key):
            if code not in codes:
                yield key, f"{code!r} is not {what}. Correct the code."


def _content(record: BaseRecord, is_sample: bool) -> RecordContent:
    texts = {
        language: Text(
            title,
            record.summary[language],
            tuple(record.steps) if language == SOURCE_LANGUAGE else (),
            # the start content was written in English; every other language is a translation
            reviewed=language == SOURCE_LANGUAGE,
        )
        for language, title in record.title.items()
    }
    return RecordContent(
        id=record.id,
        type=record.type,
        countries=tuple(record.countries),
        sectors=tuple(record.sectors),
        factors=tuple(record.factors),
        level_from=record.helps_levels[0],
        level_to=record.helps_levels[1],
        audience=tuple(record.audience),
        cost_band=record.cost_band,
        languages=tuple(record.languages),
        publisher=record.publisher,
        source=record.source,
        seen=record.seen,
        confidence=record.confidence,
        checked_on=record.checked_on,
        is_sample=is_sample,
        texts=texts,
    )


def _base(path: Path, vocabulary: Vocabulary, is_sample: bool) -> tuple[dict[str, RecordContent], list[Problem]]:
    rows, lines, problems = _read(path)
    if problems:
        return {}, problems
    if not isinstance(rows, list):
        return {}, [Problem(path.name, 1, "", "", "A record file is a list. Begin each record with '- id:'.")]
    records: dict[str, RecordContent] = {}
    shape = SampleRecord if is_sample else BaseRecord
    for number, row in enumerate(rows, start=1):
        name = str(row.get("id", f"number {number}")) if isinstance(row, dict) else f"number {number}"
        line = lines.get(name, 0)
        try:
            record = shape.model_validate(row)
        except ValidationError as problem:
            problems += [Problem(path.name, line, name, *fault) for fault in _faults(problem)]
            continue
        problems += [Problem(path.name, line, name, *fault) for fault in _unknown_codes(record, vocabulary)]
        if name in records:
            problems.append(
                Problem(path.name, line, name, "id", "This id is used twice in this file. Give each record its own.")
            )
        records[name] = _content(record, is_sample)
    return records, problems


def _translated(record: RecordContent, language: str, given: Translation, reviewed: bool) -> RecordContent | str:
    """Add one language to a record, or say in a sentence why it cannot be added."""
    present = record.texts.get(language)
    if present and (given.title or given.summary):
        return "The base file has title and summary in this language already. Keep one of the two."
    if given.steps and len(given.steps) != len(record.texts[SOURCE_LANGUAGE].steps):
        theirs, ours = len(given.steps), len(record.texts[SOURCE_LANGUAGE].steps)
        return f"The translation has {theirs} steps, the English text {ours}. Translate each step, no more and no less."
    if present:
        text = replace(present, steps=tuple(given.steps), reviewed=reviewed and present.reviewed)
    elif given.title and given.summary:
        text = Text(given.title, given.summary, tuple(given.steps), reviewed)
    else:
        return "The record has no title and summary in this language. Add both."
    return replace(record, texts={**record.texts, language: text})


def _merge(path: Path, records: dict[str, RecordContent]) -> list[Problem]:
    """Merge a translation file into the records of its base file; return its faults."""
    value, lines, problems = _read(path)
    if problems:
        return problems
    try:
        sidecar = Sidecar.model_validate(value)
    except ValidationError as problem:
        return [Problem(path.name, 1, "", *fault) for fault in _faults(problem)]
    named = _SIDECAR.match(path.name)
    if named and named["language"] != sidecar.language:
        message = f"The file name says {named['language']!r}, the file {sidecar.language!r}. Make them agree."
        return [Problem(path.name, 1, "", "language", message)]
    for name, row in sidecar.records.items():
        line = lines.get(name, 0)
        if name not in records:
            problems.append(
                Problem(path.name, line, name, "", "The base file has no such record. Correct the id or remove it.")
            )
            continue
        try:
            given = Translation.model_validate(row)
        except ValidationError as problem:
            problems += [Problem(path.name, line, name, *fault) for fault in _faults(problem)]
            continue
        merged = _translated(records[name], sidecar.language, given, sidecar.reviewed)
        if isinstance(merged, str):
            problems.append(Problem(path.name, line, name, sidecar.language, merged))
        else:
            records[name] = merged
    return problems


def translations_of(path: Path) -> list[Path]:
    """Return the translation files that stand beside a base file."""
    return sorted(found for found in path.parent.glob(f"{path.stem}.*.yaml") if _SIDECAR.match(found.name))


def examine(
    paths: Iterable[Path], vocabulary: Vocabulary, *, is_sample: bool = False
) -> tuple[list[RecordContent], list[Problem]]:
    """Read record files with their translations; return the sound records and every fault.

    Parameters
    ----------
    paths : base files; a translation file among them is read with its base file, not by itself
    vocabulary : Vocabulary
    is_sample : whether the records are invented, and therefore have no source

    Returns
    -------
    records in the order of the files, and problems in the order of file and line
    """
    records: dict[str, RecordContent] = {}
    problems: list[Problem] = []
    for path in dict.fromkeys(_base_of(Path(given)) for given in paths):
        own, faults = _base(path, vocabulary, is_sample)
        for sidecar in translations_of(path):
            faults += _merge(sidecar, own)
        for name in own.keys() & records.keys():
            message = "Another file has a record with this id. Give each record its own."
            faults.append(Problem(path.name, 0, name, "id", message))
        records |= own
        problems += sorted(faults)
    faulty = {problem.record for problem in problems}
    return [record for name, record in records.items() if name not in faulty], problems


def _base_of(path: Path) -> Path:
    named = _SIDECAR.match(path.name)
    return path.with_name(f"{named['base']}.yaml") if named else path


def load(paths: Iterable[Path], vocabulary: Vocabulary, *, is_sample: bool = False) -> list[RecordContent]:
    """Read record files with their translations.

    Raises
    ------
    ContentError
        Any file has a fault; all of them are listed.
    """
    records, problems = examine(paths, vocabulary, is_sample=is_sample)
    if problems:
        raise ContentError(problems)
    return records
