"""The form on paper: one HTML file that prints cleanly and needs nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from minga.readiness.engine.instrument import Factor, Instrument, Item, ProfileQuestion
from minga.readiness.engine.paper_words import words

_STYLE = """
:root { line-height: 1.4; color: #111; font-family: "Noto Sans", "Noto Naskh Arabic", "Noto Sans CJK SC", "PingFang SC",
  "Microsoft YaHei", system-ui, sans-serif; }
body { max-inline-size: 48rem; margin-inline: auto; padding: 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; border-block-end: 2px solid; margin-block-start: 2rem; }
h2, h2 + p { break-after: avoid; }
section.item { break-inside: avoid; margin-block: 1.2rem; }
h3 { font-size: 1rem; margin-block: 0 .3rem; }
ul.levels { list-style: none; padding: 0; margin: 0; }
ul.levels li { display: flex; gap: .5rem; padding-block: .15rem; }
.box { flex: none; inline-size: .9rem; block-size: .9rem; border: 1.5px solid; margin-block-start: .2rem; }
.number { flex: none; inline-size: 1rem; font-weight: 600; }
.line { flex: 1; border-block-end: 1px solid; min-inline-size: 6rem; }
.field { display: flex; gap: .5rem; margin-block: .6rem; }
.choices { display: flex; flex-wrap: wrap; gap: .2rem 1.2rem; list-style: none; padding: 0; margin: 0; }
.choices li { display: flex; gap: .4rem; }
.found { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; }
.found svg { inline-size: 28mm; block-size: 28mm; }
.found bdi { font-size: 1.3rem; font-weight: 600; letter-spacing: .08em; }
small { color: #444; overflow-wrap: anywhere; }
@page { size: A4; margin: 15mm; }
@media print { body { padding: 0; max-inline-size: none; } }
"""


def paper(instrument: Instrument, form: str = "full", code: str = "", picture: str = "", nonce: str = "") -> str:
    """Print the form for people without a device.

    Parameters
    ----------
    instrument : Instrument
        In the language of the form; texts that are not translated are marked.
    form : "full" or "short"
    code : str
        The code that finds the assessment again, printed on top when given.
    picture : str
        The code as a picture for cameras, as SVG markup of our own.
    nonce : str
        The mark by which a site allows the style of the page, where it serves it.

    Returns
    -------
    str
        One HTML document with its own style; it loads nothing.
    """
    w = words(instrument.language)
    parts = [*_head(instrument, form, code, picture, w), *_profile(instrument, w)]
    for factor in instrument.factors:
        parts.extend(_factor(instrument, factor, form, w))
    body = "\n".join(parts)
    allowed = f' nonce="{escape(nonce)}"' if nonce else ""
    return (
        f'<!doctype html>\n<html lang="{escape(instrument.language)}" dir="{instrument.direction}">\n<head>\n'
        f'<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(instrument.title)}</title>\n<style{allowed}>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _head(instrument: Instrument, form: str, code: str, picture: str, w: dict[str, str]) -> Iterator[str]:
    short = instrument.short_form
    minutes = short.minutes if form == "short" and short is not None else instrument.time_needed_minutes
    yield f"<h1>{escape(instrument.title)}</h1>"
    yield f"<p>{escape(instrument.purpose)}</p>"
    if minutes is not None:
        yield f"<p><strong>{escape(w[form].format(minutes=minutes))}</strong></p>"
    yield "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in instrument.how_to_answer) + "</ul>"
    yield f"<p>{escape(w['tick'])}</p>"
    for key in ("name", "respondent", "date"):
        yield _field(w[key])
    if code:
        yield f'<div class="found">{picture}<p>{escape(w["code"])}:<br><bdi>{escape(code)}</bdi></p></div>'
    note = w["draft"] if instrument.reviewed else f"{w['draft']} {w['unreviewed']}"
    overlays = "".join(f", {o.id} {o.version}" for o in instrument.overlays)
    version = f"{instrument.id} {instrument.version}{overlays}, {instrument.content_hash}"
    yield f"<p><small>{escape(note)} <bdi>{escape(version)}</bdi></small></p>"


def _field(label: str) -> str:
    return f'<p class="field"><span>{escape(label)}</span><span class="line"></span></p>'


def _profile(instrument: Instrument, w: dict[str, str]) -> Iterator[str]:
    if not instrument.profile:
        return
    yield f"<h2>{escape(w['profile'])}</h2>"
    for question in instrument.profile:
        label = question.label or question.id.replace("_", " ").capitalize()
        choices = _choices(question, instrument)
        if not choices:
            yield _field(label)
            continue
        hint = f" ({escape(w['goals'])})" if question.type == "choose_up_to_3" else ""
        boxes = "".join(f'<li><span class="box"></span><span>{escape(text)}</span></li>' for text in choices)
        yield f'<section class="item"><h3>{escape(label)}{hint}</h3><ul class="choices">{boxes}</ul></section>'


def _choices(question: ProfileQuestion, instrument: Instrument) -> tuple[str, ...]:
    if question.source == "kpi":
        return tuple(instrument.codes.kpi.values())
    if question.choice_labels:
        return question.choice_labels
    named = instrument.codes.cost_band | instrument.codes.horizon
    return tuple(named.get(choice, choice) for choice in question.choices)


def _factor(instrument: Instrument, factor: Factor, form: str, w: dict[str, str]) -> Iterator[str]:
    items = instrument.items_of(factor.id, form)
    if not items:
        return
    yield f"<h2>{escape(factor.name)}</h2>"
    if factor.asks:
        yield f"<p>{escape(factor.asks)}</p>"
    for item in items:
        yield _item(instrument, item, w)


def _item(instrument: Instrument, item: Item, w: dict[str, str]) -> str:
    lines = [_box(str(level), text) for level, text in enumerate(item.levels)]
    lines.append(_box("d", w["dk"]))
    if item.na_allowed:
        when = f" ({item.na_when})" if item.na_when else ""
        lines.append(_box("n", f"{w['na']}{when}:", line=True))
    evidence = f"<p><small>{escape(w['evidence'])}: {escape(item.evidence)}</small></p>" if item.evidence else ""
    missing = "*" in instrument.untranslated or bool(instrument.fallback(item.id))
    note = f" <small>{escape(w['untranslated'])}</small>" if missing else ""
    inclusion = f"<p><small>{escape(item.inclusion)}</small></p>" if item.inclusion else ""
    return (
        f'<section class="item" id="{escape(item.id)}"><h3><bdi>{escape(item.id)}</bdi> {escape(item.short)}</h3>'
        f"<p>{escape(item.text)}{note}</p>{inclusion}"
        f'<ul class="levels">{"".join(lines)}</ul>{evidence}</section>'
    )


def _box(number: str, text: str, line: bool = False) -> str:
    blank = '<span class="line"></span>' if line else ""
    return f'<li><span class="box"></span><span class="number">{number}</span><span>{escape(text)}</span>{blank}</li>'
