"""The docs cannot rot: the reference is what the code says, every page is reachable, and what README shows runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest
import yaml
from polars.testing import assert_frame_equal

import minga
from minga import readiness
from scripts import reference, reference_engine, routes

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"


def headings(page: str) -> set[str]:
    """Return the headings of a reference page without their marks."""
    lines = (DOCS / "reference" / page).read_text(encoding="utf-8").splitlines()
    return {line.lstrip("#").strip().replace("`", "") for line in lines if line.startswith("#")}


# ---------------------------------------------------------------- reference
@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    return reference.texts()


@pytest.mark.parametrize("page", ["settings.md", "commands.md", "pages.md", "api.md", "engine.md"])
def test_reference_page_is_what_the_code_says(written, page):
    committed = (DOCS / "reference" / page).read_text(encoding="utf-8")
    assert committed == written[page], f"{page} is behind the code. Run `python -m scripts.reference` and commit."


def test_every_setting_has_a_heading():
    from minga.site import env

    assert len(env.SETTINGS) > 10
    assert set(env.SETTINGS) <= headings("settings.md")


def test_every_setting_named_in_the_code_is_read_in_the_one_file():
    from minga.site import env

    files = [*ROOT.glob("src/minga/**/*.py"), *ROOT.glob("src/minga/**/*.html")]
    named = {
        (match, str(path.relative_to(ROOT)))
        for path in files
        if "tests" not in path.parts
        for match in re.findall(r"\bMINGA_[A-Z_]*[A-Z]\b", path.read_text(encoding="utf-8"))
    }
    assert sorted((name, file) for name, file in named if name not in env.SETTINGS) == []


def test_every_command_has_a_heading():
    commands = reference.command_names()
    assert {"minga", "minga readiness", "minga readiness score"} <= set(commands)
    assert set(commands) <= headings("commands.md")


def test_every_command_and_option_says_what_it_does():
    text = reference.commands()
    silent = re.findall(r"^#+ (minga .*)\n\n(?:\||#)", text, flags=re.MULTILINE)
    silent += re.findall(r"^\| (`[^`]+`) \|  \|", text, flags=re.MULTILINE)
    assert silent == []


def test_every_page_route_has_a_heading_and_a_description():
    found = routes.page_routes()
    assert len(found) > 10
    assert {route.address for route in found} <= headings("pages.md")
    assert [route.address for route in found if not route.summary] == []


def test_every_api_route_has_a_heading_and_a_summary():
    from minga.site.api import api

    found = routes.api_routes(api.get_openapi_schema())
    assert found
    assert {f"{method} {address}" for method, address, _operation in found} <= headings("api.md")
    assert [address for _method, address, operation in found if not operation.get("description")] == []


def test_every_public_engine_function_has_a_heading_and_a_docstring():
    functions = reference_engine.public_functions()
    assert len(functions) > 30
    assert set(functions.values()) <= headings("engine.md")
    assert reference_engine.without_docstring() == []


# ---------------------------------------------------------------- pages
class Loaded(HTMLParser):
    """Collects what a browser fetches by itself when it shows a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag in {"script", "img", "iframe", "source", "video", "audio"} and given.get("src"):
            self.addresses.append(given["src"])
        if tag == "link" and given.get("href"):
            self.addresses.append(given["href"])


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """Build the pages; any warning (a lost link, a page outside the navigation) stops it."""
    site = tmp_path_factory.mktemp("docs")
    done = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(site)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return site


def test_pages_build_without_a_warning(built):
    assert (built / "index.html").exists()
    assert (built / "reference" / "settings.html").exists()


def test_no_page_loads_anything_from_elsewhere(built):
    loaded = {}
    for page in built.rglob("*.html"):
        parser = Loaded()
        parser.feed(page.read_text(encoding="utf-8"))
        loaded[page.name] = [address for address in parser.addresses if re.match(r"(https?:)?//", address)]
        assert parser.addresses, page
    assert {page: found for page, found in loaded.items() if found} == {}
    sheets = "".join(path.read_text(encoding="utf-8") for path in built.glob("css/b*.css"))
    assert "@import" not in sheets
    assert not re.search(r"url\([\"']?(https?:)?//", sheets)


def test_method_page_says_where_its_code_is():
    package = ROOT / "src" / "minga"
    pages = [path for path in (DOCS / "methods").glob("*.md") if path.stem != "index"]
    assert len(pages) >= 7
    for page in pages:
        said = re.search(r"^.*Code: (.*?)(?:\n\n|\Z)", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        assert said, f"{page.name} does not say where its code is."
        first, *more = re.findall(r"`([\w/]+\.py)`", said.group(1))
        assert (package / first).exists(), f"{page.name}: {first}"
        beside = [package / path if "/" in path else (package / first).with_name(path) for path in more]
        assert [path for path in beside if not path.exists()] == [], page.name


def test_overlay_of_the_guide_passes_the_check_and_merges(tmp_path):
    guide = (DOCS / "guides" / "adapt-an-instrument.md").read_text(encoding="utf-8")
    path = tmp_path / "sector-bakeries.yaml"
    path.write_text(re.search(r"```yaml\n(.*?)```", guide, flags=re.DOTALL).group(1), encoding="utf-8")
    assert readiness.check_instrument(path) == []
    assert readiness.merge("generic-enterprise", path).has_item("BAK1")


def test_navigation_has_the_four_voices():
    navigation = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"]
    assert [next(iter(entry)) for entry in navigation][1:5] == ["Guides", "Methods", "Concepts", "Reference"]


# ---------------------------------------------------------------- the front page of the project
def shell_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, flags=re.DOTALL)


@pytest.fixture
def folder(tmp_path) -> Path:
    """Make a folder in which the examples lie where README expects them."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_command_line_of_the_readme_runs(folder):
    (block,) = [
        b for b in shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"), "sh") if "minga readiness" in b
    ]
    assert len(block.strip().splitlines()) <= 10
    done = run(["sh", "-e", "-c", block], folder)
    assert done.returncode == 0, done.stdout + done.stderr
    assert (folder / "results" / "scores.csv").exists()
    assert "integration" in done.stdout


@pytest.mark.slow
def test_python_of_the_readme_runs_without_django(folder):
    (block,) = shell_blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python")
    assert len(block.strip().splitlines()) <= 10
    done = run([sys.executable, "-c", f"import sys\nsys.modules['django'] = None\n{block}"], folder)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()


@pytest.mark.slow
def test_stored_output_of_the_example_is_what_comes_out(folder):
    done = run(["minga", "readiness", "score", "examples/bakery/answers.csv", "--form", "short", "--out", "."], folder)
    assert done.returncode == 0, done.stderr
    for name in ("scores.csv", "items.csv"):
        stored, fresh = pl.read_csv(ROOT / "examples" / "bakery" / name), pl.read_csv(folder / name)
        assert_frame_equal(fresh, stored, abs_tol=1e-9)


def test_readme_shows_a_picture_that_exists_or_none():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for picture in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", readme):
        assert (ROOT / picture).exists(), picture


def test_readme_links_lead_somewhere():
    for page in ("README.md", "CONTRIBUTING.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        for link in re.findall(r"\]\((?!https?:)([^)#]+)", text):
            assert (ROOT / link).exists(), f"{page}: {link}"


def test_contributing_fits_on_one_page():
    assert len((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").splitlines()) <= 60


def test_changelog_begins_with_this_version_and_names_the_figures_that_change():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    first = re.search(r"^## (\S+).*?(?=^## |\Z)", changelog, flags=re.MULTILINE | re.DOTALL)
    assert first.group(1) == minga.__version__
    assert "### Figures that change" in first.group(0)


def test_licence_is_there_in_full():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence


# ---------------------------------------------------------------- what the pages name exists
def written_pages() -> list[Path]:
    """Return every page that people wrote by hand."""
    by_hand = [path for path in DOCS.rglob("*.md") if path.parent.name != "reference"]
    return [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        *by_hand,
        *ROOT.glob("examples/*/*.md"),
    ]


def test_every_command_that_a_page_names_exists():
    known = set(reference.command_names())
    groups = {command for command in known if any(other.startswith(f"{command} ") for other in known)}
    wrong = []
    for page in written_pages():
        code = re.findall(r"```(?:sh|text|bash)\n.*?```|`[^`\n]+`", page.read_text(encoding="utf-8"), flags=re.DOTALL)
        for words in re.findall(r"(?:^|[`/\s])(minga(?! import)(?: [a-z][a-z-]*)+)", "\n".join(code)):
            named = words
            while named not in known and " " in named:
                named = named.rpartition(" ")[0]  # the last words may be what the command is given
            if named == "minga" or (named in groups and named != words):
                wrong.append(f"{page.relative_to(ROOT)}: {words}")
    assert wrong == []


def test_every_setting_that_a_page_names_exists():
    from minga.site import env

    named = {
        (name, str(page.relative_to(ROOT)))
        for page in written_pages()
        for name in re.findall(r"\bMINGA_[A-Z_]*[A-Z]\b", page.read_text(encoding="utf-8"))
    }
    assert named
    assert sorted((name, page) for name, page in named if name not in env.SETTINGS) == []


def test_every_make_target_that_a_page_names_exists():
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
    named = {
        (name, str(page.relative_to(ROOT)))
        for page in written_pages()
        for name in re.findall(r"(?:`|^ *)make ([a-z]+)", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert ("demo", "README.md") in named
    assert sorted((name, page) for name, page in named if name not in targets) == []


def test_every_path_that_a_page_names_exists():
    wrong = [
        f"{page.relative_to(ROOT)}: {path}"
        for page in written_pages()
        for path in re.findall(
            r"`((?:src|docs|tests|scripts|bench|examples|requirements)/[\w./-]+)`", page.read_text("utf-8")
        )
        if not (ROOT / path).exists()
    ]
    assert wrong == []
