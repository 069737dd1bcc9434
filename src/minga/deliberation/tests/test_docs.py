"""The worked examples of the method pages are true, and so are the tables of published conversations."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from minga import deliberation
from minga.deliberation.cli import app
from minga.deliberation.engine.picture import letter
from minga.deliberation.tests.data import MATH, REAL, alike, fixture, published, real
from minga.deliberation.tests.shapes import SHAPES, findings
from tests.support import shared_data

ROOT = Path(__file__).resolve().parents[4]
METHODS = ROOT / "docs" / "methods"
PAGES = ("opinion-map", "groups", "statements", "anomalies", "trace", "drafts", "texts", "intake")


@pytest.mark.parametrize("name", PAGES)
def test_worked_example_is_true(name):
    path = METHODS / f"{name}.md"
    test = doctest.DocTestParser().get_doctest(path.read_text(encoding="utf-8"), {}, name, str(path), 0)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test)
    found = runner.summarize(verbose=False)
    assert found.attempted > 0
    assert found.failed == 0


def test_every_engine_file_is_named_on_a_method_page():
    named = "".join((METHODS / f"{name}.md").read_text(encoding="utf-8") for name in PAGES)
    files = {path.name for path in (ROOT / "src/minga/deliberation/engine").glob("*.py")} - {"__init__.py", "errors.py"}
    assert {name for name in files if f"{name}`" not in named} == set()


def rows_of(page: str, first: str) -> dict[str, list[str]]:
    """Read a table of a page, by its first column."""
    table = (METHODS / page).read_text(encoding="utf-8").split(f"| {first} |", 1)[1].split("\n\n")[0]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in table.splitlines()[2:]]
    return {row[0]: row[1:] for row in cells}


def conversation_of(name):
    if name in REAL:
        return real(name), published(name)
    conversation, _math, labels = fixture(name)
    return conversation, labels


@pytest.mark.parametrize("name", [*REAL, *MATH])
def test_table_of_agreement_says_what_comes_out(name):
    people, groups, polis, orders, stable, as_published = rows_of("groups.md", "Conversation")[name]
    conversation, labels = conversation_of(name)
    assert int(people) == conversation.participants.height
    k = labels["group"].drop_nulls().n_unique()
    assert int(groups) == k
    found = deliberation.groups(deliberation.opinion_map(conversation, mode="polis"))
    assert alike(found.labels, labels) == pytest.approx(float(polis), abs=5e-4)
    again = deliberation.stability(found, n=20, how="order")["agreement"]
    assert [again.min(), again.median()] == pytest.approx([float(each) for each in orders.split(",")], abs=5e-3)
    opinions = deliberation.opinion_map(conversation)
    found = deliberation.groups(opinions)
    assert stable == (str(found.k) if found.is_clear else "none clear")
    if as_published == "not possible":
        with pytest.raises(deliberation.MapError):
            deliberation.groups(opinions, k)
    else:
        agreement = alike(deliberation.groups(opinions, k).labels, labels)
        assert agreement == pytest.approx(float(as_published), abs=5e-4)


@pytest.mark.parametrize("name", SHAPES)
def test_table_of_shapes_says_what_comes_out(name):
    at_border, if_alike, *counts = rows_of("groups.md", "Shape")[name]
    found = findings(name, 20)
    assert [f"{100 * found[one].median():.0f}" for one in ("crowding", "if_alike")] == [at_border, if_alike]
    told = found["finding"].to_list()
    assert [told.count(one) for one in ("gap", "no_gap", "unsure")] == [int(each) for each in counts]


@pytest.mark.parametrize("mode", ["stable", "polis"])
@pytest.mark.parametrize("name", [*REAL, *MATH])
def test_table_of_borders_says_what_comes_out(name, mode):
    page = (METHODS / "groups.md").read_text(encoding="utf-8")
    told = re.search(rf"^\| {name} \| {mode} \| (A.*) \|$", page, flags=re.MULTILINE)
    found = deliberation.groups(deliberation.opinion_map(conversation_of(name)[0], mode=mode))
    said = [
        f"{letter(row['group'])}–{letter(row['other'])} "
        + (
            "not judged"
            if row["crowding"] is None
            else f"{100 * row['crowding']:.0f} ({100 * row['low']:.0f} to {100 * row['high']:.0f}), "
            f"{100 * row['if_alike']:.0f}, {row['finding'].replace('_', ' ')}"
        )
        for row in found.borders.rows(named=True)
    ]
    assert "; ".join(said) == (told.group(1) if told else "")


@pytest.mark.parametrize("name", REAL)
def test_table_of_flags_says_what_comes_out(name):
    flags = deliberation.anomalies(real(name))
    counts = [flags.filter(pl.col("flag") == flag).height for flag in ("one_answer", "speed", "identical", "late_bloc")]
    assert [int(each) for each in rows_of("anomalies.md", "Conversation")[name]] == counts


def test_commands_of_the_guide_run(tmp_path, monkeypatch):
    guide = (ROOT / "docs" / "guides" / "map-a-conversation.md").read_text(encoding="utf-8")
    commands = re.findall(r"^minga deliberation (.*)$", guide, flags=re.MULTILINE)
    (tmp_path / "conversation").symlink_to(shared_data("deliberation/london-policing"))
    monkeypatch.chdir(tmp_path)
    ran = [words for words in commands if not words.startswith("trace")]
    assert len(ran) == 4
    for words in ran:
        done = CliRunner().invoke(app, words.split())
        assert done.exit_code == 0, f"{words}: {done.output}"
    assert (tmp_path / "again" / "votes.csv").read_bytes() == (tmp_path / "conversation" / "votes.csv").read_bytes()
