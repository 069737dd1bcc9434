"""Dates as people write them in six languages, and which of two numbers of a column is the day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from minga.text import fold

#: Day before month, month before day, and dates in which that cannot be told.
DAY_FIRST, MONTH_FIRST, UNDECIDED = "dmy", "mdy", "?"
_EARLIEST, _LATEST = date(1990, 1, 1), date(2200, 1, 1)
#: Spreadsheets count days from here; smaller and larger numbers are no days anybody writes about.
_FIRST_DAY, _SERIALS = datetime(1899, 12, 30, tzinfo=UTC), (20_000, 80_000)
#: Years of two digits from here on belong to the last century.
_LAST_CENTURY = 70

#: Names of months from January on, in English, French, Spanish, Russian and Arabic: that of the Gulf and Egypt, of
#: Tunisia and Algeria, of Morocco, and of the Levant. The first three letters are enough where none follow.
_MONTHS = (
    "january|jan|janvier|janv|enero|ene|январь|января|янв|يناير|جانفي|كانون الثاني",
    "february|feb|février|févr|fév|febrero|февраль|февраля|фев|февр|فبراير|فيفري|شباط",
    "march|mar|mars|marzo|март|марта|мар|مارس|آذار",
    "april|apr|avril|avr|abril|abr|апрель|апреля|апр|أبريل|أفريل|إبريل|نيسان",
    "may|mai|mayo|май|мая|مايو|ماي|أيار",
    "june|jun|juin|junio|июнь|июня|июн|يونيو|جوان|يونيه|حزيران",
    "july|jul|juillet|juil|julio|июль|июля|июл|يوليو|جويلية|يوليوز|يوليه|تموز",
    "august|aug|août|agosto|ago|август|августа|авг|أغسطس|أوت|غشت|آب",
    "september|sep|sept|septembre|septiembre|setiembre|сентябрь|сентября|сен|сент|سبتمبر|شتنبر|أيلول",
    "october|oct|octobre|octubre|октябрь|октября|окт|أكتوبر|تشرين الأول",
    "november|nov|novembre|noviembre|ноябрь|ноября|ноя|нояб|نوفمبر|نونبر|تشرين الثاني",
    "december|dec|décembre|déc|diciembre|dic|декабрь|декабря|дек|ديسمبر|دجنبر|كانون الأول",
)
_MONTH = {fold(name): number for number, names in enumerate(_MONTHS, start=1) for name in names.split("|")}
_NAME = "(?P<month>" + "|".join(re.escape(name) for name in sorted(_MONTH, key=len, reverse=True)) + r")(?![^\W\d_])\.?"

_TIME = (
    r"(?:[ t,]+(?:at |a |à |в |في )?(?P<hour>\d{1,2})[:h](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?: ?(?P<half>[ap])\.? ?m\.?| ?(?P<arabic>[صم]))?(?: ?(?:z|utc|gmt)? ?(?:[+-]\d{1,2}:?\d{0,2})?)?)?"
)
_WEEKDAY = r"(?:[^\W\d_]{2,10}\.?,? )?"
_YEAR = r"(?P<year>\d{4}|'?\d{2})(?: ?г\.?| ?年)?"
_YEAR_FIRST = re.compile(
    rf"(?P<year>\d{{4}})[-/. 年]+(?P<number>\d{{1,2}})[-/. 月]+(?P<day>\d{{1,2}})(?: ?日|号)?{_TIME}"
)
_NUMBERS = re.compile(
    rf"{_WEEKDAY}(?P<first>\d{{1,2}}) ?(?P<sign>[-/. ]) ?(?P<second_>\d{{1,2}}) ?[-/. ] ?{_YEAR}{_TIME}"
)
_DAY_NAMED = re.compile(
    rf"{_WEEKDAY}(?:le |el )?(?P<day>\d{{1,2}})(?:er|st|nd|rd|th|º|°|-го|\.)?(?: de | d'| of |[ -])?{_NAME}"
    rf"(?: de | del |[ ,-]+)?{_YEAR}{_TIME}"
)
_MONTH_NAMED = re.compile(rf"{_WEEKDAY}{_NAME} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? {_YEAR}{_TIME}")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")


def _plain(cell: str) -> str:
    return " ".join(fold(cell).replace("،", ",").replace("’", "'").split()).strip(" ,")


def day_order(cells: Iterable[str]) -> str:
    """Say which of two numbers is the day in the dates of a column.

    Parameters
    ----------
    cells : cells of one column

    Returns
    -------
    str
        "dmy" or "mdy" where a number above 12 decides it; "?" where dates are written so and nothing decides it, or
        some speak for one and some for the other; empty where no date is written so.
    """
    says: set[str] = set()
    for cell in cells:
        found = _NUMBERS.fullmatch(_plain(cell))
        if found is None or found["sign"] == ".":  # who writes points writes the day first
            continue
        first, second = int(found["first"]), int(found["second_"])
        if first > 12 >= second:
            says.add(DAY_FIRST)
        elif second > 12 >= first:
            says.add(MONTH_FIRST)
        elif first != second:
            says.add("")
    decided = says - {""}
    if len(decided) == 1:
        return decided.pop()
    return UNDECIDED if "" in says else ""


def needs_order(cell: str) -> bool:
    """Whether a date can be read only when it is known which number is the day."""
    found = _NUMBERS.fullmatch(_plain(cell))
    if found is None or found["sign"] == ".":
        return False
    first, second = int(found["first"]), int(found["second_"])
    return first <= 12 and second <= 12 and first != second


def read_date(cell: str, order: str = "") -> datetime | None:
    """Read a date, with its time where one stands there.

    Parameters
    ----------
    cell : as somebody wrote it, or the number of days by which spreadsheets keep it
    order : "dmy" or "mdy", for dates in which both numbers could be the day

    Returns
    -------
    datetime in UTC, or None where it is no date that can be told
    """
    plain = _plain(cell)
    if _SERIAL.fullmatch(plain):
        days = float(plain)
        return _FIRST_DAY + timedelta(seconds=round(days * 86400)) if _SERIALS[0] <= days <= _SERIALS[1] else None
    for pattern in (_YEAR_FIRST, _DAY_NAMED, _MONTH_NAMED):
        if found := pattern.fullmatch(plain):
            named = found.groupdict()
            month = int(named["number"]) if "number" in named else _MONTH[found["month"]]
            return _moment(found, month, int(found["day"]))
    found = _NUMBERS.fullmatch(plain)
    if found is None:
        return None
    first, second = int(found["first"]), int(found["second_"])
    if first > 12 or found["sign"] == "." or first == second:
        return _moment(found, second, first)
    if second > 12:
        return _moment(found, first, second)
    if order in {DAY_FIRST, MONTH_FIRST}:
        return _moment(found, second, first) if order == DAY_FIRST else _moment(found, first, second)
    return None


def _moment(found: re.Match[str], month: int, day: int) -> datetime | None:
    year = int(found["year"].strip("'"))
    if year < 100:
        year += 1900 if year >= _LAST_CENTURY else 2000
    hour = int(found["hour"] or 0)
    if (found["half"] == "p" or found["arabic"] == "م") and hour < 12:
        hour += 12
    elif (found["half"] == "a" or found["arabic"] == "ص") and hour == 12:
        hour = 0
    try:
        at = datetime(year, month, day, hour, int(found["minute"] or 0), int(found["second"] or 0), tzinfo=UTC)
    except ValueError:
        return None
    return at if _EARLIEST <= at.date() <= _LATEST else None
