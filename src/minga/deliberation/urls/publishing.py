"""Exports of drafts, and the tracker of commitments."""

from __future__ import annotations

from django.urls import URLPattern, path

from minga.deliberation.views import commitments, committing, publishing

_C = "<slug:slug>/"
_DESK = f"{_C}desk/"
_VERSION = f"{_C}drafts/<slug:draft>/v/<int:version>/"

urlpatterns: list[URLPattern] = [
    path("commitments/", commitments.tracker, name="commitments"),
    path("commitments/all.<slug:ending>", commitments.tracker_file, name="commitments_file"),
    path("commitments/<uuid:pk>/", commitments.commitment, name="commitment"),
    path("commitments/<uuid:pk>/report/", commitments.commitment_report, name="commitment_report"),
    path(f"{_C}commitments/", commitments.consultation_tracker, name="consultation_commitments"),
    path(f"{_C}commitments/all.<slug:ending>", commitments.consultation_file, name="consultation_commitments_file"),
    path(f"{_VERSION}text.<slug:ending>", publishing.draft_file, name="draft_file"),
    path(f"{_C}replies.<slug:ending>", publishing.replies_file, name="replies_file"),
    path(f"{_DESK}replies.<slug:ending>", publishing.desk_replies_file, name="desk_replies_file"),
    path(f"{_C}trace.zip", publishing.trace_file, name="trace_file"),
    path(f"{_DESK}trace.zip", publishing.desk_trace_file, name="desk_trace_file"),
    path(f"{_DESK}files/", publishing.desk_files, name="desk_files"),
    path(f"{_DESK}commitments/", committing.desk_commitments, name="desk_commitments"),
    path(f"{_DESK}commitments/new/", committing.desk_commitment_new, name="desk_commitment_new"),
    path(f"{_DESK}commitments/<uuid:pk>/", committing.desk_commitment, name="desk_commitment"),
]
