"""An index in the words of the page's language: titles, names of units and parts, method, doubts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.conf import settings
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.indicators import disclosing
from minga.indicators.engine.definition import Index
from minga.indicators.engine.pipeline import node_rules
from minga.indicators.engine.scales import Goalposts, MinMax, Scale, ZScore
from minga.indicators.models import CompositeIndex
from minga.web import vocabulary

Words = str | Promise

#: Parts of the readiness index that are no factor of the instrument.
READINESS_PARTS: dict[str, Words] = {
    "readiness_index": _("AI readiness of businesses"),
    "readiness": _("Readiness in seven factors"),
    "divide": _("Small gaps between groups"),
    "size_gap": _("Gap between large and small businesses"),
    "leadership_gap": _("Gap between businesses led by women and others"),
    "location_gap": _("Gap between rural and other businesses"),
    "added": _("Figures from elsewhere"),
}
#: units and sources of the readiness index, as its definition has them
READINESS_WORDS: dict[str, Words] = {
    "level 0 to 5": _("level 0 to 5"),
    "levels": _("levels"),
    "readiness checks of businesses that agreed to be counted": _(
        "readiness checks of businesses that agreed to be counted"
    ),
    "disclosure with evidence": _("disclosure with evidence"),
    "invented for the sample": _("invented for the sample"),
}
SCALES: dict[str, Words] = {
    "zscore": _("Indicators are brought to a common scale by their distance from the mean, in standard deviations."),
    "linear": _("Indicators are brought to a common scale by a straight line between two fixed values."),
    "rank": _("Indicators are replaced by the place they give each unit."),
    "percentile_rank": _("Indicators are replaced by the share of units each unit leaves behind."),
    "borda": _("Indicators are replaced by the number of units each unit leaves behind."),
    "distance_to_max": _("Indicators are measured as the distance to the best unit."),
    "distance_to_reference": _("Indicators are measured as the distance to a reference unit."),
    "distance_to_target": _("Indicators are measured as the distance to a target."),
    "fraction_of_max": _("Indicators are measured as a share of the largest value."),
}
MEANS: dict[str, Words] = {
    "arithmetic": _("weighted arithmetic mean: a weak part can be made up for by a strong one"),
    "geometric": _("weighted geometric mean: a weak part can only partly be made up for"),
    "harmonic": _("weighted harmonic mean: a weak part can hardly be made up for"),
    "power": _("weighted power mean"),
    "copeland": _("Copeland’s rule: units are compared two by two"),
    "bod": _("benefit of the doubt: each unit has the weights that suit it best"),
    "mpi": _("Mazziotta-Pareto: unbalanced units lose points"),
    "ampi": _("adjusted Mazziotta-Pareto: unbalanced units lose points"),
    "product": _("product of the parts"),
    "ratio": _("ratio of two parts"),
}
POOLED: dict[str, Words] = {
    "region": _("figure of the region, because too few businesses of this unit are in one of the groups"),
    "section": _("figure of the wider sector, because too few businesses of this unit are in one of the groups"),
    "all": _("figure of all businesses, because too few businesses of this unit or region are in one of the groups"),
}
#: whose levels a figure stands on
BASES: dict[str, Words] = {
    "validated": _("validated"),
    "declared": _("self-declared, not yet checked"),
    "mixed": _("partly validated"),
}
BASIS_OF_UNIT: dict[str, Words] = {
    "validated": _("The levels behind it were checked by assessors."),
    "declared": _("The levels behind it are self-declared and not yet checked."),
    "mixed": _("Some levels behind it were checked by assessors, others are self-declared and not yet checked."),
}
#: where doubt in a rank comes from
DOUBTS: dict[str, Words] = {
    "method": _("Choice of method"),
    "sampling": _("Which businesses took part"),
    "together": _("Both together"),
}
STAGES: dict[str, Words] = {
    "screened": _("left out: too little data"),
    "imputed": _("filled in, not measured"),
    "treated": _("drawn in as an outlier"),
}
STATISTICS: tuple[tuple[str, Words], ...] = (
    ("min", _("Lowest")), ("max", _("Highest")), ("mean", _("Mean")), ("median", _("Median")),
    ("sd", _("Standard deviation")), ("skew", _("Skew")), ("kurt", _("Kurtosis")),
    ("available", _("Available")), ("flags", _("Look at")),
)  # fmt: skip
FLAGS: dict[str, Words] = {
    "low_data": _("many gaps"),
    "many_zeros": _("many zeros"),
    "few_values": _("few different values"),
    "outliers": _("outliers"),
}
CHOICES: dict[str, Words] = {
    "weights": _("Weights"),
    "aggregate": _("How parts are put together"),
    "normalise": _("How figures are brought to one scale"),
    "treat": _("How outliers are treated"),
    "impute": _("How gaps are filled"),
}


def language() -> str:
    """Return the language of the page."""
    return get_language() or settings.LANGUAGE_CODE


def in_language(texts: Mapping[str, str]) -> str:
    """Return a text in the page's language, else in English, else in any."""
    return texts.get(language()) or texts.get("en") or next(iter(texts.values()), "")


def title(index: CompositeIndex) -> str:
    """Return the title of an index."""
    return in_language(index.titles) or index.slug


def listed(words: Iterable[Any]) -> str:
    """Write words as a list."""
    return pgettext("between the items of a list", ", ").join(str(word) for word in words)


def number(value: float | None, decimals: int = 1) -> str:
    """Write a number as the language does."""
    if value is None:
        return "–"
    rounded = round(value, decimals) if decimals else round(value)
    return str(localize(rounded or abs(rounded))).replace("-", "−")  # no minus before a zero


def short(value: float) -> str:
    """Write a number with as many decimals as it needs, at most two."""
    return number(value, next((places for places in (0, 1) if round(value, places) == round(value, 2)), 2))


def percent(value: float | None, decimals: int = 0) -> str:
    """Write a number of 0 to 100 as per cent, as the language does."""
    # Translators: how your language writes per cent: with a space, without, sign before the number
    return "–" if value is None else gettext("%(number)s %%") % {"number": number(value, decimals)}


def unit_name(kind: str, code: str, name: str) -> str:
    """Name a unit: countries and sectors in the page's language, others as the data does."""
    try:
        if kind == CompositeIndex.Units.COUNTRY:
            return iso2(code, strict=True).name(language())
        if kind == CompositeIndex.Units.SECTOR:
            return world.sector(code).name(language())
    except world.MembersError:
        pass
    return name


def iso2(code: str, *, strict: bool = False) -> Any:
    """Find a country by its code of two or three letters; None where there is none, unless an error is wanted."""
    found = next((one for one in world.countries() if code.upper() in (one.iso2, one.iso3)), None)
    if found is None and strict:
        raise world.MembersError(f"There is no country with the code {code!r}.")
    return found


def item_name(index: CompositeIndex, code: str, name: str, names: Mapping[str, str] | None = None) -> str:
    """Name an indicator or node: the alliance's own by their code, others as their definition does."""
    name = in_language({"en": name} | dict(names or {})) or name
    if index.kind == CompositeIndex.Kind.READINESS:
        words = READINESS_PARTS.get(code) or vocabulary.labels("factors").get(code)
        return str(words) if words else name
    if index.kind == CompositeIndex.Kind.RESPONSIBILITY:
        return _disclosed_name(code, name, index)
    return name


def _disclosed_name(code: str, name: str, index: CompositeIndex) -> str:
    if code == disclosing.ROOT:
        return title(index)
    for part in disclosing.questionnaire().parts:
        if part.id == code:
            return part.name(language())
        for question in part.questions:
            if question.id == code:
                return question.text(language())
    return name


def own_words(index: CompositeIndex, text: str) -> str:
    """Say a unit or source of the alliance's own indexes in the page's language; others as uploaded."""
    return text if index.kind == CompositeIndex.Kind.UPLOADED else str(READINESS_WORDS.get(text, text))


def direction(value: int) -> str:
    """Say whether more is better."""
    return gettext("more is better") if value > 0 else gettext("less is better")


def changes(stage: str, reason: str) -> str:
    """Say why a cell is not as it was measured."""
    return str(STAGES.get(stage, reason))


def choice(path: str) -> str:
    """Name a choice that was varied."""
    return str(CHOICES.get(path.partition(".")[0], path))


# ---------------------------------------------------------------- method
def method(index: Index) -> list[str]:
    """Say how an index is calculated, a sentence a step, from its definition."""
    steps = [_measured(index)]
    if index.denominate.on and (divided := [item.code for item in index.indicators if item.denominator]):
        steps.append(gettext("Divided by the size of the unit are: %(codes)s.") % {"codes": listed(divided)})
    if index.screen.method != "none":
        steps.append(
            gettext("Units with less than %(share)s %% of their data are left out.")
            % {"share": number(100 * index.screen.min_available, 0)}
        )
    if index.impute.method != "none":
        steps.append(_imputed(index))
    else:
        steps.append(gettext("Gaps stay gaps: a score is taken over the parts that are there."))
    if index.treat.on:
        steps.append(
            gettext(
                "Where the skew is %(skew)s or more and the kurtosis %(kurt)s or more, up to %(count)s outliers of an "
                "indicator are drawn in to the nearest other value; where that is not enough, its logarithm is taken."
            )
            % {"skew": short(index.treat.skew), "kurt": short(index.treat.kurt), "count": index.treat.winmax}
        )
    steps.append(_scale(index.normalise))
    rules = dict.fromkeys(str(rule.method) for rule in node_rules(index).rules)
    words = [MEANS.get(rule, rule) for rule in rules]
    steps.append(gettext("Parts are put together by: %(rules)s.") % {"rules": listed(words)})
    return steps


def _measured(index: Index) -> str:
    backwards = [item for item in index.indicators if item.direction < 0]
    text = ngettext(
        "%(count)s indicator is arranged in %(nodes)s parts.",
        "%(count)s indicators are arranged in %(nodes)s parts.",
        len(index.indicators),
    ) % {"count": len(index.indicators), "nodes": len(index.nodes)}
    if not backwards:
        return f"{text} {gettext('In all of them more is better.')}"
    less = ngettext(
        "In %(count)s of them less is better; it is turned around.",
        "In %(count)s of them less is better; they are turned around.",
        len(backwards),
    ) % {"count": len(backwards)}
    return f"{text} {less}"


def _imputed(index: Index) -> str:
    words = {
        "mean": _("Gaps are filled with the mean of the other units; such cells are marked."),
        "median": _("Gaps are filled with the median of the other units; such cells are marked."),
        "constant": _("Gaps are filled with a fixed value; such cells are marked."),
    }
    if index.impute.axis == "row":
        return gettext("Gaps are filled from the unit’s own other figures; such cells are marked.")
    if index.impute.group:
        return gettext("Gaps are filled from the units of the same group (%(group)s); such cells are marked.") % {
            "group": index.impute.group
        }
    return str(words[index.impute.method])


def _scale(scale: Scale) -> str:
    if isinstance(scale, MinMax):
        return gettext(
            "Indicators are brought to a common scale: the lowest value seen becomes %(low)s, the highest %(high)s."
        ) % {"low": short(scale.lower), "high": short(scale.upper)}
    if isinstance(scale, Goalposts):
        return gettext(
            "Indicators are brought to a scale from 0 to %(top)s between goalposts that stay the same in every "
            "edition, so that scores of different years can be compared."
        ) % {"top": short(scale.scale)}
    if isinstance(scale, ZScore):
        return str(SCALES["zscore"])
    return str(SCALES.get(scale.method, scale.method))
