"""Taking in voices: sources, files, splitting, themes of voices."""

from __future__ import annotations

from django.urls import URLPattern, path

from minga.deliberation.views import harvesting, intake, source_list, sources

_IMPORT = "<slug:slug>/desk/import/"
_SOURCES = "<slug:slug>/desk/sources/"

urlpatterns: list[URLPattern] = [
    path(_IMPORT, intake.upload, name="upload"),
    path(f"{_IMPORT}meeting/", harvesting.meeting, name="take_takeaways"),
    path(f"{_IMPORT}conversation/", harvesting.conversation, name="take_statements"),
    path(f"{_IMPORT}<uuid:pk>/", intake.intake, name="intake"),
    path(f"{_IMPORT}<uuid:pk>/columns/", intake.intake_columns, name="intake_columns"),
    path(f"{_IMPORT}<uuid:pk>/confirm/", intake.intake_confirm, name="intake_confirm"),
    path(f"{_IMPORT}<uuid:pk>/forget/", intake.intake_forget, name="intake_forget"),
    path(f"{_IMPORT}<uuid:pk>/problems.csv", intake.intake_problems, name="intake_problems"),
    path(_SOURCES, source_list.source_list, name="sources"),
    path(f"{_SOURCES}new/", sources.source_new, name="source_new"),
    path(f"{_SOURCES}split/", source_list.sources_split, name="sources_split"),
    path(f"{_SOURCES}<int:number>/", sources.source, name="source"),
    path(f"{_SOURCES}<int:number>/split/", sources.source_split, name="source_split"),
    path(f"{_SOURCES}<int:number>/read/", sources.source_read, name="source_read"),
    path(f"{_SOURCES}<int:number>/sender/", sources.source_describe, name="source_describe"),
    path(f"{_SOURCES}<int:number>/file/", sources.source_file, name="source_file"),
    path(f"{_SOURCES}voices/<int:number>/words/", sources.voice_edit, name="voice_edit"),
    path(f"{_SOURCES}voices/<int:number>/undo/", sources.voice_undo, name="voice_undo"),
    path(f"{_SOURCES}voices/<int:number>/theme/", sources.voice_theme, name="voice_theme"),
]
