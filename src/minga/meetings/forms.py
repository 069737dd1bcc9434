"""Forms of meetings: calling one, its agenda, who comes, minutes, takeaways."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from minga.meetings import selectors, wording
from minga.meetings.engine import zones
from minga.meetings.engine.errors import ZoneError
from minga.meetings.models import Meeting, Session

_DAY = "%Y-%m-%d"
_CLOCK = "%H:%M"


class PlainForm(forms.Form):
    """A form whose labels are questions and need no colon."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.label_suffix = ""


def day_field(label: Any, **named: Any) -> forms.DateField:
    """Ask for a day with the browser's own calendar."""
    return forms.DateField(label=label, widget=forms.DateInput(format=_DAY, attrs={"type": "date"}), **named)


def clock_field(label: Any, **named: Any) -> forms.TimeField:
    """Ask for a time of day with the browser's own clock."""
    return forms.TimeField(label=label, widget=forms.TimeInput(format=_CLOCK, attrs={"type": "time"}), **named)


def long_text(label: Any, rows: int, most: int, **named: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=most, widget=forms.Textarea(attrs={"rows": rows}), **named)


class MeetingForm(PlainForm):
    """What a meeting is, when and where, and who may see it."""

    kind = forms.ChoiceField(label=_("What kind of meeting?"), choices=Meeting.Kind.choices)
    title = forms.CharField(label=_("Title"), max_length=200)
    about = long_text(
        _("What is it about?"),
        5,
        5000,
        required=False,
        help_text=_("Of a visit or an exchange: what do you want to learn?"),
    )
    language = forms.ChoiceField(label=_("In which language is it written and held?"), choices=settings.LANGUAGES)
    body = forms.ChoiceField(
        label=_("Which body of the alliance meets?"),
        required=False,
        help_text=_("Whoever holds a role in it sees the meeting and can change it."),
    )
    organization = forms.ChoiceField(label=_("Which organization is the host?"), required=False)
    country = forms.ChoiceField(label=_("Which country?"), required=False)
    place = forms.CharField(
        label=_("Where?"), max_length=200, required=False, help_text=_("Address or room; empty if it is online only.")
    )
    online_link = forms.URLField(
        label=_("Link to join online"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Shown only to those who said that they come."),
    )
    day = day_field(_("On which day does it begin?"))
    begins = clock_field(_("At what time?"))
    last_day = day_field(_("On which day does it end?"), required=False, help_text=_("Empty: on the same day."))
    ends = clock_field(_("At what time does it end?"))
    time_zone = forms.ChoiceField(label=_("In which time zone are these times?"), initial="UTC")
    capacity = forms.IntegerField(
        label=_("How many can come?"), min_value=1, max_value=100_000, required=False, help_text=_("Empty: no limit.")
    )
    is_public = forms.BooleanField(
        label=_("Everyone may see this meeting"),
        required=False,
        help_text=_("Otherwise only the body, those who organize it and those who are invited."),
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, account: Any, *arguments: Any, meeting: Meeting | None = None, **named: Any) -> None:
        if meeting is not None:
            named.setdefault("initial", _initial(meeting))
        super().__init__(*arguments, **named)
        self.bodies = {str(one.pk): one for one in selectors.bodies_for(account)}
        self.hosts = {str(one.pk): one for one in selectors.organizations_for(account)}
        if meeting is not None:  # what it has already stays a choice, whoever changes it
            self.bodies |= {str(one.pk): one for one in (meeting.body,) if one is not None}
            self.hosts |= {str(one.pk): one for one in (meeting.organization,) if one is not None}
        self.may_alone = selectors.is_secretariat(account)
        self.fields["body"].choices = [("", _("none")), *((key, _named(one)) for key, one in self.bodies.items())]
        self.fields["organization"].choices = [("", _("none")), *((key, one.name) for key, one in self.hosts.items())]
        self.fields["country"].choices = [("", _("none")), *wording.country_choices()]
        self.fields["time_zone"].choices = wording.zone_choices(meeting.time_zone if meeting else "")
        if meeting is None and len(self.hosts) == 1:  # where the only host is at home, and on its clocks
            (host,) = self.hosts.values()
            self.fields["organization"].initial, self.fields["country"].initial = str(host.pk), host.country
            self.fields["time_zone"].initial = selectors.last_zone_of(host) or "UTC"

    def clean(self) -> dict[str, Any]:
        """Bring days and times together, and ask for somebody who calls the meeting."""
        given = super().clean() or {}
        if not self.may_alone and not given.get("body") and not given.get("organization"):
            self.add_error("organization", _("Choose the body that meets or the organization that is the host."))
        starts, ends = self._moment("day", "begins"), self._moment("last_day", "ends", instead="day")
        if starts and ends and ends < starts:
            self.add_error("ends", wording.REFUSALS["order"])
        return given | {"starts_at": starts, "ends_at": ends}

    def _moment(self, day: str, clock: str, instead: str = "") -> datetime | None:
        given = self.cleaned_data
        on = given.get(day) or given.get(instead)
        if on is None or given.get(clock) is None or not given.get("time_zone"):
            return None
        try:
            return zones.moment(on, given[clock], given["time_zone"])
        except (ZoneError, OverflowError):
            self.add_error(clock, _("Clocks in this time zone jump over this time on that day. Choose a later one."))
            return None

    def meeting(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        plain = ("kind", "title", "about", "language", "country", "place", "online_link", "starts_at", "ends_at")
        return {name: given[name] for name in (*plain, "time_zone", "capacity", "is_public")} | {
            "body": self.bodies.get(given["body"]),
            "organization": self.hosts.get(given["organization"]),
        }


def _named(body: Any) -> Any:
    """Name a body in the words of the page: the alliance's own bodies have translated names."""
    return _(body.name)


def _initial(meeting: Meeting) -> dict[str, Any]:
    starts, ends = (zones.in_zone(at, meeting.time_zone) for at in (meeting.starts_at, meeting.ends_at))
    plain = ("kind", "title", "about", "language", "country", "place", "online_link", "time_zone", "capacity")
    return {name: getattr(meeting, name) for name in (*plain, "is_public")} | {
        "body": str(meeting.body_id or ""),
        "organization": str(meeting.organization_id or ""),
        "day": starts.date(),
        "begins": starts.time(),
        "last_day": ends.date(),
        "ends": ends.time(),
        "seen": meeting.sequence,
    }


def stored_beside(form: forms.Form) -> list[tuple[Any, Any]]:
    """Return label and stored value of every field in which what was typed differs from what stands now."""
    rows = []
    for name in form.changed_data:
        field, stored = form.fields[name], form.initial.get(name)
        if not field.widget.is_hidden:
            named = dict(field.choices) if isinstance(field, forms.ChoiceField) else {}
            rows.append((field.label, named.get(stored, stored)))
    return rows


# ---------------------------------------------------------------- agenda
class SessionForm(PlainForm):
    """One entry of the agenda; its time is read in the zone of the meeting."""

    title = forms.CharField(label=_("What is it about?"), max_length=200)
    speakers = forms.CharField(label=_("Who speaks or leads?"), max_length=300, required=False)
    about = long_text(_("More about it"), 3, 3000, required=False)
    day = forms.ChoiceField(label=_("On which day?"), required=False)
    begins = clock_field(_("At what time?"), required=False)
    minutes_long = forms.IntegerField(label=_("How many minutes?"), min_value=1, max_value=1440, required=False)
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, initial=0)

    def __init__(self, meeting: Meeting, *arguments: Any, session: Session | None = None, **named: Any) -> None:
        if session is not None:
            named.setdefault("initial", _initial_of_session(meeting, session))
        super().__init__(*arguments, **named)
        self.zone = meeting.time_zone
        first, last = (zones.in_zone(at, self.zone).date() for at in (meeting.starts_at, meeting.ends_at))
        days = [first + timedelta(days=ahead) for ahead in range(min((last - first).days, 30) + 1)]
        self.fields["day"].choices = [(f"{one:{_DAY}}", wording.day(one)) for one in days]
        if len(days) == 1:
            self.fields["day"].widget = forms.HiddenInput()
            self.fields["day"].initial = f"{first:{_DAY}}"
        self.first = first
        self.meeting = meeting

    def clean(self) -> dict[str, Any]:
        """Bring day and time together."""
        given = super().clean() or {}
        at = None
        if given.get("begins") is not None:
            on = datetime.strptime(given["day"], _DAY).date() if given.get("day") else self.first
            try:
                at = zones.moment(on, given["begins"], self.zone)
            except ZoneError:
                self.add_error(
                    "begins", _("Clocks in this time zone jump over this time on that day. Choose a later one.")
                )
        if at is not None and not self._is_inside(at, given.get("minutes_long")):
            span = wording.times(self.meeting).there
            self.add_error("begins", _("The meeting itself is %(when)s. Choose a time within it.") % {"when": span})
        return given | {"starts_at": at}

    def _is_inside(self, at: datetime, minutes_long: int | None) -> bool:
        """Whether an entry of the agenda begins and ends while the meeting lasts."""
        over = at + timedelta(minutes=minutes_long or 0)
        return self.meeting.starts_at <= at and over <= self.meeting.ends_at

    def session(self) -> dict[str, Any]:
        """Return what the service takes."""
        return {name: self.cleaned_data[name] for name in ("title", "speakers", "about", "starts_at", "minutes_long")}


def _initial_of_session(meeting: Meeting, session: Session) -> dict[str, Any]:
    at = zones.in_zone(session.starts_at, meeting.time_zone) if session.starts_at else None
    return {
        "title": session.title,
        "speakers": session.speakers,
        "about": session.about,
        "day": f"{at:{_DAY}}" if at else None,
        "begins": at.time() if at else None,
        "minutes_long": session.minutes_long,
        "seen": meeting.sequence,
    }
