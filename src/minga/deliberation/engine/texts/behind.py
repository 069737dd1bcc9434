"""What stands behind a clause, as notes: the answers that led to it, the voices they answer, and the evidence."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from minga.deliberation.engine.texts.document import Labels, Note
from minga.deliberation.engine.trace import Trace

#: Gives the address of a "voice", "theme" or "statement" by its name; empty where there is none.
Address = Callable[[str, str], str]


def nowhere(_kind: str, _name: str) -> str:
    """Know no address."""
    return ""


@dataclass(frozen=True)
class Behind:
    """Finds what stands behind clauses; made once for a whole draft.

    Parameters
    ----------
    trace : Trace
    public : names of voices, optional
        Only their words are shown; of others the name alone. All of them without it.
    address : function, optional
        Gives the permanent address of a voice, theme or statement.
    labels : Labels, optional
        Words for kinds of answers.
    names : names of themes and words of statements by their names in the trace, optional
    languages : languages of themes, statements and answers by their names in the trace, optional
    """

    trace: Trace
    public: Collection[str] | None = None
    address: Address = nowhere
    labels: Labels = field(default_factory=Labels)
    names: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)

    def notes(self, clause: str) -> tuple[Note, ...]:
        """Return the answers that stand, each with what it answers and its voices, then the evidence.

        An answer that a later one replaced is left out. What stood behind a clause that this one came from, before the
        split or the merge, stands behind this one too.
        """
        notes: dict[Note, None] = {}
        answers = self.answers(clause)
        for row in answers:
            for note in self._answer(row):
                notes[note] = None
        for row in self.evidence(clause, answers):
            said = " · ".join(
                part for part in (row.get("label"), row["value"], self.labels.dated(row.get("cited_on"))) if part
            )
            notes[Note("evidence", "", said, row["link"])] = None
        return tuple(notes)

    def answers(self, clause: str) -> list[dict[str, Any]]:
        """Return the answers in force that led to a clause, or came along from one that it came from."""
        lines = self.trace.lineage
        held = lines.held.get(clause, frozenset())
        found = {
            row["disposition"]: row for name in sorted(lines.ancestors(clause)) for row in self._answers.get(name, [])
        }
        return [row for name, row in found.items() if name in held]

    def voices(self, answer: str) -> list[str]:
        """Return the voices for which an answer stands: the one it answers, or those of its theme."""
        return self._voices.get(answer, [])

    def evidence(self, clause: str, answers: Collection[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return what a clause, one that it came from, or one of these answers rests on."""
        names, told = self.trace.lineage.ancestors(clause), {row["disposition"] for row in answers}
        rows = self.trace.evidence.iter_rows(named=True)
        return [row for row in rows if row.get("clause") in names or row.get("disposition") in told]

    @cached_property
    def _answers(self) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for answer, changes in self.trace.changes.items():
            row = self.trace.answers.get(answer)
            if row is not None and answer not in self.trace.replaced:
                for clause in dict.fromkeys(change["clause"] for change in changes):
                    found.setdefault(clause, []).append(row)
        return found

    @cached_property
    def _voices(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for voice in self.trace.voices["voice"].to_list():
            for row in self.trace.answer_of(voice):
                found.setdefault(row["disposition"], []).append(voice)
        return found

    @cached_property
    def _texts(self) -> dict[str, str]:
        return self._of_voices("text")

    @cached_property
    def _spoken(self) -> dict[str, str]:
        return self._of_voices("language")

    def _of_voices(self, column: str) -> dict[str, str]:
        if column not in self.trace.voices.columns:
            return {}
        return dict(self.trace.voices.select("voice", column).iter_rows())

    def _answer(self, row: dict[str, Any]) -> Iterator[Note]:
        word = self.labels.answers.get(row["answer"], row["answer"])
        reason, who = (row.get("reason") or "").strip(), (row.get("responder") or "").strip()
        told = ((word, ""), (reason, self.languages.get(row["disposition"], "")), (who, ""))
        parts = tuple(part for part in told if part[0])
        yield Note("answer", "", " · ".join(words for words, _language in parts), parts=parts)
        for kind in ("theme", "statement"):
            if row[kind]:
                said, spoken = self.names.get(row[kind], ""), self.languages.get(row[kind], "")
                yield Note(kind, row[kind], said, self.address(kind, row[kind]), spoken)
        for voice in self.voices(row["disposition"]):
            if self.public is None or voice in self.public:
                said, spoken = self._texts.get(voice) or "", self._spoken.get(voice) or ""
                yield Note("voice", voice, said, self.address("voice", voice), spoken)
            else:
                yield Note("voice", voice, self.labels.hidden_voice)
