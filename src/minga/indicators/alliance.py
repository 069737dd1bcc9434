"""The alliance's own indexes, brought together from other rooms: readiness by country or sector, responsibility."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import polars as pl
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_noop

from minga import members as world
from minga.indicators import disclosing, selectors
from minga.indicators.calculation import BASIS, POOLED, SHARE
from minga.indicators.engine.definition import Index, Indicator, Node
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.engine.scales import Goalposts
from minga.indicators.engine.steps import Treat
from minga.indicators.models import CompositeIndex
from minga.readiness import selectors as readiness

#: for a kind of unit: the name of its group and of the wider one
GROUPS = {"country": ("region", "country"), "sector": ("section", "sector")}
#: gaps between groups of businesses: code, grouping, the group that usually lags, the other
GAPS = (
    ("size_gap", "band", "small", "large"),
    ("leadership_gap", "leadership", "women", "others"),
    ("location_gap", "location", "rural", "others"),
)
#: the node of the overall level in the tables of readiness
TOTAL = "total"
#: whose levels a figure stands on, the better basis first
BASES = (readiness.VALIDATED, readiness.DECLARED)
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
        "es": "Preparación de las empresas para la IA, por país",
        "ru": "Готовность предприятий к ИИ по странам",
        "ar": "جاهزية المؤسسات للذكاء الاصطناعي بحسب البلد",
        "zh": "各国企业的人工智能就绪度",
    },
    "readiness-sectors": {
        "en": "Readiness of businesses for AI, by sector",
        "fr": "Préparation des entreprises à l’IA, par secteur",
        "es": "Preparación de las empresas para la IA, por sector",
        "ru": "Готовность предприятий к ИИ по отраслям",
        "ar": "جاهزية المؤسسات للذكاء الاصطناعي بحسب القطاع",
        "zh": "各行业企业的人工智能就绪度",
    },
    "responsibility": {
        "en": "Responsibility of member companies in the digital economy",
        "fr": "Responsabilité des entreprises membres dans l’économie numérique",
        "es": "Responsabilidad de las empresas miembros en la economía digital",
        "ru": "Ответственность компаний-членов в цифровой экономике",
        "ar": "مسؤولية الشركات الأعضاء في الاقتصاد الرقمي",
        "zh": "成员公司在数字经济中的责任",
    },
}
SUMMARIES = {
    "readiness": {
        "en": "Middle levels of businesses that checked themselves and agreed to be counted, with gaps between groups.",
        "fr": "Niveaux médians des entreprises qui se sont évaluées et ont accepté d’être comptées, et leurs écarts.",
        "es": "Niveles medianos de las empresas que se evaluaron y aceptaron ser contadas, y brechas entre grupos.",
        "ru": "Медианные уровни предприятий, которые проверили себя и согласились на учёт, и разрывы между группами.",
        "ar": "المستويات الوسيطة للمؤسسات التي فحصت نفسها ووافقت على احتسابها، مع الفجوات بين المجموعات.",
        "zh": "做过自评并同意计入统计的企业的中位等级，以及各群体之间的差距。",
    },
    "readiness-sectors": {
        "en": "Middle levels of businesses that checked themselves and agreed to be counted, sector by sector.",
        "fr": "Niveaux médians, par secteur, des entreprises qui se sont évaluées et ont accepté d’être comptées.",
        "es": "Niveles medianos, sector por sector, de las empresas que se evaluaron y aceptaron ser contadas.",
        "ru": "Медианные уровни предприятий, которые проверили себя и согласились на учёт, по отраслям.",
        "ar": "المستويات الوسيطة للمؤسسات التي فحصت نفسها ووافقت على احتسابها، قطاعًا قطاعًا.",
        "zh": "做过自评并同意计入统计的企业的中位等级，按行业分列。",
    },
    "responsibility": {
        "en": "What member companies disclose about AI, data, work and energy, each answer with public evidence.",
        "fr": "Ce que publient les entreprises membres sur l’IA, les données, le travail et l’énergie, avec preuves.",
        "es": "Lo que las empresas miembros declaran sobre IA, datos, trabajo y energía, con pruebas públicas.",
        "ru": "Что компании-члены сообщают об ИИ, данных, труде и энергии; каждый ответ — с открытым подтверждением.",
        "ar": "ما تفصح عنه الشركات الأعضاء بشأن الذكاء الاصطناعي والبيانات والعمل والطاقة، مع إثبات علني لكل إجابة.",
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
    "declared": gettext_noop(
        "All levels are self-declared: no unit has ten businesses yet whose levels an assessor checked."
    ),
    "validated": gettext_noop("All levels were checked by assessors."),
    "partly_validated": gettext_noop(
        "Some figures stand on levels that assessors checked, others on self-declared levels that nobody checked yet; "
        "each says which. Self-declared levels are often higher, so compare the two with care."
    ),
    "added": gettext_noop(
        "Beside the answers of businesses stand figures from elsewhere; each names its source and its year."
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
    rows, factors = _levels(units, is_sample=is_sample)
    if len(rows) < 2:
        raise IndicatorsError(
            "Fewer than two units have enough businesses that agreed to be counted, so there is nothing to rank. "
            "Wait until more businesses have lent their scores."
        )
    table = pl.DataFrame(rows, infer_schema_length=None).sort("code")
    notes, gaps = ["sampling"], []
    for code, grouping, behind, ahead in GAPS:
        found = _gap(table, units, grouping, behind, ahead, factor=factors[0], is_sample=is_sample)
        if found["gap"].null_count() == found.height or found["gap"].n_unique() < 2:
            notes.append(code)
            continue
        gaps.append(code)
        named = {"gap": code, "from": f"{code}{POOLED}", "basis": f"{code}{BASIS}"}
        table = table.hstack([found[name].alias(column) for name, column in named.items()])
    if gaps:
        notes.append("pooled")
    notes.append(_validation_note(table))
    return Collected(readiness_definition(factors, gaps, units), table, tuple(notes))


def _levels(units: str, *, is_sample: bool) -> tuple[list[dict[str, Any]], list[str]]:
    """One row a unit: its middle level on each factor, all of them on one basis, and what that basis is."""
    wider, finest = GROUPS[units]
    by_basis = {basis: readiness.medians_by(is_sample=is_sample, by=[wider, finest], basis=basis) for basis in BASES}
    declared = by_basis[readiness.DECLARED]
    factors = [node for node in declared["node"].unique(maintain_order=True).to_list() if node != TOTAL]
    medians, counts = {}, {}
    for basis, table in by_basis.items():
        for row in table.filter(pl.col("withheld") == "").iter_rows(named=True):
            medians[basis, row[finest], row["node"]] = row["median"]
            counts[basis, row[finest], row["node"]] = row["n"]
    rows = []
    for group, unit in declared.select(wider, finest).unique(maintain_order=True).iter_rows():
        if (readiness.DECLARED, unit, TOTAL) not in medians:
            continue
        # a unit stands on validated levels only where all its factors can: a mixture would compare with nothing
        checked = all((readiness.VALIDATED, unit, node) in medians for node in (*factors, TOTAL))
        basis = readiness.VALIDATED if checked else readiness.DECLARED
        among, validated = counts[readiness.DECLARED, unit, TOTAL], counts.get((readiness.VALIDATED, unit, TOTAL))
        levels = {node: medians.get((basis, unit, node)) for node in factors}
        rows.append(
            {"code": unit, "group": group, "businesses": counts[basis, unit, TOTAL], SHARE: _share(validated, among)}
            | levels
            | {f"{node}{BASIS}": "" if level is None else basis for node, level in levels.items()}
        )
    return rows, factors


def _share(validated: int | None, among: int) -> float | None:
    """Which share of a unit's businesses is validated; null where that would count fewer than the policy allows."""
    if validated is None or 0 < among - validated < settings.MIN_PEERS:
        return None
    return round(validated / among, 2)


def _validation_note(table: pl.DataFrame) -> str:
    """Which sentence says how far levels were checked."""
    bases = {value for name in table.columns if name.endswith(BASIS) for value in table[name].to_list() if value}
    if bases == {readiness.VALIDATED}:
        return "validated"
    return "declared" if bases == {readiness.DECLARED} else "partly_validated"


def _gap(
    table: pl.DataFrame, units: str, grouping: str, behind: str, ahead: str, *, factor: str, is_sample: bool
) -> pl.DataFrame:
    """How far one group of businesses lies behind the other, unit by unit; of the wider group where one is too small.

    Both sides always come from the same width of group and the same basis, so that no difference tells a small
    group's figure, and none compares checked levels with unchecked ones. `factor` is one of the unit's levels, whose
    basis the gap takes too where it can.
    """
    wider, finest = GROUPS[units]
    sides = {}
    for width, names in (("", [wider, finest]), (wider, [wider]), ("all", [])):
        for basis in BASES:
            found = readiness.medians_by(is_sample=is_sample, by=[grouping, *names], basis=basis)
            total = found.filter((pl.col("node") == TOTAL) & (pl.col("withheld") == ""))
            sides[width, basis] = _sides(total, grouping, behind, ahead, names)
    rows = []
    for group, unit, basis in table.select("group", "code", f"{factor}{BASIS}").iter_rows():
        keys = {"": (group, unit), wider: (group,), "all": ()}
        # the basis of the unit's own levels first; a self-declared unit has no checked gap either
        bases = BASES if basis == readiness.VALIDATED else (readiness.DECLARED,)
        at = next((at for wanted in bases for at in sides if at[1] == wanted and keys[at[0]] in sides[at]), None)
        gap = None if at is None else sides[at][keys[at[0]]]
        rows.append((gap, *(at or ("", ""))))
    return pl.DataFrame(rows, schema={"gap": pl.Float64, "from": pl.String, "basis": pl.String}, orient="row")


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


def ranked_code(units: str, text: str) -> str | None:
    """Return the code under which indexes rank a country or sector; None where there is no such one."""
    try:
        if units == CompositeIndex.Units.SECTOR:
            return world.sector(text).code
        return next((one.iso2 for one in world.countries() if text.upper() in (one.iso2, one.iso3)), None)
    except world.MembersError:
        return None


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
