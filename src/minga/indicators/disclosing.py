"""The questions a member company answers about its responsibility in the digital economy, and its checks. No Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

import yaml

from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.errors import DataError
from minga.indicators.engine.scales import Goalposts
from minga.indicators.engine.steps import Treat

PATH = Path(__file__).with_name("instruments") / "responsibility.yaml"
#: what an answer is worth
LEVELS = {"yes": 100.0, "partly": 50.0, "no": 0.0}
LONGEST_LINK = 300
ROOT = "responsibility"


@dataclass(frozen=True)
class Question:
    """One question, in every language it is written in."""

    id: str
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        return self.texts.get(language) or self.texts["en"]


@dataclass(frozen=True)
class Part:
    """Some questions on one subject."""

    id: str
    names: Mapping[str, str]
    questions: tuple[Question, ...]

    def name(self, language: str) -> str:
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True)
class Questionnaire:
    """All questions of one version."""

    id: str
    parts: tuple[Part, ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for part in self.parts for question in part.questions)


@lru_cache(maxsize=1)
def questionnaire() -> Questionnaire:
    """Read the questions that come with Minga."""
    content = yaml.safe_load(PATH.read_text(encoding="utf-8"))
    parts = tuple(
        Part(part["id"], part["name"], tuple(Question(one["id"], one["text"]) for one in part["questions"]))
        for part in content["parts"]
    )
    return Questionnaire(f"{content['id']} {content['version']}", parts)


def problems(answers: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Say by question what is wrong: `missing`, `answer`, `evidence` (a link is needed) or `link` (it is none)."""
    found = {}
    for question in questionnaire().questions:
        given = answers.get(question.id) or {}
        answer, link = given.get("answer", ""), given.get("evidence", "").strip()
        if answer not in LEVELS:
            found[question.id] = "answer" if answer else "missing"
        elif answer != "no" and not link:
            found[question.id] = "evidence"
        elif link and not is_link(link):
            found[question.id] = "link"
    return found


def is_link(text: str) -> bool:
    """Whether a text is the address of a public page."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in (parts.hostname or "") and len(text) <= LONGEST_LINK


def checked(answers: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Give the answers in their stored form.

    Raises
    ------
    DataError
        An answer is missing or lacks its evidence.
    """
    if wrong := problems(answers):
        named = ", ".join(f"{question} ({what})" for question, what in sorted(wrong.items()))
        raise DataError(
            f"These answers cannot be stored: {named}. Answer every question with yes, partly or no, and give the "
            "address of a public page for every yes and partly."
        )
    return {
        question.id: {
            "answer": answers[question.id]["answer"],
            "evidence": answers[question.id].get("evidence", "").strip(),
        }
        for question in questionnaire().questions
    }


def definition() -> Index:
    """Define the index of responsibility: questions into parts, parts into one score, all weighing the same."""
    asked = questionnaire()
    scale = Goalposts(lower=0.0, upper=100.0)
    return Index(
        id=ROOT,
        unit="code",
        unit_name="name",
        indicators=tuple(
            Indicator(code=question.id, parent=part.id, name=question.text("en"), source="disclosure with evidence")
            for part in asked.parts
            for question in part.questions
        ),
        nodes=(
            Node(code=ROOT, name="Responsibility in the digital economy"),
            *(Node(code=part.id, parent=ROOT, name=part.name("en")) for part in asked.parts),
        ),
        treat=Treat(on=False),
        normalise=scale,
        licence="CC BY 4.0",
        version=asked.id.rpartition(" ")[2],
    )
