"""The shares of a population as a form takes them: a line each, in any language of the site."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from minga.deliberation import wording_consulting as wording
from minga.deliberation.engine.incoming_headers import plain_name
from minga.deliberation.engine.incoming_words import FIELDS, value_of
from minga.deliberation.engine.vocabulary import STRATA

Population = dict[str, dict[str, float]]

HELP = gettext_lazy(
    "One a line: kind; value; per cent. For example: %(example)s. What is missing to 100 counts as all others. Who "
    "takes part is compared with it in public."
)


def help_text() -> str:
    """Say how a line is written, with an example in the language of the page."""
    return str(HELP) % {"example": _line("gender", "woman", 0.504)}


def lines_of(population: Mapping[str, Mapping[str, float]]) -> str:
    """Write shares as lines in the words of the page; `read_lines` reads them back."""
    return "\n".join(
        _line(stratum, value, share) for stratum, shares in population.items() for value, share in shares.items()
    )


def _line(stratum: str, value: str, share: float) -> str:
    kind = str(wording.STRATUM_NAMES.get(stratum, stratum))
    return f"{kind}; {wording.stratum_value(stratum, value)}; {share * 100:.8g}"


def read_lines(text: str) -> Population:
    """Read shares line by line; what cannot be read is named with its line.

    Raises
    ------
    ValidationError
        A line has not three parts, its kind or value is unknown, it gives no share, or it repeats another line.
    """
    read: Population = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.replace("؛", ";").replace("；", ";").split(";")]
        stratum = _stratum(parts[0])
        if len(parts) != 3 or not stratum or not parts[1]:
            raise forms.ValidationError(
                _("Line %(number)s cannot be read. Write kind; value; per cent, where the kind is one of: %(kinds)s."),
                params={"number": number, "kinds": _listed(wording.STRATUM_NAMES.values())},
            )
        value, shares = _value(stratum, parts[1], number), read.setdefault(stratum, {})
        if plain_name(value) in {plain_name(one) for one in shares}:
            raise forms.ValidationError(
                _("Line %(number)s gives a share that another line gives already. Keep one of them."),
                params={"number": number},
            )
        shares[value] = _share(parts[2], number)
    return read


def _listed(names: Iterable[object]) -> str:
    return ", ".join(str(one) for one in names)


def _stratum(typed: str) -> str:
    """Return the stratum that a kind means: its name on the page, or a usual one in any language; "" where none."""
    plain = plain_name(typed)
    named = (one for one, name in wording.STRATUM_NAMES.items() if plain == plain_name(str(name)))
    return next(named, "") or next((one for one in STRATA if plain == one or plain in FIELDS[one]), "")


def _value(stratum: str, typed: str, number: int) -> str:
    """Return the value that is meant; a region is what people write."""
    if not STRATA[stratum]:
        return " ".join(typed.split())
    labels = {plain_name(str(wording.stratum_value(stratum, one))): one for one in STRATA[stratum]}
    found = labels.get(plain_name(typed)) or value_of(stratum, typed)
    if not found:
        raise forms.ValidationError(
            _("Line %(number)s: “%(value)s” is not known here. Write one of: %(known)s."),
            params={
                "number": number,
                "value": typed,
                "known": _listed(wording.stratum_value(stratum, one) for one in STRATA[stratum]),
            },
        )
    return found


def _share(text: str, number: int) -> float:
    try:
        percent = float(text.rstrip("%٪％ ").replace(",", ".").replace("٫", "."))
    except ValueError:
        percent = -1.0
    if not 0 <= percent <= 100:
        raise forms.ValidationError(
            _("Line %(number)s gives no number between 0 and 100. Correct it."), params={"number": number}
        )
    return round(percent / 100, 6)
