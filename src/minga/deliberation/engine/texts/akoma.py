"""A draft as Akoma Ntoso (OASIS LegalDocML 1.0): identified work, versions, clauses with permanent names, and notes.

A clause is a ``clause`` at every depth and its ``eId`` is made of its permanent number alone, not of its place: it
stays the same when the clause is moved, so a reference to it never breaks.

Source: OASIS, Akoma Ntoso Version 1.0, Part 1 (vocabulary) and Naming Convention, 2018.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

from minga.deliberation.engine.texts.blocks import Block, blocks
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, clean, facts

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
#: ISO 639-2, as the standard asks for.
_LANGUAGES = {"ar": "ara", "en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "zh": "zho"}
#: A text of no single country: a code that ISO 3166 leaves to those who use it.
_NO_COUNTRY = "xa"
_SOURCE = "#publisher"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
#: Elements that hold words, in which a space would be read.
_WORDS = ("p", "heading", "num", "li")


def write_akoma_ntoso(draft: DraftText, labels: Labels | None = None, *, with_trace: bool = False) -> bytes:
    """Write a version of a draft as Akoma Ntoso XML.

    Parameters
    ----------
    draft : DraftText
    labels : Labels, optional
    with_trace : bool
        Writes what stands behind a clause as notes, referred to from its text.

    Returns
    -------
    bytes of the file in UTF-8
    """
    labels = labels or Labels()
    names: Any = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap=names)
    document = _add(root, "doc", name=_kind(draft), contains="singleVersion")
    meta = _add(document, "meta")
    _identification(meta, draft)
    _lifecycle(meta, draft)
    _references(meta, draft, labels)
    if with_trace and any(clause.notes for clause in draft.clauses):
        _notes(meta, draft, labels)
    preface = _add(document, "preface")
    _add(_add(preface, "p", eId="preface__p_1"), "docTitle", draft.title, eId="preface__docTitle")
    for at, said in enumerate(facts(draft, labels), start=2):
        _add(preface, "p", said, eId=f"preface__p_{at}")
    _body(_add(document, "mainBody"), draft, with_trace=with_trace)
    _indent(root, 0)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))


def _add(parent: Any, name: str, text: str | None = None, /, **given: str) -> Any:
    element = etree.SubElement(parent, f"{{{NAMESPACE}}}{name}", {key: clean(value) for key, value in given.items()})
    if text is not None:
        element.text = clean(text)
    return element


def _indent(element: Any, depth: int) -> None:
    """Put each element on its line, but add no space to words."""
    if etree.QName(element).localname in _WORDS or not len(element):
        return
    element.text = "\n" + " " * (depth + 1)
    for child in element:
        _indent(child, depth + 1)
        child.tail = element.text
    element[-1].tail = "\n" + " " * depth


# ------------------------------------------------------------------------------------------ what it is
def _work(draft: DraftText) -> str:
    """Name the work: country, kind, day of its first version, word in the address."""
    first = min((each.on for each in draft.versions), default=draft.published_on)
    return f"/akn/{draft.country.lower() or _NO_COUNTRY}/doc/{_kind(draft)}/{first.isoformat()}/{draft.name}"


def _kind(draft: DraftText) -> str:
    """Say what kind of document it is; a draft that began on an empty page is of no particular one."""
    return "draft" if draft.kind in ("", "empty") else draft.kind


def _expression(draft: DraftText, number: int) -> str:
    on = next((each.on for each in draft.versions if each.number == number), draft.published_on)
    return f"{_work(draft)}/{_language(draft)}@{on.isoformat()};v{number}"


def _language(draft: DraftText) -> str:
    return _LANGUAGES.get(draft.language, "und")


def _identification(meta: Any, draft: DraftText) -> None:
    first = min((each.on for each in draft.versions), default=draft.published_on)
    identification = _add(meta, "identification", source=_SOURCE)
    work = _add(identification, "FRBRWork")
    _level(work, _work(draft), first.isoformat(), "first version", "/!main")
    _add(work, "FRBRcountry", value=draft.country.lower() or _NO_COUNTRY)
    _add(work, "FRBRsubtype", value=_kind(draft))
    _add(work, "FRBRname", value=draft.name)
    _add(work, "FRBRauthoritative", value="true" if draft.adopted_on else "false")
    expression = _add(identification, "FRBRExpression")
    here = _expression(draft, draft.version)
    _level(expression, here, draft.published_on.isoformat(), "published", "/!main", alias=draft.address)
    _add(expression, "FRBRversionNumber", value=str(draft.version))
    _add(expression, "FRBRlanguage", language=_language(draft))
    manifestation = _add(identification, "FRBRManifestation")
    _level(manifestation, f"{here}.akn", draft.published_on.isoformat(), "written", "/!main")
    _add(manifestation, "FRBRformat", value="application/akn+xml")


def _level(level: Any, uri: str, on: str, what: str, part: str, *, alias: str = "") -> None:
    this = f"{uri}{part}" if not uri.endswith(".akn") else f"{uri.removesuffix('.akn')}{part}.akn"
    _add(level, "FRBRthis", value=this)
    _add(level, "FRBRuri", value=uri)
    if alias:
        _add(level, "FRBRalias", value=alias, name="web")
    _add(level, "FRBRdate", date=on, name=what)
    _add(level, "FRBRauthor", href=_SOURCE)


def _lifecycle(meta: Any, draft: DraftText) -> None:
    """Write when each version was published, and when the text was adopted."""
    lifecycle = _add(meta, "lifecycle", source=_SOURCE)
    for each in draft.versions:
        kind = "generation" if each.number == 1 else "amendment"
        given = {"eId": f"event_{each.number}", "date": each.on.isoformat(), "type": kind}
        _add(lifecycle, "eventRef", source=f"#version_{each.number}", **given)
    if not draft.versions:
        given = {"eId": "event_1", "date": draft.published_on.isoformat(), "type": "generation"}
        _add(lifecycle, "eventRef", source=_SOURCE, **given)


def _references(meta: Any, draft: DraftText, labels: Labels) -> None:
    references = _add(meta, "references", source=_SOURCE)
    for each in draft.versions:
        name = labels.version.format(number=each.number, day=each.on.isoformat())
        kind = "original" if each.number == 1 else "passiveRef"
        _add(references, kind, eId=f"version_{each.number}", href=_expression(draft, each.number), showAs=name)
    who = draft.publisher or "Minga"
    _add(references, "TLCOrganization", eId="publisher", href="/akn/ontology/organization/publisher", showAs=who)


def _notes(meta: Any, draft: DraftText, labels: Labels) -> None:
    notes = _add(meta, "notes", source=_SOURCE)
    for clause in draft.clauses:
        for at, note in enumerate(clause.notes, start=1):
            element = _add(notes, "note", eId=_note_name(clause, at), marker=f"{clause.place}-{at}")
            _note(_add(element, "p", eId=f"{_note_name(clause, at)}__p_1"), note, labels)


def _note(element: Any, note: Note, labels: Labels) -> None:
    name = clean(labels.named(note))
    if note.link:
        _add(element, "ref", name, href=note.link)
    else:
        element.text = name
    for at, (words, language) in enumerate(note.words):
        _more(element, ": " if at == 0 else " · ")
        if language:
            _add(element, "span", words).set(_LANGUAGE, language)
        else:
            _more(element, clean(words))


def _more(element: Any, words: str) -> None:
    """Write on behind what stands in an element."""
    if len(element):
        element[-1].tail = (element[-1].tail or "") + words
    else:
        element.text = (element.text or "") + words


def _note_name(clause: ClauseText, at: int) -> str:
    return f"note_{clause.number}_{at}"


# ------------------------------------------------------------------------------------------ clauses
def _body(body: Any, draft: DraftText, *, with_trace: bool) -> None:
    """Nest the clauses; a clause with others under it holds its own words as their introduction."""
    parents = {clause.parent for clause in draft.clauses}
    made: dict[str, Any] = {}
    for clause in draft.clauses:
        above = made.get(clause.parent or "", body)
        name = f"clause_{clause.number}"
        element = made[clause.code] = _add(above, "clause", eId=name)
        _add(element, "num", clause.place, eId=f"{name}__num")
        heading = _add(element, "heading", clause.title, eId=f"{name}__heading")
        if with_trace:
            for at, _each in enumerate(clause.notes, start=1):
                _add(heading, "noteRef", href=f"#{_note_name(clause, at)}", marker=f"{clause.place}-{at}")
        words = blocks(clause.text)
        if clause.code in parents:
            if words:
                _blocks(_add(element, "intro", eId=f"{name}__intro"), words, f"{name}__intro")
        else:
            _blocks(_add(element, "content", eId=f"{name}__content"), words or (Block("paragraph", ("",)),), name)
    if not draft.clauses:
        _add(body, "p", "", eId="body__p_1")


def _blocks(parent: Any, words: tuple[Block, ...], name: str) -> None:
    for at, block in enumerate(words, start=1):
        if block.kind == "paragraph":
            _lines(_add(parent, "p", eId=f"{name}__p_{at}"), block.items[0], f"{name}__p_{at}")
            continue
        tag = "ul" if block.kind == "points" else "ol"
        items = _add(parent, tag, eId=f"{name}__{tag}_{at}")
        for number, item in enumerate(block.items, start=1):
            counted = {"value": str(block.start + number - 1)} if tag == "ol" else {}
            _add(items, "li", item, eId=f"{name}__{tag}_{at}__li_{number}", **counted)


def _lines(element: Any, text: str, name: str) -> None:
    """Write a paragraph, with a break where a line ends in it."""
    first, *rest = text.split("\n")
    element.text = first
    for at, line in enumerate(rest, start=1):
        _add(element, "eol", eId=f"{name}__eol_{at}").tail = line
