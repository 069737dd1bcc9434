"""Consultations in the words of the page's language: texts with their translations, steps, rules, refusals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from minga import members as world

Words = str | Promise


def language() -> str:
    """Return the language of the page."""
    return get_language() or settings.LANGUAGE_CODE


# ---------------------------------------------------------------- texts with translations
@dataclass(frozen=True)
class Shown:
    """Title and description in the language of the page, or in the one in which they were written."""

    title: str
    about: str
    language: str


def shown(thing: Any) -> Shown:
    """Return title and description of a consultation or a conversation as the page shows them."""
    spoken = language()
    translated = thing.translations.get(spoken, {}) if spoken != thing.language else {}
    if not translated.get("title"):
        return Shown(thing.title, thing.about, thing.language)
    return Shown(translated["title"], translated.get("about") or thing.about, spoken)


def where(thing: Any) -> str:
    """Name the place of a consultation or a round: a region or city with its country, or the alliance."""
    if not thing.country:
        return str(_("the whole alliance"))
    country = world.country(thing.country).name(language())
    if not thing.place:
        return country
    return str(_("%(place)s, %(country)s") % {"place": thing.place, "country": country})


def asked_by(consultation: Any) -> str:
    """Say who asks: the organization, or the secretariat of the alliance."""
    return consultation.organization.name if consultation.organization else str(_("The secretariat of the alliance"))


# ---------------------------------------------------------------- steps
STEPS: Mapping[str, tuple[Words, Words]] = {
    "take_in": (_("Take in"), _("Voices come in, by every way.")),
    "sort": (_("Sort"), _("People read each voice and find its themes.")),
    "answer": (pgettext_lazy("a step", "Answer"), _("Each voice gets an answer with its reason.")),
    "draft": (_("Draft"), _("A text is written from the answers, clause by clause.")),
    "adopt": (_("Adopt"), _("It can be adopted once no voice waits for an answer.")),
    "follow_up": (_("Follow up"), _("What was promised is done, and everyone sees how far it is.")),
}
STEP_STATES: Mapping[str, Words] = {
    "done": pgettext_lazy("a step", "done"),
    "now": pgettext_lazy("a step", "under way"),
    "later": pgettext_lazy("a step", "not begun"),
}


@dataclass(frozen=True)
class Step:
    """One step of a consultation on its page."""

    name: Words
    about: Words
    state: str

    @property
    def state_name(self) -> Words:
        """The state in words, so that it does not rest on colour."""
        return STEP_STATES[self.state]


def steps(progress: Any) -> list[Step]:
    """Lay the six steps out in words."""
    return [Step(*STEPS[name], state) for name, state in progress.steps()]


# ---------------------------------------------------------------- rules that stand where nobody wrote others
#: by name: the words, and whether a statement can be left out for it
_POLICY: Mapping[str, tuple[Words, bool]] = {
    "ideas": (_("Say what you think about the question. Disagree with ideas, never with people."), False),
    "insult": (_("No statement may insult anybody."), True),
    "threat": (_("No statement may threaten anybody."), True),
    "violence": (_("No statement may call for violence."), True),
    "private": (_("Do not write names, addresses or telephone numbers of people. We take them out where we find them."),
                True),
    "advertising": (_("No statement may advertise anything."), True),
    "question": (_("A statement says something about the question."), True),
    "disagreeing": (_("A statement is left out only for one of these rules. That we disagree is no reason."), False),
    "reasons": (_("Who leaves a statement out writes down which of these rules it breaks. The log of all decisions is "
                  "public, and each decision can be undone."), False),
    "machines": (_("Votes that look like those of a machine are looked at by a person. None is left out silently."),
                 False),
}  # fmt: skip


def policy(consultation: Any) -> list[str]:
    """Return the rules of moderation by paragraph: those of the consultation, or those that every one begins with."""
    return _own_policy(consultation) or [str(line) for line, _is_ground in _POLICY.values()]


def _own_policy(consultation: Any) -> list[str]:
    return [line.strip() for line in consultation.policy.splitlines() if line.strip()]


def grounds(consultation: Any) -> list[tuple[str, str]]:
    """Return the rules for which a statement can be left out: by their name, or by number where they are its own.

    Of a consultation's own rules nobody but its team can say which are meant, so all of them are there.
    """
    own = _own_policy(consultation)
    if own:
        return [(str(number), line) for number, line in enumerate(own, start=1)]
    return [(name, str(line)) for name, (line, is_ground) in _POLICY.items() if is_ground]


def rule(name: str) -> str:
    """Return one of the rules that every consultation begins with, in the language of the page; empty for none."""
    return str(_POLICY[name][0]) if name in _POLICY else ""


# ---------------------------------------------------------------- refusals
REFUSALS: Mapping[str, Words] = {
    "slug": _("This word cannot stand in an address of this site. Use small letters of the Latin alphabet, digits "
              "and hyphens, and none of the site’s own words."),
    "taken": _("Another consultation has this address already. Choose another word."),
    "reach": _("Choose how far the consultation reaches."),
    "country": _("A country, a region or a city needs its country. Choose it."),
    "place": _("A region or a city needs its name. Write it."),
    "changed": _("Somebody else changed these settings while you were writing. Your words still stand here; look at "
                 "the others’ in a second window, then save again."),
    "about": _("People must read what they are asked, and what happens with their voices. Write at least two "
               "sentences about it first."),
    "state": _("The consultation has moved on meanwhile. Look at this page again."),
    "talking": _("A conversation of this consultation is still open. Close it first, then the consultation."),
    "voices": _("People have spoken in this consultation, so it cannot be deleted. Close it instead."),
    "source": _("Shares of the population need the source that they come from. Write it."),
    "shares": _("The shares of one kind add up to more than 100 per cent. Correct them."),
    "stratum": _("Shares can be given for gender, region, type and size."),
    "dates": _("The round would close before it opens. Correct one of the dates."),
    "same_name": _("Another round has this name already. Give this one another name."),
    "parent": _("The round into which this one rolls up is gone. Choose another one."),
    "round": _("This round is gone. Look at the list again."),
    "loop": _("A round cannot roll up into itself or into one of its own parts. Choose another one."),
    "used": _("Voices, conversations or smaller rounds belong to this round, so it stays."),
    "nobody": _("No account has this address. Ask the person to sign up first, then add them here."),
    "empty": _("There are no words in what you sent. Write what you want to say."),
    "adopted": _("The draft is adopted, so nothing can be taken in any more."),
    "closed": _("No voices are taken in here at the moment."),
}  # fmt: skip


def refusal(code: str) -> Words:
    """Say why a step is not possible."""
    return REFUSALS.get(code, _("This is not possible now. Look at the page again."))


# ---------------------------------------------------------------- strata
STRATUM_NAMES: Mapping[str, Words] = {
    "gender": _("Gender"),
    "region": _("Region"),
    "type": _("Who speaks"),
    "size": _("People at work there"),
}
STRATUM_VALUES: Mapping[str, Mapping[str, Words]] = {
    "gender": {"woman": _("woman"), "man": _("man"), "other": _("other")},
    "type": {
        "government": _("Government"),
        "international": _("International organization"),
        "company": _("Company"),
        "sme": _("Small or medium-sized enterprise"),
        "university": _("University or research institute"),
        "association": _("Business association or chamber"),
        "civil_society": _("Civil society organization"),
        "person": _("A person, for themselves"),
    },
    "size": {
        "1-9": _("1 to 9 people"),
        "10-49": _("10 to 49 people"),
        "50-249": _("50 to 249 people"),
        "250+": _("250 people or more"),
    },
}


def stratum_value(stratum: str, value: str) -> Words:
    """Name a value of a stratum; a region is what people wrote."""
    return STRATUM_VALUES.get(stratum, {}).get(value, value)
