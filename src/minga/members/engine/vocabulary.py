"""Countries (M49, ISO 3166) and economic sectors (ISIC), read once from the tables beside this room."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from minga.members.engine.errors import MembersError

LANGUAGES = ("en", "fr", "es", "ar", "zh", "ru")
LEVELS = ("section", "division")
REVISIONS = (4, 5)
_SECTOR_TRANSLATIONS = ("fr", "es", "ru", "ar", "zh")


@dataclass(frozen=True, slots=True)
class Country:
    """A country or area of the United Nations' M49 list.

    ``ldc``, ``lldc`` and ``sids`` say whether it is a least developed, a landlocked developing or a small
    island developing country; ``income`` is the World Bank's group, empty where it gives none.
    """

    iso2: str
    iso3: str
    m49: str
    names: Mapping[str, str]
    region: str
    subregion: str
    intermediate_region: str
    ldc: bool
    lldc: bool
    sids: bool
    income: str

    def name(self, lang: str = "en") -> str:
        """Give the name in a language, or in English where there is none."""
        return _in_language(self.names, lang)


@dataclass(frozen=True, slots=True)
class Sector:
    """A section (letter) or division (two digits) of ISIC."""

    code: str
    level: str
    section: str
    title: str
    titles: Mapping[str, str]
    revision: int

    def name(self, lang: str = "en") -> str:
        """Give the title in a language, or in English where there is none."""
        return _in_language(self.titles, lang)


def _in_language(texts: Mapping[str, str], lang: str) -> str:
    # "fr-ca" asks for French; a name in a neighbouring variant is better than one in English.
    return texts.get(lang.lower().partition("-")[0]) or texts["en"]


def countries() -> tuple[Country, ...]:
    """Give every country and area, by English name.

    Source: M49 standard of the UN Statistics Division; World Bank income groups. See vocabulary/README.md.
    """
    return tuple(_countries_by_code().values())


def country(iso2: str) -> Country:
    """Find a country by its two-letter code.

    Raises
    ------
    MembersError
        There is no country with this code.
    """
    try:
        return _countries_by_code()[iso2.upper()]
    except KeyError:
        raise MembersError(
            f"There is no country with the code {iso2!r}. Use a two-letter code of ISO 3166, such as TN for Tunisia; "
            "`minga members countries` lists them."
        ) from None


def sectors(level: str | None = None, *, revision: int = 4) -> tuple[Sector, ...]:
    """Give the sectors of ISIC in their order, all or only those of one level ("section" or "division").

    Raises
    ------
    MembersError
        The level or the revision is not known.

    Source: International Standard Industrial Classification, revisions 4 (2008) and 5 (2023), UN Statistics Division.
    """
    if level is not None and level not in LEVELS:
        raise MembersError(f"ISIC has no level {level!r} here. Use {' or '.join(map(repr, LEVELS))}.")
    return tuple(one for one in _sectors_by_code(revision).values() if level in (None, one.level))


def sector(code: str, *, revision: int = 4) -> Sector:
    """Find a sector by its ISIC code: a letter for a section, two digits for a division.

    Raises
    ------
    MembersError
        There is no sector with this code in this revision.
    """
    try:
        return _sectors_by_code(revision)[code.upper()]
    except KeyError:
        raise MembersError(
            f"ISIC revision {revision} has no section or division {code!r}. Use a letter from A on, or two digits "
            "such as 10 for food; `minga members sectors` lists them."
        ) from None


@cache
def _countries_by_code() -> Mapping[str, Country]:
    found = [
        Country(
            iso2=row["iso2"],
            iso3=row["iso3"],
            m49=row["m49"],
            names=MappingProxyType({lang: row[f"name_{lang}"] for lang in LANGUAGES if row[f"name_{lang}"]}),
            region=row["region"],
            subregion=row["subregion"],
            intermediate_region=row["intermediate_region"],
            ldc=row["ldc"] == "1",
            lldc=row["lldc"] == "1",
            sids=row["sids"] == "1",
            income=row["wb_income"],
        )
        for row in _rows("countries.csv")
    ]
    return MappingProxyType({one.iso2: one for one in sorted(found, key=lambda one: one.names["en"])})


@cache
def _sectors_by_code(revision: int) -> Mapping[str, Sector]:
    if revision not in REVISIONS:
        known = " and ".join(map(str, REVISIONS))
        raise MembersError(f"ISIC revision {revision!r} is not held here. Revisions {known} are.")
    translations = {lang: _translated_titles(lang, revision) for lang in _SECTOR_TRANSLATIONS}
    found = {}
    for row in _rows("isic.csv"):
        if row["revision"] != str(revision):
            continue
        titles = {"en": row["title_en"]}
        titles |= {lang: texts[row["code"]] for lang, texts in translations.items() if row["code"] in texts}
        found[row["code"]] = Sector(
            code=row["code"],
            level=row["level"],
            section=row["section"],
            title=row["title_en"],
            titles=MappingProxyType(titles),
            revision=revision,
        )
    return MappingProxyType(found)


def _translated_titles(lang: str, revision: int) -> dict[str, str]:
    return {row["code"]: row["title"] for row in _rows(f"isic.{lang}.csv") if row["revision"] == str(revision)}


def _rows(name: str) -> list[dict[str, str]]:
    # The csv reader keeps every cell as text: "NA" is Namibia, "01" a division.
    text = (files("minga.members") / "vocabulary" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
