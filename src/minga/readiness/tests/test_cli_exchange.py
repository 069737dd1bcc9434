"""`minga readiness xlsform` and `import`: forms out and back, answers in, and nothing written in a dry run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from minga import readiness
from minga.readiness.cli import app
from minga.readiness.engine.xlsform_texts import form_version
from minga.readiness.tests.engine_support import GENERIC, overlay
from minga.tables.workbooks import read_workbook, write_workbook

HERE = Path(__file__).parent / "fixtures"
SHEET = "name,country,sector,size,INT1\nA,CV,10,small,3\nB,CV,10,small,9\n"


def run(*arguments):
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


@pytest.fixture
def sheet(tmp_path):
    (tmp_path / "firms.csv").write_text(SHEET, encoding="utf-8")
    return tmp_path / "firms.csv"


@pytest.fixture
def kobo(tmp_path):
    text = (HERE / "kobo.json").read_text(encoding="utf-8")
    text = text.replace("1.0.0-dd387190-short", form_version(GENERIC, "short"))
    (tmp_path / "kobo.json").write_text(text, encoding="utf-8")
    return tmp_path / "kobo.json"


def test_form_is_written_and_read_back(tmp_path):
    out, back = tmp_path / "form.xlsx", tmp_path / "back.json"
    made = run("xlsform", "generic-enterprise", "-o", "country-jordan", "-l", "fr", "-l", "ar", "--out", out, "--json")
    said = json.loads(made.stdout)
    merged = readiness.merge("generic-enterprise", "country-jordan")
    assert said["version"] == form_version(merged)
    assert said["languages"] == ["English (en)", "French (fr)", "Arabic (ar)"]
    assert "Cabo Verde" in read_workbook(out)["choices"]["label::English (en)"].to_list()
    read = run("xlsform", out, "--out", back)
    assert merged.content_hash in read.stdout
    assert json.loads(back.read_text(encoding="utf-8"))["provenance"] == dict(merged.provenance)


def test_language_that_is_missing_is_refused(tmp_path):
    result = run("xlsform", "generic-enterprise", "-l", "pt", "--out", tmp_path / "form.xlsx")
    assert result.exit_code == 2
    assert "not translated into 'pt'" in result.stderr
    assert not (tmp_path / "form.xlsx").exists()


def test_dry_run_names_problems_and_writes_nothing(sheet):
    result = run("import", sheet, "--dry-run", "--json", "--to-mend", sheet.with_name("mend.csv"))
    said = json.loads(result.stdout)
    assert result.exit_code == 1
    assert (said["rows"], said["good"], said["to_mend"]) == (2, 1, 1)
    assert said["problems"][0] | {"message": ""} == {"row": 3, "column": "INT1", "code": "bad_level", "message": ""}
    assert sorted(path.name for path in sheet.parent.iterdir()) == ["firms.csv"]


def test_good_answers_are_written_as_score_reads_them(sheet):
    out, mend = sheet.with_name("answers.csv"), sheet.with_name("mend.csv")
    assert run("import", sheet, "--out", out, "--to-mend", mend).exit_code == 1
    assert out.read_text(encoding="utf-8").splitlines()[1].startswith("A,INT1,3")
    assert "is no answer" in mend.read_text(encoding="utf-8")
    assert run("score", out, "--form", "short").exit_code == 0


def test_export_is_recognised_and_a_sheet_can_be_named(kobo, sheet):
    assert json.loads(run("import", kobo, "--dry-run", "--json").stdout)["good"] == 2
    assert json.loads(run("import", sheet, "--format", "sheet", "--dry-run", "--json").stdout)["good"] == 1


def test_unknown_version_is_named_until_the_form_is_brought(kobo, tmp_path):
    own = readiness.merge(GENERIC, overlay({"op": "weight", "factor": "safety", "weight": 2.0}))
    text = kobo.read_text(encoding="utf-8").replace(form_version(GENERIC, "short"), form_version(own, "short"))
    kobo.write_text(text, encoding="utf-8")
    refused = run("import", kobo, "--dry-run")
    assert refused.exit_code == 1
    assert f"'{form_version(own, 'short')}', which is not known here" in refused.stderr
    write_workbook(readiness.to_xlsform(own, form="short"), tmp_path / "form.xlsx")
    known = run("import", kobo, "--dry-run", "--json", "--form", tmp_path / "form.xlsx")
    assert json.loads(known.stdout)["good"] == 2


def test_template_is_an_empty_sheet_with_codes(tmp_path):
    assert run("import", tmp_path / "t.xlsx", "--template", "--short").exit_code == 0
    sheets = read_workbook(tmp_path / "t.xlsx")
    assert list(sheets) == ["answers", "questions", "codes"]
    assert len(sheets["questions"]) == 14


def test_file_that_is_not_there_is_refused_in_words(tmp_path):
    result = run("import", tmp_path / "none.csv")
    assert result.exit_code == 2
    assert "There is no file" in result.stderr


def test_site_needs_who_imports_and_how_they_agreed(sheet):
    result = run("import", sheet, "--into-site")
    assert result.exit_code == 2
    assert "--by who imports" in result.stderr


@pytest.mark.django_db
def test_site_stores_once_what_the_command_line_brings(sheet):
    from minga.members import selectors as people
    from minga.members import services as members
    from minga.readiness.models import Assessment

    account = members.create_account(email="elena@chamber.example", password="a-long-password")
    refused = run("import", sheet, "--into-site", "--by", "elena@chamber.example", "--basis", "written")
    assert refused.exit_code == 2
    assert "may not import answers" in refused.stderr
    members.grant_in_alliance(person=people.person_of(account), role="adviser")
    command = ("import", sheet, "--into-site", "--by", "Elena@chamber.example", "--basis", "written", "--json")
    dry = json.loads(run(*command, "--dry-run").stdout)
    assert dry["stored"] == []
    assert not Assessment.objects.exists()
    first, second = (json.loads(run(*command, "--submit").stdout)["stored"] for _time in range(2))
    assert ([one["outcome"] for one in first], [one["outcome"] for one in second]) == (["made"], ["known"])
    assert Assessment.objects.get().status == "self-declared"
