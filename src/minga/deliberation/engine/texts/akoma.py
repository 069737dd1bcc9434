"""A draft as Akoma Ntoso (OASIS LegalDocML 1.0): identified work, versions, clauses with permanent names, and notes.

A clause is a ``clause`` at every depth. Its ``eId`` follows its place in this version ("2.1" is ``cl_2-1``), as the
Naming Convention asks for; its ``wId`` is made of its permanent number ("C12" is ``cl_12``) and goes with it wherever
it moves, so a reference to the work never breaks. The permanent numbers are the first expression that there never
was: ``FRBRmasterExpression`` without an address says so.

Source: OASIS, Akoma Ntoso Version 1.0, Part 2 (schema), 2018, and Naming Convention Version 1.0, 2019, section 5.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any
from urllib.parse import quote

from lxml import etree

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, facts
from minga.text.blocks import Block, blocks, clean

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
#: ISO 639-2, as the standard asks for.
_LANGUAGES = {"ar": "ara", "en": "eng", "es": "spa", "fr": "fra", "ru": "rus", "zh": "zho"}
#: A text of no single country: a code that ISO 3166 leaves to those who use it.
_NO_COUNTRY = "xa"
_SOURCE = "#publisher"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
#: Elements that hold words, in which a space would be read.
_WORDS = ("p", "heading", "num", "li")
#: What may stand in an address as it is; the rest is written in hundredths, as the schema's type of addresses asks.
_OF_ADDRESSES = "%/:?#@!$&'()*+,;=~-._"
_APART = re.compile(r"\W+")


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

    Raises
    ------
    ExportError
        Nobody said when one of its versions was published.
    """
    labels = labels or Labels()
    names: Any = {None: NAMESPACE}
    root = etree.Element(f"{{{NAMESPACE}}}akomaNtoso", nsmap=names)
    document = _add(root, "doc", name=_kind(draft), contains="singleVersion")
    notes = _numbered_notes(draft) if with_trace else {}
    meta = _add(document, "meta")
    _identification(meta, draft)
    _lifecycle(meta, draft)
    _workflow(meta, draft)
    _references(meta, draft, labels)
    if notes:
        _notes(meta, draft, labels, notes)
    preface = _add(document, "preface")
    _add(_add(preface, "p", eId="preface__p_1"), "docTitle", draft.title, eId="preface__docTitle")
    for at, said in enumerate(facts(draft, labels), start=2):
        _add(preface, "p", said, eId=f"preface__p_{at}")
    _body(_add(document, "mainBody"), draft, notes)
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
def _days(draft: DraftText) -> dict[int, date]:
    """Return the day of each version: the standard names every one by its day, so that none can be left out."""
    known = {each.number: each.on for each in draft.versions} | {draft.version: draft.published_on}
    days = {number: on for number, on in known.items() if on is not None}
    if missing := sorted(set(known) - set(days)):
        raise ExportError(
            f"Akoma Ntoso names every version by the day of its publication, and that of version {missing[0]} is not "
            "known. Say it, or choose another format."
        )
    return days


def _work(draft: DraftText) -> str:
    """Name the work: country, kind, day of its first version, word in the address."""
    first = min(_days(draft).values())
    return f"/akn/{draft.country.lower() or _NO_COUNTRY}/doc/{_kind(draft)}/{first.isoformat()}/{draft.name}"


def _kind(draft: DraftText) -> str:
    """Say what kind of document it is; a draft that began on an empty page is of no particular one."""
    return "draft" if draft.kind in ("", "empty") else draft.kind


def _expression(draft: DraftText, number: int) -> str:
    return f"{_work(draft)}/{_language(draft)}@{_days(draft)[number].isoformat()};v{number}"


def _language(draft: DraftText) -> str:
    return _LANGUAGES.get(draft.language, "und")


def _identification(meta: Any, draft: DraftText) -> None:
    days = _days(draft)
    first, published = min(days.values()), days[draft.version].isoformat()
    identification = _add(meta, "identification", source=_SOURCE)
    work = _add(identification, "FRBRWork")
    _level(work, _work(draft), first.isoformat(), "first version", "/!main")
    _add(work, "FRBRcountry", value=draft.country.lower() or _NO_COUNTRY)
    _add(work, "FRBRsubtype", value=_kind(draft))
    _add(work, "FRBRname", value=draft.name)
    _add(work, "FRBRauthoritative", value="true" if draft.adopted_on else "false")
    expression = _add(identification, "FRBRExpression")
    here = _expression(draft, draft.version)
    _level(expression, here, published, "published", "/!main", alias=draft.address)
    _add(expression, "FRBRversionNumber", value=f"v{draft.version}")
    # no address: the names that stay are those of no version, but the permanent numbers of the clauses
    _add(expression, "FRBRmasterExpression", href="", showAs="permanent numbers of the clauses")
    _add(expression, "FRBRlanguage", language=_language(draft))
    manifestation = _add(identification, "FRBRManifestation")
    _level(manifestation, f"{here}.akn", published, "written", "/!main")
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
    """Write when each version was published; the last one is the text that is written here."""
    lifecycle, days = _add(meta, "lifecycle", source=_SOURCE), _days(draft)
    for at, each in enumerate(draft.versions):
        kind = "generation" if at == 0 else "amendment"
        given = {"eId": f"eref_{at + 1}", "date": days[each.number].isoformat(), "type": kind}
        if each.number == draft.version:
            given["originatingExpression"] = "true"
        _add(lifecycle, "eventRef", source=f"#{_version_name(at)}", **given)


def _workflow(meta: Any, draft: DraftText) -> None:
    """Write when the text was adopted, if it was."""
    if draft.adopted_on is not None:
        workflow = _add(meta, "workflow", source=_SOURCE)
        _add(workflow, "step", eId="step_1", date=draft.adopted_on.isoformat(), by=_SOURCE, refersTo="#adoption")


def _version_name(at: int) -> str:
    """Name a version in the references: the first one is the original, the others are counted."""
    return "original" if at == 0 else f"passiveRef_{at}"


def _references(meta: Any, draft: DraftText, labels: Labels) -> None:
    references = _add(meta, "references", source=_SOURCE)
    for at, each in enumerate(draft.versions):
        name = labels.of_version(each.number, each.on)
        kind = "original" if at == 0 else "passiveRef"
        _add(references, kind, eId=_version_name(at), href=_expression(draft, each.number), showAs=name)
    who = draft.publisher or "Minga"
    _add(references, "TLCOrganization", eId="publisher", href=_organization(draft, who), showAs=who)
    if draft.adopted_on is not None:
        by = draft.decision or labels.adopted.format(day=labels.day(draft.adopted_on))
        _add(references, "TLCEvent", eId="adoption", href="/akn/ontology/event/adoption", showAs=by)


def _organization(draft: DraftText, name: str) -> str:
    """Name who publishes, by country and name, so that two files of two ministries do not mean the same one."""
    words = [draft.country.lower() or _NO_COUNTRY, *_APART.sub(" ", name.lower()).split()]
    return _address(f"/akn/ontology/organization/{'.'.join(words)}")


def _address(link: str) -> str:
    return quote(clean(link), safe=_OF_ADDRESSES)


def _numbered_notes(draft: DraftText) -> dict[tuple[str, int], str]:
    """Count the notes through the whole text, by clause and place under it."""
    found = [(clause.code, at) for clause in draft.clauses for at in range(len(clause.notes))]
    return {key: f"note_{number}" for number, key in enumerate(found, start=1)}


def _notes(meta: Any, draft: DraftText, labels: Labels, names: dict[tuple[str, int], str]) -> None:
    notes = _add(meta, "notes", source=_SOURCE)
    for clause in draft.clauses:
        for at, note in enumerate(clause.notes):
            name = names[clause.code, at]
            element = _add(notes, "note", eId=name, marker=_marker(clause, at))
            _note(_add(element, "p", eId=f"{name}__p_1"), note, labels)


def _marker(clause: ClauseText, at: int) -> str:
    return f"{clause.place}-{at + 1}"


def _note(element: Any, note: Note, labels: Labels) -> None:
    name = clean(labels.named(note))
    if note.link:
        # a page of the web, and no document of this standard, for which "ref" is kept
        _add(element, "a", name, href=_address(note.link))
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


# ------------------------------------------------------------------------------------------ clauses
def _body(body: Any, draft: DraftText, notes: dict[tuple[str, int], str]) -> None:
    """Nest the clauses; a clause with others under it holds its own words as their introduction."""
    parents = {clause.parent for clause in draft.clauses}
    made: dict[str, Any] = {}
    for clause in draft.clauses:
        above = made.get(clause.parent or "", body)
        name = f"cl_{_APART.sub('-', clause.place).strip('-')}"
        element = made[clause.code] = _add(above, "clause", eId=name, wId=f"cl_{clause.number}")
        heading = _add(element, "num", clause.place, eId=f"{name}__num")
        if clause.heading.strip():
            heading = _add(element, "heading", clause.heading, eId=f"{name}__heading")
        for at in range(len(clause.notes) if notes else 0):
            _add(heading, "noteRef", href=f"#{notes[clause.code, at]}", marker=_marker(clause, at))
        words = blocks(clause.text)
        if clause.code in parents:
            if words:
                _blocks(_add(element, "intro", eId=f"{name}__intro"), words, f"{name}__intro")
        else:
            content = _add(element, "content", eId=f"{name}__content")
            _blocks(content, words or (Block("paragraph", ("",)),), f"{name}__content")
    if not draft.clauses:
        _add(body, "p", "", eId="body__p_1")


def _blocks(parent: Any, words: tuple[Block, ...], name: str) -> None:
    """Write paragraphs and lists, each kind counted within its container."""
    counts = dict.fromkeys(("p", "ul", "ol"), 0)
    for block in words:
        tag = {"paragraph": "p", "points": "ul"}.get(block.kind, "ol")
        counts[tag] += 1
        here = f"{name}__{tag}_{counts[tag]}"
        if tag == "p":
            _lines(_add(parent, "p", eId=here), block.items[0])
            continue
        items = _add(parent, tag, eId=here)
        for number, item in enumerate(block.items, start=1):
            counted = {"value": str(block.start + number - 1)} if tag == "ol" else {}
            _add(items, "li", item, eId=f"{here}__li_{number}", **counted)


def _lines(element: Any, text: str) -> None:
    """Write a paragraph, with a break where a line ends in it; "eol" would mean a line of a printed page."""
    first, *rest = text.split("\n")
    element.text = first
    for line in rest:
        _add(element, "br").tail = line
