"""Pages under /<language>/meetings/."""

from __future__ import annotations

from django.urls import path

from minga.meetings.views import agenda, attending, feeds, minutes, organizing, people, public, takeaways

app_name = "meetings"

_M = "<uuid:pk>/"

urlpatterns = [
    path("", public.meetings, name="list"),
    path("calendar.ics", public.public_calendar, name="public_calendar"),
    path("calendar/", feeds.my_calendar, name="my_calendar"),
    path("calendar/<slug:token>.ics", feeds.feed, name="feed"),
    path("new/", organizing.new, name="new"),
    path(_M, public.meeting, name="meeting"),
    path(f"{_M}event.ics", public.event, name="event"),
    path(f"{_M}register/", attending.register, name="register"),
    path(f"{_M}excuse/", attending.excuse, name="excuse"),
    path(f"{_M}leave/", attending.leave, name="leave"),
    path(f"{_M}edit/", organizing.edit, name="edit"),
    path(f"{_M}announce/", organizing.announce, name="announce"),
    path(f"{_M}hold/", organizing.hold, name="hold"),
    path(f"{_M}cancel/", organizing.cancel, name="cancel"),
    path(f"{_M}delete/", organizing.delete, name="delete"),
    path(f"{_M}sessions/", agenda.sessions, name="sessions"),
    path(f"{_M}sessions/<int:number>/", agenda.session, name="session"),
    path(f"{_M}sessions/<int:number>/move/", agenda.move, name="session_move"),
    path(f"{_M}sessions/<int:number>/delete/", agenda.delete, name="session_delete"),
    path(f"{_M}people/", people.people, name="people"),
    path(f"{_M}people/invite/", people.invite, name="invite"),
    path(f"{_M}people/<int:place>/", people.person, name="person"),
    path(f"{_M}minutes/", minutes.minutes, name="minutes"),
    path(f"{_M}minutes/approve/", minutes.approve, name="minutes_approve"),
    path(f"{_M}minutes/<int:number>/", minutes.version, name="minutes_version"),
    path(f"{_M}takeaways/", takeaways.takeaways, name="takeaways"),
    path(f"{_M}takeaways/<int:number>/", takeaways.takeaway, name="takeaway"),
    path(f"{_M}takeaways/<int:number>/done/", takeaways.done, name="takeaway_done"),
    path(f"{_M}takeaways/<int:number>/delete/", takeaways.delete, name="takeaway_delete"),
]
