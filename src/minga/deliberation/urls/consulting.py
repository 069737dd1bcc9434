"""Consultations: list, public page, speaking, and the desk of those who run one."""

from __future__ import annotations

from django.urls import URLPattern, path

from minga.deliberation.views import consulting, desk, speaking

_C = "<slug:slug>/"
_DESK = f"{_C}desk/"

urlpatterns: list[URLPattern] = [
    path("", consulting.consultations, name="list"),
    path("new/", consulting.new, name="new"),
    path(_C, consulting.consultation, name="consultation"),
    path(f"{_C}speak/", speaking.speak, name="speak"),
    path(f"{_C}spoken/", speaking.spoken, name="spoken"),
    path(f"{_C}spoken/code.txt", speaking.spoken_file, name="spoken_file"),
    path(f"{_C}rounds/<int:number>/", consulting.round_page, name="round"),
    path(_DESK, desk.desk, name="desk"),
    path(f"{_DESK}open/", desk.open_consultation, name="open"),
    path(f"{_DESK}close/", desk.close_consultation, name="close"),
    path(f"{_DESK}delete/", desk.delete_consultation, name="delete"),
    path(f"{_DESK}settings/", desk.settings_page, name="settings"),
    path(f"{_DESK}rounds/", desk.rounds, name="rounds"),
    path(f"{_DESK}rounds/<int:number>/", desk.round_edit, name="round_edit"),
    path(f"{_DESK}rounds/<int:number>/delete/", desk.round_delete, name="round_delete"),
    path(f"{_DESK}team/", desk.team, name="team"),
    path(f"{_DESK}team/<int:pk>/end/", desk.team_end, name="team_end"),
]
