"""The alliance's own indexes, brought together from other rooms: readiness by country or sector, responsibility."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl
from django.utils import timezone
from django.utils.translation import gettext_noop

from minga import members as world
from minga.indicators import disclosing, selectors
from minga.indicators.calculation import POOLED
from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.engine.scales import Goalposts
from minga.indicators.engine.steps import Treat
from minga.indicators.models import CompositeIndex
from minga.readiness import selectors as readiness

#: for a kind of unit: the name of its group and of the wider one
_GROUPS = {"country": ("region", "country"), "sector": ("section", "sector")}
#: gaps between groups of businesses: code, grouping, the group that usually lags, the other
_GAPS = (
    ("size_gap", "band", "small", "large"),
    ("leadership_gap", "leadership", "women", "others"),
    ("location_gap", "location", "rural", "others"),
)
_TOP_LEVEL, _WIDEST_GAP = 5.0, 2.5
ROOT = "readiness_index"

#: Titles and summaries of the three indexes; `gettext_noop` only marks them, pages show the stored languages.
SLUGS = {
    ("readiness", "country"): "readiness",
    ("readiness", "sector"): "readiness-sectors",
    ("responsibility", "organization"): "responsibility",
}
TITLES = {
    "readiness": {
        "en": "Readiness of businesses for AI, by country",
        "fr": "Préparation des entreprises à l’IA, par pays",
        "ru": "Готовность предприятий к ИИ по странам",
        "ar": "جاهزية المؤسسات للذكاء الاصطناعي بحسب البلد",
        "zh": "各国企业的人工智能就绪度",
    },
    "readiness-sectors": {
        "en": "Readiness of businesses for AI, by sector",
        "fr": "Préparation des entreprises à l’IA, par secteur",
        "ru": "Готовность предприятий к ИИ по отраслям",
        "ar": "جاهزية المؤسسات للذكاء الاصطناعي بحسب القطاع",
        "zh": "各行业企业的人工智能就绪度",
    },
    "responsibility": {
        "en": "Responsibility of member companies in the digital economy",
        "fr": "Responsabilité des entreprises membres dans l’économie numérique",
        "ru": "Ответственность компаний-членов в цифровой экономике",
        "ar": "مسؤولية الشركات الأعضاء في الاقتصاد الرقمي",
        "zh": "成员公司在数字经济中的责任",
    },
}
SUMMARIES = {
    "readiness": {
        "en": "Middle levels of businesses that checked themselves and agreed to be counted, with gaps between groups.",
        "fr": "Niveaux médians des entreprises qui se sont évaluées et ont accepté d’être comptées, et leurs écarts.",
        "ru": "Медианные уровни предприятий, которые проверили себя и согласились на учёт, и разрывы между группами.",
        "ar": "المستويات الوسطى للأعمال التي قيّمت نفسها ووافقت على احتسابها، والفجوات بينها.",
        "zh": "做过自评并同意计入统计的企业的中位等级，以及各群体之间的差距。",
    },
    "readiness-sectors": {
        "en": "Middle levels of businesses that checked themselves and agreed to be counted, sector by sector.",
        "fr": "Niveaux médians, par secteur, des entreprises qui se sont évaluées et ont accepté d’être comptées.",
        "ru": "Медианные уровни предприятий, которые проверили себя и согласились на учёт, — отрасль за отраслью.",
        "ar": "المستويات الوسطى للأعمال التي قيّمت نفسها ووافقت على احتسابها، قطاعًا قطاعًا.",
        "zh": "做过自评并同意计入统计的企业的中位等级，按行业分列。",
    },
    "responsibility": {
        "en": "What member companies disclose about AI, data, work and energy, each answer with public evidence.",
        "fr": "Ce que publient les entreprises membres sur l’IA, les données, le travail et l’énergie, avec preuves.",
        "ru": "Что компании-члены сообщают об ИИ, данных, труде и энергии; каждый ответ — с открытым подтверждением.",
        "ar": "ما تفصح عنه الشركات الأعضاء بشأن الذكاء الاصطناعي والبيانات والعمل والطاقة، مع أدلة علنية لكل إجابة.",
        "zh": "成员公司就人工智能、数据、劳动和能源所作的披露，每个答案都附公开证据。",
    },
}


@dataclass(frozen=True)
class Collected:
    """What an edition is made from: definition, data, and codes of what is said about it."""

    definition: Index
    table: pl.DataFrame
    notes: tuple[str, ...] = field(default=())


#: What is said of an edition, by code; stored in English with the edition and translated where it is shown.
NOTES = {
    # of editions made before the check asked; no new edition says it
    "location": gettext_noop(
        "The gap between rural and urban businesses is not in this edition: when it was made, the check did not ask "
        "where a business is."
    ),
    "location_gap": gettext_noop(
        "The gap between rural and other businesses is not in this edition: too few said where they are."
    ),
    "size_gap": gettext_noop(
        "The gap between small and large businesses is not in this edition: too few businesses are in one of the "
        "groups."
    ),
    "leadership_gap": gettext_noop(
        "The gap between businesses led by women and others is not in this edition: too few said who leads them."
    ),
    "pooled": gettext_noop(
        "Where a group has too few businesses in a unit, the gap is that of the wider group; such figures are marked."
    ),
    "sampling": gettext_noop(
        "The businesses checked themselves and were not drawn by lot, so a unit’s score need not hold for all its "
        "businesses."
    ),
}


def collect(kind: str, units: str, *, is_sample: bool) -> Collected:
    """Bring together what one of the alliance's indexes is made from.

    Raises
    ------
    IndicatorsError
        Fewer than two units may be shown.
    """
    if kind == CompositeIndex.Kind.READINESS:
        return readiness_index(units, is_sample=is_sample)
    return responsibility_index(is_sample=is_sample)


# ---------------------------------------------------------------- readiness
def readiness_index(units: str, *, is_sample: bool) -> Collected:
    """Middle levels by factor and gaps between groups, for every unit with enough businesses that agreed."""
    wider, finest = _GROUPS[units]
    medians = readiness.medians_by(is_sample=is_sample, by=[wider, finest])
    shown = medians.filter(pl.col("withheld") == "")
    overall = shown.filter(pl.col("node") == "total")
    if overall.height < 2:
        raise IndicatorsError(
            "Fewer than two units have enough businesses that agreed to be counted, so there is nothing to rank. "
            "Wait until more businesses have lent their scores."
        )
    factors = [node for node in medians["node"].unique(maintain_order=True).to_list() if node != "total"]
    wide = shown.filter(pl.col("node") != "total").pivot("node", index=finest, values="median", sort_columns=False)
    table = overall.select(pl.col(finest), pl.col(wider).alias("group"), pl.col("n").alias("businesses"))
    table = table.join(wide, on=finest, how="left", maintain_order="left")
    notes, gaps = ["sampling"], []
    for code, grouping, behind, ahead in _GAPS:
        gap = _gap(units, grouping, behind, ahead, is_sample=is_sample)
        joined = table.join(gap, on=finest, how="left", maintain_order="left")
        if joined["gap"].null_count() == joined.height or joined["gap"].n_unique() < 2:
            notes.append(code)
            continue
        gaps.append(code)
        table = joined.rename({"gap": code, "from": f"{code}{POOLED}"})
    if gaps:
        notes.append("pooled")
    table = table.rename({finest: "code"}).sort("code")
    return Collected(readiness_definition(factors, gaps, units), table, tuple(notes))


def _gap(units: str, grouping: str, behind: str, ahead: str, *, is_sample: bool) -> pl.DataFrame:
    """How far one group of businesses lies behind the other, unit by unit; of the wider group where one is too small.

    Both sides always come from the same width of group, so that no difference tells a small group's figure.
    """
    wider, finest = _GROUPS[units]
    by = {}
    for width, names in (("", [wider, finest]), (wider, [wider]), ("all", [])):
        found = readiness.medians_by(is_sample=is_sample, by=[grouping, *names])
        total = found.filter((pl.col("node") == "total") & (pl.col("withheld") == ""))
        by[width] = _sides(total, grouping, behind, ahead, names)
    units_of = readiness.medians_by(is_sample=is_sample, by=[wider, finest]).select(wider, finest).unique()
    rows = []
    for group, unit in units_of.iter_rows():
        options = (("", (group, unit)), (wider, (group,)), ("all", ()))
        width, key = next(((width, key) for width, key in options if key in by[width]), ("", None))
        rows.append((unit, None if key is None else by[width][key], width))
    return pl.DataFrame(rows, schema={finest: pl.String, "gap": pl.Float64, "from": pl.String}, orient="row")


def _sides(
    total: pl.DataFrame, grouping: str, behind: str, ahead: str, names: list[str]
) -> dict[tuple[str, ...], float]:
    """The difference wherever both sides may be shown."""
    sides: dict[tuple[str, ...], dict[str, float]] = {}
    for row in total.iter_rows(named=True):
        sides.setdefault(tuple(row[name] for name in names), {})[row[grouping]] = row["median"]
    return {
        key: round(found[ahead] - found[behind], 9) for key, found in sides.items() if {ahead, behind} <= set(found)
    }


def readiness_definition(factors: list[str], gaps: list[str], units: str) -> Index:
    """Define the readiness index: seven factors, and the gaps that could be shown."""
    source = "readiness checks of businesses that agreed to be counted"
    indicators = [
        Indicator(code=factor, parent="readiness", name=factor.replace("_", " ").capitalize(), unit="level 0 to 5",
                  goalposts=(0.0, _TOP_LEVEL), source=source)
        for factor in factors
    ] + [
        Indicator(code=code, parent="divide", name=code.replace("_", " ").capitalize(), unit="levels", direction=-1,
                  goalposts=(0.0, _WIDEST_GAP), source=source)
        for code in gaps
    ]  # fmt: skip
    nodes = [Node(code=ROOT, name="AI readiness of businesses"), Node(code="readiness", parent=ROOT, weight=3.0)]
    if gaps:
        nodes.append(Node(code="divide", parent=ROOT, weight=1.0))
    return Index(
        id=SLUGS["readiness", units],
        indicators=tuple(indicators),
        nodes=tuple(nodes),
        unit="code",
        treat=Treat(on=False),
        normalise=Goalposts(),
        licence="CC BY 4.0",
        version=str(timezone.localdate().year),
        uncertain=(("aggregate", ("arithmetic", "geometric")),),
    )


# ---------------------------------------------------------------- responsibility
def responsibility_index(*, is_sample: bool) -> Collected:
    """Answers of the companies that agreed to publication."""
    rows = []
    for disclosure in selectors.publishable_disclosures(is_sample=is_sample):
        points = {
            question.id: disclosing.LEVELS[disclosure.answers[question.id]["answer"]]
            for question in disclosing.questionnaire().questions
        }
        country = world.country(disclosure.organization.country)
        rows.append({"code": selectors.unit_code(disclosure), "name": disclosure.organization.name,
                     "region": country.region, **points})  # fmt: skip
    if len(rows) < 2:
        raise IndicatorsError(
            "Fewer than two companies agreed to have their disclosure published, so there is nothing to rank."
        )
    return Collected(disclosing.definition(), pl.DataFrame(rows))
