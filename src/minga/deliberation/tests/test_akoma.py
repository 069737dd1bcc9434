"""Akoma Ntoso: the rules of the published schema for all that is written, and the names of the Naming Convention.

The rules stand here in our own words, an element a line; the schema itself is not part of the project.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from lxml import etree

from minga.deliberation.engine.texts.akoma import NAMESPACE
from minga.deliberation.engine.texts.document import ClauseText, Note, VersionLine
from minga.deliberation.engine.texts.drafts import write_draft
from minga.deliberation.tests.drafted import clauses, draft
from minga.text.blocks import blocks

AKN = {"a": NAMESPACE}
#: What is needed beside the three names of elements; "eId" and "wId" are always allowed where names are.
_CORE = "FRBRthis FRBRuri (FRBRalias )*(FRBRdate )+(FRBRauthor )+"
_INLINE = "((a|ref|span|br|noteRef|docTitle) )*"
_BLOCKS = "((p|ul|ol) )*"
#: Element: children in their order (as a pattern over their names), attributes that are needed, and those that may be.
RULES = {
    "akomaNtoso": ("doc ", "", ""),
    "doc": ("meta preface mainBody ", "name contains", ""),
    "meta": ("identification (lifecycle )?(workflow )?(references )?(notes )?", "", ""),
    "identification": ("FRBRWork FRBRExpression FRBRManifestation ", "source", ""),
    "FRBRWork": (
        f"{_CORE}FRBRcountry (FRBRsubtype )?(FRBRnumber )*(FRBRname )*(FRBRprescriptive )?(FRBRauthoritative )?", "", ""
    ),
    "FRBRExpression": (
        f"{_CORE}(FRBRversionNumber )?(FRBRauthoritative )?(FRBRmasterExpression )?(FRBRlanguage )+", "", "",
    ),
    "FRBRManifestation": (f"{_CORE}(FRBRformat )?", "", ""),
    **dict.fromkeys(
        ("FRBRthis", "FRBRuri", "FRBRcountry", "FRBRsubtype", "FRBRname", "FRBRauthoritative", "FRBRversionNumber",
         "FRBRformat"), ("", "value", ""),
    ),
    "FRBRalias": ("", "value name", ""),
    "FRBRdate": ("", "date name", ""),
    "FRBRauthor": ("", "href", ""),
    "FRBRmasterExpression": ("", "href showAs", ""),
    "FRBRlanguage": ("", "language", ""),
    "lifecycle": ("(eventRef )+", "source", ""),
    "eventRef": ("", "eId date source type", "originatingExpression"),
    "workflow": ("(step )+", "source", ""),
    "step": ("", "eId date by", "refersTo"),
    "references": ("((original|passiveRef|TLCOrganization|TLCEvent) )+", "source", ""),
    **dict.fromkeys(("original", "passiveRef", "TLCOrganization", "TLCEvent"), ("", "eId href showAs", "")),
    "notes": ("(note )+", "source", ""),
    "note": ("((p|ul|ol) )+", "eId marker", ""),
    "preface": ("((p|ul|ol) )+", "", ""),
    "mainBody": ("((clause|p) )+", "", ""),
    # number, and a heading where there is one; then words of its own alone, or an introduction and what is under it
    "clause": ("num (heading )?(content |(intro )?(clause )+)", "eId wId", ""),
    "num": (_INLINE, "eId", ""),
    "heading": (_INLINE, "eId", ""),
    "intro": (_BLOCKS, "eId", ""),
    "content": (_BLOCKS, "eId", ""),
    "p": (_INLINE, "eId", ""),
    "docTitle": (_INLINE, "eId", ""),
    "ul": ("(li )+", "eId", ""),
    "ol": ("(li )+", "eId", ""),
    "li": (f"({_INLINE}|(ul|ol|p) )*", "eId", "value"),
    "a": (_INLINE, "href", ""),
    "span": (_INLINE, "", "{http://www.w3.org/XML/1998/namespace}lang"),
    "br": ("", "", ""),
    "noteRef": ("", "href marker", ""),
}  # fmt: skip
#: How the Naming Convention calls elements in names; the others are called by their whole name.
SHORT = {"clause": "cl", "mainBody": "body", "eventRef": "eref"}
EVERYTHING = {
    "whole": {},
    "arabic": {"language": "ar"},
    "chinese": {"language": "zh"},
    "sample, adopted": {"is_sample": True, "adopted_on": date(2026, 6, 1), "decision": "Council 12"},
    "empty": {
        "country": "",
        "clauses": (),
        "version": 1,
        "versions": (VersionLine(1, date(2026, 3, 1)),),
        "publisher": "",
        "address": "",
    },
    "first version": {"version": 1, "versions": (VersionLine(1, date(2026, 3, 1)),)},
    "odd words": {
        "title": "A\x00 & <b>",
        "clauses": (
            ClauseText("islands/C 4", "1", "", "", notes=(Note("voice", "V1", "x", "https://x.example/a b?c=ü[1]"),)),
            ClauseText("C2", "2", "One\nTwo", "- a\n\n- b\n1. c"),
            ClauseText("C3", "2.1", "Under", "Words", 1, "C2"),
        ),
    },
}


def written(with_trace=True, **changed):
    return etree.fromstring(write_draft(draft(**changed), "xml", with_trace=with_trace))


def name_of(element):
    return etree.QName(element).localname


@pytest.fixture(scope="module")
def akoma():
    return written()


@pytest.mark.parametrize("with_trace", [True, False])
@pytest.mark.parametrize("changed", EVERYTHING.values(), ids=EVERYTHING)
def test_every_element_holds_what_the_schema_allows_in_its_order(changed, with_trace):
    for element in written(with_trace, **changed).iter():
        inside, needed, allowed = RULES[name_of(element)]
        children = "".join(f"{name_of(child)} " for child in element)
        assert re.fullmatch(inside, children), f"{name_of(element)} holds {children}"
        given = set(element.attrib)
        assert set(needed.split()) <= given, f"{name_of(element)} lacks {set(needed.split()) - given}"
        assert given <= {*needed.split(), *allowed.split()}, f"{name_of(element)} has {given}"


def test_only_elements_that_hold_words_have_words(akoma):
    mixed = {"p", "num", "heading", "docTitle", "li", "a", "span"}
    for element in akoma.iter():
        if name_of(element) not in mixed:
            own = [element.text or "", *(child.tail or "" for child in element)]
            assert not "".join(own).strip(), name_of(element)


@pytest.mark.parametrize("changed", EVERYTHING.values(), ids=EVERYTHING)
def test_values_are_of_the_types_of_the_schema(changed):
    root = written(**changed)
    for element in root.iter():
        for key, value in element.attrib.items():
            if key == "date":
                assert date.fromisoformat(value)
            elif key in ("eId", "wId"):
                assert re.fullmatch(r"\S+", value)
            elif key in ("href", "source", "by", "refersTo"):
                assert re.fullmatch(r"[A-Za-z0-9%/:?#@!$&'()*+,;=~._-]*", value)
    assert {each.get("type") for each in root.iter(f"{{{NAMESPACE}}}eventRef")} <= {"generation", "amendment", "repeal"}
    assert root.find("a:doc", AKN).get("contains") == "singleVersion"
    assert root.find(".//a:FRBRauthoritative", AKN).get("value") in ("true", "false")


@pytest.mark.parametrize("changed", EVERYTHING.values(), ids=EVERYTHING)
def test_every_name_is_given_once_and_every_reference_leads_somewhere(changed):
    root = written(**changed)
    for key in ("eId", "wId"):
        names = [each.get(key) for each in root.iter() if each.get(key)]
        assert len(names) == len(set(names))
    names = {each.get("eId") for each in root.iter()}
    inside = [each.get(key) or "" for each in root.iter() for key in ("href", "source", "by", "refersTo")]
    assert {each[1:] for each in inside if each.startswith("#")} <= names


@pytest.mark.parametrize("changed", EVERYTHING.values(), ids=EVERYTHING)
def test_names_end_in_the_kind_of_their_element_and_begin_with_what_holds_it(changed):
    for element in written(**changed).iter():
        kind, name = name_of(element), element.get("eId")
        if name is None or kind in ("TLCOrganization", "TLCEvent"):  # these are called by a label
            continue
        before, _apart, last = name.rpartition("__")
        assert re.fullmatch(rf"{SHORT.get(kind, kind)}(_[\w-]+)?", last), f"{kind} is called {name}"
        holders = [holder.get("eId") for holder in element.iterancestors()]
        assert not before or before in {*holders, "preface", "body"}, name


def test_numbers_in_names_are_those_that_people_read_and_permanent_ones_go_with_the_clause(akoma):
    moved = {"C2": "9", "C3": "9.1"}
    for clause in clauses():
        element = akoma.find(f".//a:clause[@wId='cl_{clause.number}']", AKN)
        assert element.get("eId") == f"cl_{clause.place.replace('.', '-')}"
        assert element.find("a:num", AKN).text == clause.place
        assert element.find("a:heading", AKN).xpath("string()") == clause.heading
        above = element.getparent().get("wId")
        assert above == (f"cl_{clause.parent[1:]}" if clause.parent else None)
    later = written(clauses=tuple(ClauseText(code, place, code, "Words") for code, place in moved.items()))
    names = {each.get("wId"): each.get("eId") for each in later.iter(f"{{{NAMESPACE}}}clause")}
    assert names == {"cl_2": "cl_9", "cl_3": "cl_9-1"}
    # no version is the master: the permanent numbers are
    assert akoma.find(".//a:FRBRmasterExpression", AKN).get("href") == ""


def test_work_expression_and_manifestation_build_on_each_other(akoma):
    def value(level, name):
        return akoma.find(f".//a:{level}/a:{name}", AKN).get("value")

    work = "/akn/cv/doc/strategy/2026-03-01/islands"
    assert value("FRBRWork", "FRBRuri") == work
    assert value("FRBRWork", "FRBRthis") == f"{work}/!main"
    told = [value("FRBRWork", f"FRBR{each}") for each in ("country", "subtype", "name")]
    assert told == ["cv", "strategy", "islands"]
    expression = f"{work}/eng@2026-05-02;v2"
    assert value("FRBRExpression", "FRBRuri") == expression
    assert value("FRBRExpression", "FRBRthis") == f"{expression}/!main"
    assert value("FRBRExpression", "FRBRversionNumber") == "v2"
    assert akoma.find(".//a:FRBRExpression/a:FRBRdate", AKN).get("date") == "2026-05-02"
    assert value("FRBRManifestation", "FRBRuri") == f"{expression}.akn"
    assert value("FRBRManifestation", "FRBRthis") == f"{expression}/!main.akn"
    assert value("FRBRManifestation", "FRBRformat") == "application/akn+xml"


@pytest.mark.parametrize(
    ("language", "code"),
    [("ar", "ara"), ("en", "eng"), ("es", "spa"), ("fr", "fra"), ("ru", "rus"), ("zh", "zho"), ("wo", "und")],
)
def test_languages_have_three_letters(language, code):
    root = written(language=language, clauses=(ClauseText("C1", "1", "Words", "Words"),))
    assert root.find(".//a:FRBRlanguage", AKN).get("language") == code
    assert f"/{code}@" in root.find(".//a:FRBRExpression/a:FRBRuri", AKN).get("value")


def test_lifecycle_tells_when_each_version_came_and_which_one_this_is(akoma):
    events = [
        (each.get("date"), each.get("type"), each.get("source"), each.get("originatingExpression"))
        for each in akoma.iter(f"{{{NAMESPACE}}}eventRef")
    ]
    assert events == [
        ("2026-03-01", "generation", "#original", None),
        ("2026-05-02", "amendment", "#passiveRef_1", "true"),
    ]
    first = akoma.find(".//a:references/a:original", AKN)
    assert first.get("href") == "/akn/cv/doc/strategy/2026-03-01/islands/eng@2026-03-01;v1"
    assert first.get("showAs") == "Version 1, published on 2026-03-01"


def test_adoption_is_a_step_by_whoever_publishes():
    root = written(adopted_on=date(2026, 6, 1), decision="Council 12")
    step = root.find(".//a:workflow/a:step", AKN)
    assert (step.get("date"), step.get("by"), step.get("refersTo")) == ("2026-06-01", "#publisher", "#adoption")
    assert root.find(".//a:TLCEvent", AKN).get("showAs") == "Council 12"
    assert root.find(".//a:FRBRauthoritative", AKN).get("value") == "true"
    assert written().find(".//a:workflow", AKN) is None


def test_publishers_of_two_countries_are_two_organizations(akoma):
    def named(root):
        return root.find(".//a:TLCOrganization", AKN).get("href")

    assert named(akoma) == "/akn/ontology/organization/cv.ministry.of.industry"
    assert named(written(country="TN")) == "/akn/ontology/organization/tn.ministry.of.industry"


def test_clause_with_others_under_it_holds_its_words_as_introduction(akoma):
    parents = {clause.parent for clause in clauses()} - {None}
    for clause in clauses():
        element = akoma.find(f".//a:clause[@wId='cl_{clause.number}']", AKN)
        assert name_of(element[2]) == ("intro" if clause.code in parents else "content")
        words = "\n".join(each.xpath("string()") for each in element[2].iter(f"{{{NAMESPACE}}}p", f"{{{NAMESPACE}}}li"))
        wanted = "\n".join(item.replace("\n", "") for block in blocks(clause.text) for item in block.items)
        assert words == wanted


def test_address_that_is_no_address_is_written_as_one():
    link = written(**EVERYTHING["odd words"]).find(".//a:note//a:a", AKN)
    assert link.get("href") == "https://x.example/a%20b?c=%C3%BC%5B1%5D"


def test_text_of_no_country_and_without_clauses_is_written_too():
    root = written(**EVERYTHING["empty"])
    assert root.find(".//a:FRBRcountry", AKN).get("value") == "xa"
    assert name_of(root.find(".//a:mainBody", AKN)[0]) == "p"


def test_text_begun_on_an_empty_page_is_a_draft():
    root = written(kind="empty")
    assert root.find("a:doc", AKN).get("name") == "draft"
    assert root.find(".//a:FRBRWork/a:FRBRuri", AKN).get("value") == "/akn/cv/doc/draft/2026-03-01/islands"
    assert root.find(".//a:FRBRsubtype", AKN).get("value") == "draft"
