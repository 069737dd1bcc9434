"""``minga readiness ...``: the engine on files, without any site.

Exit codes: 0 all well; 1 the input has findings or rows that were refused (what is good is still
written); 2 the command was called wrongly or a file cannot be read.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from minga.readiness import cli_evidence, cli_exchange, cli_panel
from minga.readiness.cli_support import (
    GENERIC,
    Json,
    Overlays,
    folder,
    guard,
    lines,
    load,
    print_json,
    refuse,
    write,
)

if TYPE_CHECKING:
    import polars as pl

    from minga.readiness.engine.instrument import Instrument
    from minga.readiness.engine.scoring import Scores

app = typer.Typer(
    name="readiness",
    help="Check instruments, score answers, rank next steps, write reports.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Answers = Annotated[
    Path, typer.Argument(help="CSV or Parquet with enterprise, item, level and, if you like, respondent.")
]
InstrumentName = Annotated[str, typer.Option("--instrument", "-i", help="Name, id or file of the instrument.")]
Form = Annotated[Literal["full", "short"], typer.Option(help="The full form or the short one.")]
Language = Annotated[str, typer.Option(help="Language of the texts, such as en, fr or ar.")]
Profile = Annotated[
    Path | None,
    typer.Option(help="CSV with enterprise, goals (parted by ;), cash_limit, horizon_limit, and what peers share."),
]
Peers = Annotated[Path | None, typer.Option(help="Answers of other enterprises, in the same shape.")]
PeerProfiles = Annotated[Path | None, typer.Option(help="CSV with enterprise and the columns of --by, for the peers.")]
By = Annotated[list[str] | None, typer.Option("--by", help="Column of the profile that peers share; widest first.")]


@app.command()
def check(
    files: Annotated[list[str] | None, typer.Argument(help="Files or names; all that come with Minga if none.")] = None,
    as_json: Json = False,
) -> None:
    """Check instruments, overlays, translations and the rule book."""
    from minga import readiness
    from minga.readiness.engine.instrument import INSTRUMENTS

    own = sorted(INSTRUMENTS.rglob("*.yaml"))
    findings = []
    for source in files or own:
        try:
            findings += readiness.check_instrument(source)
        except readiness.ReadinessError as error:
            findings += getattr(error, "findings", ()) or refuse(str(error))
    if as_json:
        print_json({"checked": len(files or own), "findings": [vars(finding) for finding in findings]})
    else:
        lines(str(finding) for finding in findings)
        lines([f"{len(files or own)} checked, {len(findings)} findings."])
    raise typer.Exit(1 if findings else 0)


@app.command()
def merge(
    base: Annotated[str, typer.Argument(help="Name, id or file of the instrument.")],
    overlays: Annotated[list[str], typer.Argument(help="Names or files of the overlays.")],
    out: Annotated[Path | None, typer.Option(help="Write the merged instrument here, as JSON.")] = None,
    as_json: Json = False,
) -> None:
    """Lay overlays onto an instrument and say which of them set each field."""
    from minga.readiness.engine.instrument import plain

    merged = load(base, overlays)
    if out is not None:
        write(out, json.dumps(plain(merged), ensure_ascii=False, indent=2) + "\n")
    if as_json:
        print_json(plain(merged))
        return
    lines([f"{merged.id} {merged.version} with {', '.join(o.id for o in merged.overlays)}"])
    lines([f"{len(merged.items)} items, {sum(i.anchor for i in merged.items)} anchors", merged.content_hash])
    lines(f"  {field} from {overlay}" for field, overlay in merged.provenance.items())


@app.command()
def score(
    answers: Answers,
    instrument: InstrumentName = GENERIC,
    overlay: Overlays = None,
    form: Form = "full",
    out: Annotated[Path | None, typer.Option(help="Write scores.csv and items.csv into this folder.")] = None,
    as_json: Json = False,
) -> None:
    """Score answers: every enterprise on every factor and in total, local and link."""
    import polars as pl

    from minga import readiness

    model = load(instrument, overlay)
    table, problems = _answers(answers, model)
    matrix = readiness.answer_matrix(table, model)
    local = readiness.score(matrix, model, "local", form)
    nodes = pl.concat([local.nodes, readiness.score(matrix, model, "link", form).nodes])
    nodes = nodes.select("enterprise", "kind", "node", "score", "answered", "lower", "upper")
    items = local.items.filter(pl.col("asked")).select("enterprise", "item", "factor", "level", "spread", "state")
    if out is not None:
        folder(out)
        nodes.write_csv(out / "scores.csv")
        items.write_csv(out / "items.csv")
        print(f"Wrote {out / 'scores.csv'} and {out / 'items.csv'} ({local.label}).", file=sys.stderr)
    elif as_json:
        print_json({"form": form, "instrument": model.content_hash, "scores": nodes.to_dicts(), "problems": problems})
    else:
        _score_table(nodes, local)
    _finish(problems)


@app.command()
def prioritize(
    answers: Answers,
    profile: Profile = None,
    instrument: InstrumentName = GENERIC,
    overlay: Overlays = None,
    form: Form = "full",
    language: Language = "en",
    peers: Peers = None,
    peer_profiles: PeerProfiles = None,
    by: By = None,
    as_json: Json = False,
) -> None:
    """Rank the next steps of each enterprise, with inputs, stability and one sentence."""
    from minga import readiness
    from minga.readiness.engine.instrument import plain

    model = load(instrument, overlay)
    table, problems = _answers(answers, model)
    others, other_profiles, refused = _peer_scores(peers, peer_profiles, model, form)
    scores = readiness.score(table, model, "local", form)
    profiles = _profiles(profile, scores.enterprises)
    link = readiness.score(table, model, "link", form)
    shown = model.in_language(language)
    results = []
    for name in scores.enterprises:
        wishes = profiles.get(str(name), {})
        beside = None
        if others is not None:
            beside = guard(readiness.compare, link.only(name), others, wishes, by or (), profiles=other_profiles)
        results.append(guard(readiness.prioritize, scores, shown, wishes, beside, name))
    if as_json:
        print_json({"priorities": plain(results), "problems": [*problems, *refused]})
    else:
        for result in results:
            lines([result.enterprise])
            lines(
                f"  {s.rank}. {s.item} {s.short}: {s.sentence} [priority {s.priority:.4f}, stable {s.stability:.0%}]"
                for s in result.first
            )
            lines(f"  later: {s.item} {s.short}" for s in result.later)
    _finish([*problems, *refused])


@app.command()
def report(
    answers: Answers,
    profile: Profile = None,
    enterprise: Annotated[str | None, typer.Option(help="Which one, when the answers hold several.")] = None,
    instrument: InstrumentName = GENERIC,
    overlay: Overlays = None,
    form: Form = "full",
    language: Language = "en",
    peers: Peers = None,
    peer_profiles: PeerProfiles = None,
    by: By = None,
    previous: Annotated[Path | None, typer.Option(help="Earlier answers of the enterprise.")] = None,
    style: Annotated[Literal["text", "markdown"], typer.Option("--format", help="How to write it.")] = "text",
    out: Annotated[Path | None, typer.Option(help="Write the report here instead of printing it.")] = None,
    as_json: Json = False,
) -> None:
    """Write the report of one enterprise as text, Markdown or JSON."""
    from minga import readiness

    model = load(instrument, overlay)
    table, problems = _answers(answers, model)
    others, other_profiles, refused = _peer_scores(peers, peer_profiles, model, form)
    earlier, older = (None, []) if previous is None else _answers(previous, model)
    profiles = _profiles(profile, table["enterprise"].unique())
    name = enterprise if enterprise is not None or table.is_empty() else str(table["enterprise"][0])
    result = guard(
        readiness.assemble,
        table,
        model.in_language(language),
        profile=profiles.get(name or "", {}),
        form=form,
        enterprise=enterprise,
        peers=others,
        peer_profiles=other_profiles,
        by=by or (),
        previous=earlier,
    )
    if as_json:
        words = json.dumps(result.to_dict(), ensure_ascii=False, indent=2)
    else:
        words = result.to_markdown() if style == "markdown" else result.to_text()
    if out is None:
        print(words)
    else:
        write(out, words + "\n")
    _finish([*problems, *refused, *older])


@app.command()
def paper(
    instrument: InstrumentName = GENERIC,
    overlay: Overlays = None,
    form: Form = "short",
    language: Language = "en",
    code: Annotated[str, typer.Option(help="Code that finds the assessment again.")] = "",
    out: Annotated[Path | None, typer.Option(help="Write the HTML here instead of printing it.")] = None,
    as_json: Json = False,
) -> None:
    """Print the form for people without a device, as one HTML file."""
    from minga import readiness

    shown = load(instrument, overlay).in_language(language)
    if shown.language != language.split("-")[0]:
        print(f"There is no translation into {language!r}; the form is in {shown.language!r}.", file=sys.stderr)
    html = guard(readiness.paper, shown, form, code)
    if out is not None:
        write(out, html)
    if as_json:
        asked = [item.id for item in shown.items_of(form=form)]
        print_json({"language": shown.language, "form": form, "items": asked, "file": str(out) if out else None})
    elif out is None:
        print(html)
    else:
        print(f"Wrote {out}.", file=sys.stderr)


def _answers(path: Path, instrument: Instrument) -> tuple[pl.DataFrame, list[str]]:
    """Read answers; keep the good rows and return a sentence for each wrong one."""
    from minga import readiness
    from minga.tables.reading import TableError, read_table

    try:
        reading = read_table(path, ("enterprise", "item", "level"))
        good, wrong = readiness.check_answers(reading.table, instrument)
    except (TableError, readiness.AnswerError) as error:
        refuse(str(error))
    problems = [(p.line, str(p)) for p in reading.problems]
    problems += [(p.line or p.row, f"{path.name}, {str(p)[:1].lower()}{str(p)[1:]}") for p in wrong]
    return good, [sentence for _, sentence in sorted(problems)]


def _profiles(path: Path | None, asked: Iterable[Any] = ()) -> dict[str, dict[str, Any]]:
    """Read the wishes of each enterprise; a row that would be overlooked is named rather than dropped."""
    if path is None:
        return {}
    rows = _read(path).to_dicts()
    found = {row["enterprise"]: row for row in rows}
    counts = Counter(row["enterprise"] for row in rows)
    if twice := sorted(str(name) for name, count in counts.items() if count > 1):
        refuse(f"{path.name} holds {', '.join(twice[:5])} more than once. Keep one row an enterprise.")
    if stray := sorted({str(name) for name in found} - {str(name) for name in asked}):
        print(
            f"{path.name} also names {', '.join(stray[:5])}, of which there are no answers. Check how it is written.",
            file=sys.stderr,
        )
    return found


def _read(path: Path) -> pl.DataFrame:
    from minga.tables.reading import LINE, TableError, read_table

    try:
        reading = read_table(path, ("enterprise",))
    except TableError as error:
        refuse(str(error))
    if reading.problems:
        refuse("\n".join(map(str, reading.problems)))
    return reading.table.drop(LINE, strict=False)


def _peer_scores(
    answers: Path | None, profiles: Path | None, instrument: Instrument, form: Literal["full", "short"]
) -> tuple[Scores | None, pl.DataFrame | None, list[str]]:
    from minga import readiness

    if answers is None:
        return None, None, []
    table, problems = _answers(answers, instrument)
    return readiness.score(table, instrument, "link", form), None if profiles is None else _read(profiles), problems


def _finish(problems: list[str]) -> None:
    """Name the rows that were refused and end with 1 if there were any."""
    if problems:
        lines(problems, sys.stderr)
        rows = "1 row was" if len(problems) == 1 else f"{len(problems)} rows were"
        print(f"{rows} refused; all others were used.", file=sys.stderr)
        raise typer.Exit(1)


def _score_table(nodes: pl.DataFrame, local: Scores) -> None:
    """Print the scores for a person."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Scores, {local.label}, 90 % intervals; expert-written instrument, not yet calibrated")
    for name in ("enterprise", "kind", "node", "score", "answered", "interval"):
        table.add_column(name, justify="right" if name in ("score", "answered", "interval") else "left")
    for row in nodes.iter_rows(named=True):
        scored = row["score"] is not None
        table.add_row(
            str(row["enterprise"]),
            row["kind"],
            row["node"],
            f"{row['score']:.2f}" if scored else "not scored",
            "" if row["answered"] is None else f"{row['answered']:.0%}",
            f"{row['lower']:.2f} to {row['upper']:.2f}" if scored else "",
        )
    Console().print(table)


cli_exchange.add_to(app)
cli_panel.add_to(app)
cli_evidence.add_to(app)

if __name__ == "__main__":
    app()
