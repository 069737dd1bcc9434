"""The engine's codes in the words of the page's language: every sentence of the report that is not a figure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from minga import members as world
from minga.readiness.engine.overlays import Overlay, known_overlays
from minga.readiness.engine.priorities import sentence_of
from minga.readiness.engine.report_types import GateResult, ItemResult, PeerFigures, Reason, Step
from minga.readiness.models import Assessment
from minga.web import vocabulary

Words = str | Promise

SENTENCES: dict[str, Words] = {
    "gate_and_goals": _(
        "Going from level %(level)s to %(next_level)s works towards opening a gate that is closed now and serves your "
        "goals: %(goals)s."
    ),
    "gate": _("Going from level %(level)s to %(next_level)s works towards opening a gate that is closed now."),
    "goals": _("Going from level %(level)s to %(next_level)s serves your goals: %(goals)s."),
    "plain": _(
        "Going from level %(level)s to %(next_level)s closes a gap, though it serves none of your chosen goals "
        "directly."
    ),
    "no_gap": _("Level %(level)s already reaches the target of %(target)s, so this step can wait."),
}
#: Without chosen goals nothing can be said about them.
_NO_GOALS = _("Going from level %(level)s to %(next_level)s closes a gap.")
REASONS: dict[str, Words] = {
    "opens_gate": _("A gate stands on this item and is closed: %(then)s"),
    "serves_goals": _("It serves %(count)s of your %(chosen)s goals: %(goals)s."),
    "serves_no_goal": _("It serves none of your chosen goals directly."),
    "gap_to_peers": _("A quarter of comparable enterprises stand at level %(target)s or above."),
    "gap_to_level_3": _("Level %(target)s is a good goal for most enterprises."),
    "cost": _("One more level usually costs: %(cost)s."),
    "time": _("One more level usually takes: %(time)s."),
    "inclusion": _("It changes who takes part and who gains."),
    "views_differ": _("Answers lie %(spread)s levels apart, so agree on where you stand first."),
    "for_inclusion": _("It is among the first five because one of them should widen who takes part."),
}
LATER: dict[str, Words] = {
    "cash": _("It costs more than the limit you gave."),
    "horizon": _("It takes longer than the limit you gave."),
    "cash_and_horizon": _("It costs more and takes longer than the limits you gave."),
}
GATES: dict[str, Words] = {
    "reached": _("Open: “%(item)s” stands at level %(level)s, and level %(below)s is needed."),
    "below": _("Closed: “%(item)s” stands at level %(level)s, but level %(below)s is needed."),
    "not_answered": _("Closed: “%(item)s” is not answered, and level %(below)s is needed."),
    "does_not_apply": _(
        "Closed: “%(item)s” was answered as not applying, so nothing shows that level %(below)s is reached."
    ),
}
WITHHELD: dict[str, Words] = {
    "few": _("Fewer than %(min_group)s businesses in this group agreed to be compared, so no figures are shown."),
    "dominated": _("One member makes up more than half of this group, so no figures are shown."),
    "protects": _("No figures are shown, because a smaller group could otherwise be worked out by subtraction."),
}
OVERALL = _("Overall")
NOT_SCORED = _("not scored")
STATES: dict[str, Words] = {
    "dk": _("not known"),
    "na": _("does not apply"),
    "blank": _("not answered"),
}
#: What the records of the knowledge room are called; the same words as there.
RECORD_TYPES: dict[str, Words] = {
    "regulation": _("Law or rule"),
    "scheme": _("Support programme"),
    "centre": _("Centre"),
    "course": _("Course"),
    "case": _("Case"),
    "standard": _("Standard or guide"),
    "solution": _("Tool or method"),
    "finance": _("Finance"),
    "report": _("Report"),
    "event": _("Event"),
    "expert": _("Expert"),
}
LANGUAGES: dict[str, Words] = {
    "ar": _("Arabic"),
    "en": _("English"),
    "es": _("Spanish"),
    "fr": _("French"),
    "ru": _("Russian"),
    "zh": _("Chinese"),
}
HELP: dict[str, Words] = {
    "factor": _("helps %(factor)s from level %(level)s to %(target)s"),
    "country": _("in this country: %(country)s"),
    "any_country": _("open to every country"),
    "sector": _("for your sector: %(sector)s"),
    "language": _("language: %(language)s"),
    "free": _("costs nothing"),
}


def language() -> str:
    """Return the language of the page."""
    return get_language() or settings.LANGUAGE_CODE


def _filled(words: Words, values: Mapping[str, Any]) -> str:
    shown = {name: _number(value) if isinstance(value, int | float) else value for name, value in values.items()}
    return str(words) % shown


def _between() -> str:
    """Return what stands between the items of a list."""
    return pgettext("between the items of a list", ", ")


def _number(value: float) -> str:
    """Write 3.0 as 3, and 2.75 as the language does."""
    return str(localize(int(value) if value == int(value) else value))


def sentence(step: Step, *, has_goals: bool) -> str:
    """Say why a step is worth taking, in one sentence."""
    code, values = sentence_of(step)
    # the engine lists goals as English does
    values = {**values, "goals": values["goals"].replace(", ", _between())}
    words = _NO_GOALS if code == "plain" and not has_goals else SENTENCES[code]
    return _filled(words, values)


def reasons(step: Step) -> list[str]:
    """Give the reasons that the sentence, the cost and the time do not say already."""
    said = {"cost", "time", "serves_goals", "serves_no_goal"}
    return [_reason(reason) for reason in step.reasons if reason.code not in said]


def _reason(reason: Reason) -> str:
    return _filled(REASONS[reason.code], reason.values)


def later(step: Step) -> str:
    """Say why a step is on the later list."""
    return str(LATER[step.later]) if step.later else ""


def gate(result: GateResult) -> str:
    """Say whether a gate is open, and why."""
    values = {"item": result.item_short, "level": result.level, "below": result.below}
    return _filled(GATES[result.why], values)


def state(item: ItemResult) -> str:
    """Say the level of an item, or why it has none."""
    if item.level is not None:
        return gettext("level %(level)s") % {"level": item.level}
    return str(STATES[item.state])


def withheld(peers: PeerFigures | None) -> str:
    """Say why the figures of a group are not shown; empty where they are the ones asked for."""
    if peers is None or not peers.withheld:
        return ""
    return _filled(WITHHELD[peers.withheld], {"min_group": settings.MIN_PEERS})


def peer_group(peers: PeerFigures) -> str:
    """Name the group of peers in words, such as “Manufacturing, 10 to 49 people, Northern Africa”."""
    named = [_peer_part(name, value) for name, value in peers.group]
    if not named:
        return gettext("all businesses that agreed to be compared")
    return _between().join(named)


def _peer_part(name: str, value: str) -> str:
    if name == "section":
        return world.sector(value).name(language())
    if name == "size":
        return str(Assessment.Size(value).label)
    return str(REGIONS.get(value, value))


def help_reason(code: str, values: Mapping[str, Any]) -> str:
    """Put one reason why a record fits into words."""
    said = dict(values)
    if code == "factor":
        said["factor"] = vocabulary.labels("factors").get(values["factor"], values["factor"])
    elif code == "country":
        said["country"] = world.country(values["country"]).name(language())
    elif code == "sector":
        said["sector"] = world.sector(values["sector"]).name(language())
    elif code == "language":
        said["language"] = LANGUAGES.get(values["language"], values["language"])
    return _filled(HELP[code], said)


def overlay_title(overlay_id: str, title: str = "") -> str:
    """Name an overlay: by its own title, else by the sectors or countries it was written for."""
    if title:
        return title
    found = next((one for one in known_overlays() if one.id == overlay_id), None)
    return _made_for(found) if found else overlay_id


def _made_for(overlay: Overlay) -> str:
    applies = overlay.content.applies_to
    names = [world.country(code).name(language()) for code in applies.country]
    divisions = dict.fromkeys(code[:2] for code in applies.isic4)
    names += [world.sector(code).name(language()) for code in list(divisions)[:_MOST_NAMES]]
    return pgettext("between the items of a list", "; ").join(names) if names else overlay.id


def joined(parts: Iterable[str]) -> str:
    """Join short phrases as items of a list do."""
    return " · ".join(parts)


#: A title names no more sectors than these; the first ones are the main ones.
_MOST_NAMES = 2

#: The subregions of M49 that peers are grouped by.
REGIONS: dict[str, Words] = {
    "Australia and New Zealand": _("Australia and New Zealand"),
    "Central Asia": _("Central Asia"),
    "Eastern Asia": _("Eastern Asia"),
    "Eastern Europe": _("Eastern Europe"),
    "Latin America and the Caribbean": _("Latin America and the Caribbean"),
    "Melanesia": _("Melanesia"),
    "Micronesia": _("Micronesia"),
    "Northern Africa": _("Northern Africa"),
    "Northern America": _("Northern America"),
    "Northern Europe": _("Northern Europe"),
    "Polynesia": _("Polynesia"),
    "South-eastern Asia": _("South-eastern Asia"),
    "Southern Asia": _("Southern Asia"),
    "Southern Europe": _("Southern Europe"),
    "Sub-Saharan Africa": _("Sub-Saharan Africa"),
    "Western Asia": _("Western Asia"),
    "Western Europe": _("Western Europe"),
}


# ---------------------------------------------------------------- programmes
STAGES: dict[str, Words] = {
    "joined": _("joined, no check submitted yet"),
    "checked": _("checked once, by their own word"),
    "validated": _("checked once, validated by an assessor"),
    "checked-again": _("checked again after 90 days or more"),
}
GROUPS: dict[str, Words] = {
    "size": _("By size"),
    "section": _("By sector"),
    "location": _("By place"),
    "leadership": _("By leadership"),
}
_GROUP_VALUES: dict[str, Words] = {
    "rural": _("rural areas"),
    "women": _("led by women, by their own declaration"),
    "others": _("others"),
}


def group_value(name: str, value: str) -> str:
    """Name one group of businesses, such as those of a size."""
    if name in {"size", "section"}:
        return _peer_part(name, value)
    return str(_GROUP_VALUES[value])


def node_name(node: str) -> str:
    """Name a factor, or the total."""
    return str(OVERALL) if node == "total" else str(vocabulary.labels("factors").get(node, node))


def in_order(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Put rows into the order of the questionnaire, the total last."""
    order = list(vocabulary.labels("factors"))
    return sorted(rows, key=lambda row: order.index(row["node"]) if row["node"] in order else len(order))
