"""Drafts and answers as they go into files: the words around them in the language of the text, and every link."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import polars as pl
from django.conf import settings
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from minga.deliberation import wording_answering, wording_consulting, wording_drafting
from minga.deliberation.engine.texts.behind import Behind
from minga.deliberation.engine.texts.document import ClauseText, DraftText, Labels, Note, VersionLine
from minga.deliberation.engine.texts.replies import COLUMNS, Frame, Names
from minga.deliberation.engine.trace import Trace
from minga.deliberation.models import Consultation, Disposition, Draft
from minga.deliberation.selectors import adoption, citing, commitments, publishing
from minga.deliberation.selectors import drafts as texts

#: Makes a whole address of a path of this site.
Whole = Callable[[str], str]


def labels() -> Labels:
    """Return the words around a draft in the language that is spoken now."""
    return Labels(
        contents=_("Contents"),
        version=_("Version {number}, published on {day}"),
        undated=_("Version %(number)s") % {"number": "{number}"},
        adopted=_("Adopted on {day}."),
        adopted_by=_("Adopted on {day}: {decision}"),
        not_adopted=_("This is a draft. It is not adopted."),
        sample=_("Sample: this text is invented."),
        comes_of=_("It comes of the consultation “{title}”."),
        found_at=_("This version is found at {address}"),
        behind=_("What stands behind this clause"),
        nothing_behind=_("No voice and no evidence is linked to this clause."),
        versions=_("Versions"),
        voice=_("Voice {code}"),
        hidden_voice=_("not shown in public"),
        taken_back=_("taken back by its sender"),
        theme=_("Theme {code}"),
        statement=_("Statement {code}"),
        answer=_("Answer"),
        evidence=_("Evidence"),
        commitment=_("Commitment {code}"),
        day=partial(_day_in, wording_consulting.language()),
        answers={value: str(name) for value, name in Disposition.Answer.choices},
    )


def _day_in(language: str, day: date) -> str:
    """Write a day as a language does, whichever is spoken when the file is written."""
    with translation.override(language):
        return str(date_format(day, "DATE_FORMAT"))


def language_of(written: str) -> str:
    """Return the language in which the words around a text stand: its own, if the site speaks it."""
    return written if written in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def draft_text(draft: Draft, version: int, whole: Whole, *, with_trace: bool) -> tuple[DraftText, Labels]:
    """Bring a version of a draft together for a file, with the words around it, in the language of the text."""
    consultation = draft.consultation
    with translation.override(language_of(draft.language)):
        words = labels()
        behind = _behind(draft, version, whole, words) if with_trace else None
        is_last = draft.state == Draft.State.ADOPTED and version == draft.version
        promises = _promises(draft, whole, words) if with_trace and is_last else {}
        unwritten = {row.code for row in adoption.prompts(draft, version)}
        clauses = tuple(
            ClauseText(
                row.code,
                row.place,
                row.heading,
                _("Not yet written.") if row.code in unwritten else row.text,
                row.depth,
                row.parent,
                whole(reverse("deliberation:clause", args=[consultation.slug, draft.slug, row.number])),
                (*(behind.notes(f"{draft.slug}/{row.code}") if behind else ()), *promises.get(row.code, ())),
            )
            for row in texts.clauses_at(draft, version)
        )
        text = DraftText(
            title=draft.title,
            name=draft.slug,
            kind=draft.template,
            language=draft.language,
            version=version,
            clauses=clauses,
            versions=tuple(
                VersionLine(each.number, each.published_at.date(), each.note)
                for each in publishing.versions_of(draft, version)
            ),
            consultation=wording_consulting.shown(consultation).title,
            publisher=wording_consulting.asked_by(consultation),
            country=consultation.country,
            address=whole(reverse("deliberation:draft_version", args=[consultation.slug, draft.slug, version])),
            adopted_on=draft.adopted_at.date() if is_last and draft.adopted_at else None,
            decision=draft.decision if is_last else "",
            is_sample=consultation.is_sample,
        )
    return text, words


def _promises(draft: Draft, whole: Whole, words: Labels) -> dict[str, list[Note]]:
    """Return what was promised in each clause of an adopted text, with the permanent address of each commitment."""
    found: dict[str, list[Note]] = {}
    for one in commitments.public_commitments().filter(draft=draft).order_by("number"):
        parts = ((one.title, one.language), (one.owner, ""), (words.day(one.due_on), ""))
        link = whole(reverse("deliberation:commitment", args=[one.pk]))
        said = " · ".join(words for words, _language in parts)
        found.setdefault(one.clause.code, []).append(Note("commitment", one.code, said, link, parts=parts))
    return found


def _behind(draft: Draft, version: int, whole: Whole, words: Labels) -> Behind:
    trace = publishing.published_trace(draft.consultation, draft)
    return behind(draft.consultation, up_to(trace, version), whole, words)


def up_to(trace: Trace, version: int) -> Trace:
    """Return a trace as it stood when a version was published."""
    return replace(trace, clauses=trace.clauses.filter(pl.col("version") <= version))


def behind(consultation: Consultation, trace: Trace, whole: Whole, words: Labels) -> Behind:
    """Return what finds the voices, answers and evidence behind clauses, with their addresses."""
    return Behind(
        linked(trace, whole),
        publishing.public_voices(consultation),
        _addresses(consultation, whole),
        words,
        publishing.theme_names(consultation) | publishing.statement_texts(consultation),
        publishing.languages(consultation),
    )


def linked(trace: Trace, whole: Whole) -> Trace:
    """Return a trace whose evidence is written as people read it: values in words, and whole addresses."""
    kept, values = trace.evidence["link"].to_list(), trace.evidence["value"].to_list()
    links = [whole(citing.shown_link(link)) if link.startswith("/") else link for link in kept]
    words = [wording_answering.cited_value(value, link) for value, link in zip(values, kept, strict=True)]
    shown = [pl.Series("link", links, dtype=pl.String), pl.Series("value", words, dtype=pl.String)]
    return replace(trace, evidence=trace.evidence.with_columns(shown))


def addressed(trace: Trace, whole: Whole) -> Trace:
    """Return a trace whose links into this site are whole addresses, with values as they are kept."""
    links = [whole(link) if link.startswith("/") else link for link in trace.evidence["link"].to_list()]
    return replace(trace, evidence=trace.evidence.with_columns(pl.Series("link", links, dtype=pl.String)))


def _addresses(consultation: Consultation, whole: Whole) -> Callable[[str, str], str]:
    def address(kind: str, name: str) -> str:
        if kind == "voice":
            return whole(reverse("deliberation:voice", args=[consultation.slug, name.removeprefix("V")]))
        if kind == "statement":
            talk, _slash, number = name.rpartition("/")
            return whole(reverse("deliberation:report_statement", args=[talk, number]))
        if kind == "theme":
            return whole(reverse("deliberation:public_theme", args=[consultation.slug, name.removeprefix("T")]))
        if kind == "clause":
            draft, _slash, code = name.rpartition("/")
            return whole(reverse("deliberation:clause", args=[consultation.slug, draft, code.removeprefix("C")]))
        return ""

    return address


# ---------------------------------------------------------------- answers
def replies_names(consultation: Consultation, whole: Whole, public: Collection[str]) -> Names:
    """Return how a file of answers calls themes and clauses in words, and where they are found."""
    clauses = publishing.clauses_named(consultation)
    address = _addresses(consultation, whole)
    return Names(
        themes=publishing.theme_names(consultation),
        clauses={
            name: wording_drafting.clause_title(row.clause.code, row.heading, row.text) for name, row in clauses.items()
        },
        languages=publishing.languages(consultation)
        | {name: row.clause.draft.language for name, row in clauses.items()},
        address=lambda kind, name: address(kind, name) if kind != "voice" or name in public else "",
        day=lambda day: date_format(date.fromisoformat(day), "DATE_FORMAT"),
    )


def replies_frame(consultation: Consultation, whole: Whole, *, is_public: bool) -> Frame:
    """Return the title and the words of a file of answers, in the language that is spoken now.

    The file of the team holds all words, and says on its first line that it is not to be handed on.
    """
    names = {
        "voice": _("Voice"),
        "text": _("What was said"),
        "theme": _("Theme"),
        "answer": _("Answer"),
        "reason": _("Reason"),
        "responder": _("Who answers"),
        "date": _("Date"),
        "clause": _("Clause"),
        "now": _("Stands today in"),
    }
    title = wording_consulting.shown(consultation).title
    about = [_("Every voice of the consultation with its answer. Words stand here only where their sender agreed.")]
    if not is_public:
        about = [_("For the team alone, not to be published: here stand words whose senders did not agree to it.")]
    if consultation.is_sample:
        about.insert(0, _("Sample: this text is invented."))
    return Frame(
        title=_("Answers to “{title}”").format(title=title),
        language=wording_consulting.language(),
        on=timezone.localdate(publishing.last_change(consultation)),
        about=" ".join(about),
        publisher=wording_consulting.asked_by(consultation),
        columns={name: names[name] for name in COLUMNS},
        home=whole(reverse("deliberation:consultation", args=[consultation.slug])),
        home_name=_("Back to the consultation"),
    )


def whole_by(request: Any) -> Whole:
    """Return what makes whole addresses as the site is asked for now."""
    return lambda path: str(request.build_absolute_uri(path))
