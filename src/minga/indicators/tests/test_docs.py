"""The worked examples of the method pages and guides run as they stand, and every page says where its code is."""

from __future__ import annotations

import doctest
import re
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from typer.testing import CliRunner

from minga.indicators.cli import app
from tests.support import SHARED_DATA, shared_data

ROOT = Path(__file__).resolve().parents[4]
METHODS = ROOT / "docs" / "methods" / "indicators"
PAGES = sorted(path for path in METHODS.glob("*.md") if path.stem != "index")
GUIDES = ["build-an-index", "coming-from-coinr"]


def examples(path: Path, names: dict[str, object] | None = None) -> doctest.TestResults:
    """Run the examples of a page; figures are compared with a tolerance of their last digit shown."""
    text = path.read_text(encoding="utf-8")
    test = doctest.DocTestParser().get_doctest(text, dict(names or {}), path.name, str(path), 0)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS, verbose=False)
    runner.run(test)
    return runner.summarize(verbose=False)


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_worked_example_is_true(page):
    found = examples(page)
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize("name", GUIDES)
def test_guide_runs_line_by_line(name, monkeypatch):
    shared_data("composite/asem/iData.csv")
    monkeypatch.chdir(ROOT)
    found = examples(ROOT / "docs" / "guides" / f"{name}.md", {"folder": SHARED_DATA / "composite" / "asem"})
    assert found.attempted > 3
    assert found.failed == 0


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.stem)
def test_page_names_code_that_is_there(page):
    said = re.search(r"^.*Code: (.*?)(?:\n\n|\Z)", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    first, *more = re.findall(r"`([\w/]+\.py)`", said.group(1))
    package = ROOT / "src" / "minga"
    assert (package / first).exists()
    assert [name for name in more if not (package / first).with_name(name).exists()] == []


def test_every_page_is_in_the_list_of_steps():
    listed = set(re.findall(r"\]\((\w+)\.md\)", (METHODS / "index.md").read_text(encoding="utf-8")))
    assert listed == {page.stem for page in PAGES}


@pytest.fixture
def provinces(monkeypatch):
    monkeypatch.chdir(ROOT / "examples" / "provinces")
    return ["index.toml", "provinces.csv"]


def test_commands_of_the_guide_print_what_it_shows(provinces):
    guide = (ROOT / "docs" / "guides" / "build-an-index.md").read_text(encoding="utf-8")
    said = re.search(r"^\$ minga indicators (uncertainty .*?)\n(.*?)```", guide, flags=re.MULTILINE | re.DOTALL)
    done = CliRunner().invoke(app, said.group(1).split())
    assert done.exit_code == 0
    assert done.stdout == said.group(2)


def test_stored_output_of_the_example_is_what_comes_out(provinces, tmp_path):
    done = CliRunner().invoke(app, ["build", *provinces, "--out", str(tmp_path)])
    assert done.exit_code == 0
    assert_frame_equal(pl.read_csv(tmp_path / "scores.csv"), pl.read_csv("scores.csv"))


def test_definition_shown_in_the_guide_is_sound():
    from minga import indicators as mi

    guide = (ROOT / "docs" / "guides" / "build-an-index.md").read_text(encoding="utf-8")
    shown = re.search(r"```toml\n(\[index\].*?)```", guide, flags=re.DOTALL).group(1)
    assert mi.Index.from_toml(shown).codes == ("fibre", "fees")
