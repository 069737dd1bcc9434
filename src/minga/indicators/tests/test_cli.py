"""The command line: a whole story from files, faults in plain words, JSON for programs."""

from __future__ import annotations

import json
import subprocess
import sys

import polars as pl
import pytest
from typer.testing import CliRunner

from minga.indicators.cli import app
from minga.indicators.tests import asem
from minga.indicators.tests.makers import nested, random_table

UNCERTAIN = """
[uncertainty]
"treat.winmax" = [1, 3, 5]
normalise = [{method = "minmax", lower = 1, upper = 100}, {method = "zscore", mean = 10, sd = 2}]
aggregate = ["arithmetic", "geometric"]

[[scenario]]
name = "geometric"
changes = {aggregate = "geometric"}
"""


@pytest.fixture
def project(tmp_path):
    """Bao's folder: a definition and the figures of twelve towns."""
    index = nested({"g": ["a", "b"], "h": ["c"]}, treat=True, impute="mean", normalise={"method": "minmax", "lower": 1})
    (tmp_path / "index.toml").write_text(index.to_toml() + UNCERTAIN, encoding="utf-8")
    random_table(12, ["a", "b", "c"], missing=0.1).write_csv(tmp_path / "data.csv")
    return tmp_path


def run(*words: object, code: int = 0) -> str:
    done = CliRunner().invoke(app, [str(word) for word in words])
    assert done.exit_code == code, done.output
    return done.output


def both(project) -> tuple[object, object]:
    return project / "index.toml", project / "data.csv"


def test_build_prints_the_ranking_and_writes_scores(project):
    assert "u0" in run("build", *both(project))
    run("build", *both(project), "--out", project / "out")
    scores = pl.read_csv(project / "out" / "scores.csv")
    assert scores.columns == ["unit", "node", "score", "rank"]
    assert scores.filter(pl.col("node") == "top")["rank"].sort().to_list() == list(range(1, 13))
    content = json.loads(run("build", *both(project), "--json"))
    assert len(content["scores"]) == 36


def test_set_and_scenario_change_the_definition(project):
    plain, geometric, other = (
        json.loads(run("build", *both(project), "--json", *more))["scores"]
        for more in ((), ("--scenario", "geometric"), ("--set", "aggregate=geometric"))
    )
    assert geometric == other != plain


def test_check_says_nothing_is_wrong_or_what_is(project):
    assert "less is better" not in run("check", *both(project))
    (project / "data.csv").write_text("unit,a,b\nx,1,2\ny,2,1\n", encoding="utf-8")
    assert "no column 'c'" in run("check", *both(project), code=1)
    found = json.loads(run("check", *both(project), "--json", code=1))
    assert found["findings"][0]["rule"] == "missing_column"


def test_a_fault_in_the_definition_leaves_with_one_and_names_the_line(project):
    text = (project / "index.toml").read_text(encoding="utf-8").replace("method", "methods", 1)
    (project / "index.toml").write_text(text, encoding="utf-8")
    assert "Line" in run("build", *both(project), code=1)
    assert "no file nowhere.toml" in run("build", "nowhere.toml", project / "data.csv", code=1)


def test_audit_writes_its_tables(project):
    run("audit", *both(project), "--out", project / "audit")
    names = {path.stem for path in (project / "audit").iterdir()}
    assert {"statistics", "correlations", "alpha", "component_weights", "effective_weights", "removals"} <= names
    assert "Statistics" in run("audit", *both(project))


def test_uncertainty_and_sobol_are_repeatable(project):
    one, two = (run("uncertainty", *both(project), "-n", 50, "--json") for _ in range(2))
    assert one == two
    assert json.loads(one)["failed"] == 0
    exact = json.loads(run("sobol", *both(project), "--sampler", "exact", "--json"))
    assert exact["runs"] == 12
    run("uncertainty", *both(project), "-n", 20, "--out", project / "u")
    assert (project / "u" / "pairwise.csv").exists()
    assert "runs" in run("sobol", *both(project), "-n", 16)


def test_compare_says_what_differs(project):
    found = json.loads(run("compare", *both(project), "--set", "treat.winmax=1", "--json"))
    assert found["definition"] == [{"path": "treat.winmax", "old": None, "new": "1"}]
    assert "Name what to compare with" in run("compare", *both(project), code=2)


def test_report_of_the_index_and_of_one_unit(project):
    text = run("report", *both(project))
    assert "## How it is calculated" in text
    assert "minmax" in text
    one = run("report", *both(project), "--unit", "u00003")
    assert "## Strengths" in one
    assert "no unit 'nobody'" in run("report", *both(project), "--unit", "nobody", code=1)


def test_presets_are_listed_and_printed():
    assert "Human Development Index" in run("presets")
    assert "goalposts = [20.0, 85.0]" in run("presets", "hdi")
    assert set(json.loads(run("presets", "--json"))) == {"hdi", "gdi", "gii", "phdi"}


def test_a_coinr_project_becomes_a_definition(tmp_path):
    asem.idata().write_csv(tmp_path / "iData.csv")
    asem.imeta().write_csv(tmp_path / "iMeta.csv")
    run("from-coinr", tmp_path / "iData.csv", tmp_path / "iMeta.csv", "--out", tmp_path / "asem.toml")
    extra = ["--set", 'impute={method = "mean", group = "EurAsia_group"}', "--out", tmp_path / "out"]
    run("build", tmp_path / "asem.toml", tmp_path / "iData.csv", *extra)
    found = pl.read_csv(tmp_path / "out" / "table.csv")
    asem.assert_equals(found, "results_default_scores", skip=("Rank",))


def test_the_room_works_without_django():
    code = (
        "import sys\n"
        "class Closed:\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.split('.')[0] in ('django', 'ninja', 'allauth', 'pandas'): raise ImportError(name)\n"
        "sys.meta_path.insert(0, Closed())\n"
        "from minga import indicators as mi\n"
        "assert 'numpy' not in sys.modules\n"
        "assert mi.Index.preset('hdi').codes == ('le', 'eys', 'mys', 'gnipc')\n"
        "import minga.indicators.cli\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
