"""Time zones: people write and read the clock of a place, the house stores UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from minga.meetings.engine.errors import ZoneError

#: The zones offered first, from west to east of each part of the world.
USUAL = (
    "UTC",
    "Africa/Abidjan", "Africa/Accra", "Africa/Dakar", "Africa/Casablanca", "Africa/Algiers", "Africa/Lagos",
    "Africa/Tunis", "Africa/Kinshasa", "Africa/Cairo", "Africa/Johannesburg", "Africa/Khartoum", "Africa/Kigali",
    "Africa/Addis_Ababa", "Africa/Dar_es_Salaam", "Africa/Kampala", "Africa/Nairobi",
    "America/Los_Angeles", "America/Mexico_City", "America/Guatemala", "America/Bogota", "America/Lima",
    "America/Panama", "America/New_York", "America/Toronto", "America/Havana", "America/Caracas", "America/La_Paz",
    "America/Santiago", "America/Asuncion", "America/Argentina/Buenos_Aires", "America/Montevideo",
    "America/Sao_Paulo", "Atlantic/Cape_Verde",
    "Asia/Amman", "Asia/Beirut", "Asia/Baghdad", "Asia/Riyadh", "Asia/Tehran", "Asia/Dubai", "Asia/Baku",
    "Asia/Tbilisi", "Asia/Yerevan", "Asia/Kabul", "Asia/Karachi", "Asia/Tashkent", "Asia/Almaty", "Asia/Kolkata",
    "Asia/Colombo", "Asia/Kathmandu", "Asia/Dhaka", "Asia/Bishkek", "Asia/Yangon", "Asia/Bangkok",
    "Asia/Ho_Chi_Minh", "Asia/Jakarta", "Asia/Kuala_Lumpur", "Asia/Manila", "Asia/Shanghai", "Asia/Singapore",
    "Asia/Ulaanbaatar", "Asia/Seoul", "Asia/Tokyo", "Australia/Sydney",
    "Europe/Lisbon", "Europe/London", "Europe/Madrid", "Europe/Paris", "Europe/Berlin", "Europe/Zurich",
    "Europe/Rome", "Europe/Vienna", "Europe/Warsaw", "Europe/Athens", "Europe/Bucharest", "Europe/Kyiv",
    "Europe/Istanbul", "Europe/Minsk", "Europe/Moscow",
    "Pacific/Apia", "Pacific/Auckland", "Pacific/Fiji", "Pacific/Port_Moresby",
)  # fmt: skip


def zone(name: str) -> tzinfo:
    """Return a time zone by its name in the IANA table.

    Raises
    ------
    ZoneError
        The table holds no such name.
    """
    if name == "UTC":  # known also where a machine has no table of zones
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ZoneError(f"There is no time zone {name!r}. Give a name such as Africa/Tunis, or UTC.") from None


def usual_zones() -> tuple[str, ...]:
    """Return the usual zones that this machine knows."""
    return tuple(name for name in USUAL if is_known(name))


def is_known(name: str) -> bool:
    """Whether a name stands in this machine's table of zones."""
    try:
        zone(name)
    except ZoneError:
        return False
    return True


def moment(day: date, clock: time, name: str) -> datetime:
    """Return in UTC what the clocks of a zone show on a day; in the hour that comes twice, the first of the two.

    Raises
    ------
    ZoneError
        The zone is unknown, or its clocks jump over that time on that day.
    """
    there = zone(name)
    shown = datetime.combine(day, clock)
    found = shown.replace(tzinfo=there).astimezone(UTC)
    if found.astimezone(there).replace(tzinfo=None) != shown:
        raise ZoneError(
            f"Clocks in {name} jump over {clock:%H:%M} on {day}, so this time does not exist. Choose a later one."
        )
    return found


def in_zone(at: datetime, name: str) -> datetime:
    """Return a moment as the clocks of a zone show it; in UTC where the machine no longer knows the zone."""
    return at.astimezone(zone(name) if is_known(name) else UTC)
