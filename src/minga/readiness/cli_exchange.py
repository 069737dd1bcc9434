"""``minga readiness xlsform`` and ``minga readiness import``: forms for other tools, and answers from them."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from minga.readiness.cli_support import GENERIC, Json, Overlays, guard, lines, load, print_json, refuse, write

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minga.readiness.engine.incoming import Incoming
    from minga.readiness.engine.instrument import Instrument

Form = Annotated[Literal["full", "short"], typer.Option(help="The full form or the short one.")]
Languages = Annotated[
    list[str] | None, typer.Option("--language", "-l", help="Language such as fr; may be repeated; all if none.")
]


def add_to(app: typer.Typer) -> None:
    """Add these commands to ``minga readiness``."""
    app.command()(xlsform)
    app.command("import")(import_answers)


def xlsform(
    instrument: Annotated[
        str, typer.Argument(help="Name, id or file of the instrument; or an XLSX form to read back.")
    ],
    overlay: Overlays = None,
    language: Languages = None,
    form: Form = "full",
    out: Annotated[
        Path | None, typer.Option(help="The XLSX file to write; for a form that is read back, JSON.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write an instrument as an XLSForm for ODK or KoboToolbox, or read such a form back."""
    if instrument.lower().endswith(".xlsx"):
        _read_back(Path(instrument), out, as_json)
        return
    from minga import readiness

    model = load(instrument, overlay)
    tables = guard(readiness.to_xlsform, model, language or (), form=form, codes=_named_codes())
    target = out or Path(f"{model.id}.xlsx")
    _write_tables(tables, target)
    settings = tables["settings"].row(0, named=True)
    spoken = [column for column in tables["survey"].columns if column.startswith("label::")]
    if as_json:
        said = {"file": str(target), "form_id": settings["form_id"], "version": settings["version"]}
        print_json(said | {"languages": [column.removeprefix("label::") for column in spoken]})
    else:
        print(f"Wrote {target}: form {settings['form_id']}, version {settings['version']}, {len(spoken)} languages.")


def _read_back(path: Path, out: Path | None, as_json: bool) -> None:
    import json

    from minga import readiness
    from minga.readiness.engine.instrument import plain

    draft = guard(readiness.from_xlsform, path)
    content = plain(draft.instrument)
    if out is not None:
        write(out, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print_json({"instrument": content, "languages": draft.languages, "missing": draft.missing,
                    "kept": draft.extra, "findings": draft.findings})  # fmt: skip
        return
    lines([f"{draft.instrument.id} {draft.instrument.version}, {len(draft.instrument.items)} items, "
           f"{', '.join(draft.languages)}", draft.instrument.content_hash])  # fmt: skip
    for code, missing in draft.missing.items():
        lines(f"  {code}: {key} stands in {draft.instrument.language}" for key in missing)
    lines(draft.findings)


def import_answers(
    file: Annotated[Path, typer.Argument(help="A sheet (CSV, XLSX), or an export of ODK or KoboToolbox (CSV, JSON).")],
    instrument: Annotated[str, typer.Option("--instrument", "-i", help="What a sheet answers.")] = GENERIC,
    overlay: Overlays = None,
    kind: Annotated[
        Literal["auto", "sheet", "odk", "kobo"], typer.Option("--format", help="Where the file comes from.")
    ] = "auto",
    form_file: Annotated[
        list[Path] | None, typer.Option("--form", help="The XLSX that an unknown form version was made from.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check and say what would happen; write nothing.")] = False,
    template: Annotated[bool, typer.Option("--template", help="Write an empty sheet to fill in at FILE.")] = False,
    short: Annotated[bool, typer.Option("--short", help="For the template: the short form only.")] = False,
    out: Annotated[Path | None, typer.Option(help="Write the good answers here, as `score` reads them.")] = None,
    to_mend: Annotated[Path | None, typer.Option(help="Write the rows to mend here, with what is wrong.")] = None,
    into_site: Annotated[bool, typer.Option("--into-site", help="Store them as assessments of this site.")] = False,
    by: Annotated[str, typer.Option(help="With --into-site: the address of who imports.")] = "",
    basis: Annotated[
        Literal["in-person", "telephone", "written"] | None,
        typer.Option(help="With --into-site: how the businesses agreed to it."),
    ] = None,
    submit: Annotated[bool, typer.Option("--submit", help="With --into-site: submit them; else drafts.")] = False,
    as_json: Json = False,
) -> None:
    """Check answers of many businesses and make them ready for `score`, or store them on a site."""
    if template:
        _write_template(load(instrument, overlay), file, "short" if short else "full", as_json)
        return
    if into_site and not (by and basis):
        refuse(
            "Say with --by who imports, and with --basis how the businesses agreed: in-person, telephone or written."
        )
    incoming = _incoming(file, kind, instrument, overlay, form_file or [], needs_profile=into_site)
    done: list[dict[str, Any]] = []
    if into_site and not dry_run:
        done = _store(file, incoming, by, str(basis), submit, form_file or [])
    elif not dry_run:
        target = out or file.with_name(f"{file.stem}-answers.csv")
        if incoming.firms:
            _write_csv(incoming.answers(), target)
            print(f"Wrote {target}: {len(incoming.firms)} businesses.", file=sys.stderr)
    if to_mend is not None and incoming.bad_rows and not dry_run:
        _write_csv(incoming.to_mend, to_mend)
        print(f"Wrote {to_mend}: rows to mend and import again.", file=sys.stderr)
    _say(incoming, done, as_json, dry_run)
    raise typer.Exit(1 if incoming.problems or any(one["outcome"] == "refused" for one in done) else 0)


def _incoming(
    file: Path, kind: str, name: str, overlay: list[str] | None, forms: list[Path], *, needs_profile: bool
) -> Incoming:
    from datetime import UTC, datetime

    from minga import members as world
    from minga import readiness
    from minga.readiness.engine.form_answers import finder, looks_like_submissions

    codes: dict[str, Any] = {
        "countries": {one.iso2 for one in world.countries()},
        "sectors": {one.code for one in world.sectors("division")},
        "languages": ("ar", "en", "es", "fr", "ru", "zh"),
        "today": datetime.now(UTC).date(),
        "needs_profile": needs_profile,
    }
    model = load(name, overlay)
    if kind == "sheet" or (kind == "auto" and not guard(looks_like_submissions, file)):
        return guard(readiness.read_sheet, file, model, **codes)
    return guard(readiness.read_submissions, file, finder(_instruments(model, forms)), **codes)


def _instruments(model: Instrument, forms: list[Path]) -> list[Instrument]:
    from minga import readiness
    from minga.readiness.engine.form_answers import known_instruments

    brought = [guard(readiness.from_xlsform, form).instrument for form in forms]
    return [model, *brought, *known_instruments([readiness.load_instrument(GENERIC)])]


def _say(incoming: Incoming, done: list[dict[str, Any]], as_json: bool, dry_run: bool) -> None:
    counts = {"rows": incoming.rows, "good": len(incoming.firms), "to_mend": incoming.bad_rows}
    if as_json:
        problems = [
            {"row": p.row, "column": p.column, "code": p.code, "message": p.sentence} for p in incoming.problems
        ]
        print_json(counts | {"dry_run": dry_run, "problems": problems, "notices": [str(n) for n in incoming.notices],
                             "stored": done})  # fmt: skip
        return
    lines(map(str, incoming.problems), sys.stderr)
    lines(map(str, incoming.notices), sys.stderr)
    lines(f"{one['name']}: {one['outcome']}{', code ' + one['code'] if one['code'] else ''}" for one in done)
    print(f"{counts['rows']} rows read, {counts['good']} businesses good, {counts['to_mend']} rows to mend"
          f"{'; nothing was written' if dry_run else ''}.")  # fmt: skip


def _write_template(model: Instrument, target: Path, form: str, as_json: bool) -> None:
    from minga import members as world
    from minga.readiness.engine.sheet import template

    named = {
        "countries": [(one.iso2, one.name("en")) for one in world.countries()],
        "sectors": [(one.code, one.name("en")) for one in world.sectors("division")],
    }
    _write_tables(guard(template, model, form=form, **named), target)
    if as_json:
        print_json({"file": str(target), "form": form})
    else:
        print(f"Wrote {target}. Fill in the sheet 'answers'; the sheets 'questions' and 'codes' explain it.")


def _write_tables(tables: Any, target: Path) -> None:
    from minga.tables.reading import TableError
    from minga.tables.workbooks import write_workbook

    try:
        write_workbook(tables, target)
    except TableError as wrong:
        refuse(str(wrong))
    except OSError as error:
        refuse(f"{target} cannot be written: {error.strerror}. Choose another place.")


def _write_csv(table: Any, target: Path) -> None:
    try:
        table.write_csv(target)
    except OSError as error:
        refuse(f"{target} cannot be written: {error.strerror}. Choose another place.")


def _named_codes() -> dict[str, list[tuple[str, dict[str, str]]]]:
    """Give countries and sectors in every language, so that people choose them from a list."""
    from minga import members as world

    spoken = ("ar", "en", "es", "fr", "ru", "zh")
    return {
        "iso3166": [(one.iso2, {code: one.name(code) for code in spoken}) for one in world.countries()],
        "isic4": [(one.code, {code: one.name(code) for code in spoken}) for one in world.sectors("division")],
    }


# ---------------------------------------------------------------------------------- on a site


def _store(
    file: Path, incoming: Incoming, by: str, basis: str, submit: bool, forms: list[Path]
) -> list[dict[str, Any]]:
    from minga import readiness

    brought = [guard(readiness.from_xlsform, form) for form in forms]
    with _site() as (services, report):
        results = services.import_firms(
            firms=incoming.firms,
            file_hash=services.hash_of_file(file.read_bytes()),
            by=services.importer(by),
            basis=basis,
            scores=report.score_rows if submit else None,
            brought=brought,
        )
    return [one.as_dict() for one in results]


@contextmanager
def _site() -> Iterator[tuple[Any, Any]]:
    """Start the site; what goes wrong is said in words, with exit code 2."""
    from minga.readiness import ReadinessError

    try:
        from minga.web.setup import django_setup

        django_setup()
        from minga.readiness import report, services
    except ImportError:
        refuse("This needs the site. Install it with `pip install 'minga[site]'`.")
    try:
        yield services, report
    except ReadinessError as wrong:
        refuse(str(wrong))
