"""Pages under /<language>/readiness/."""

from __future__ import annotations

from django.urls import path

from minga.readiness import views

app_name = "readiness"

_A = "a/<uuid:pk>/"

urlpatterns = [
    path("", views.start, name="start"),
    path("confirm/", views.confirm, name="confirm"),
    path("worker.js", views.worker, name="worker"),
    path("mine/", views.mine, name="mine"),
    path("resume/", views.resume, name="resume"),
    path("resume/<str:token>/", views.resume_link, name="resume_link"),
    path(_A, views.overview, name="assessment"),
    path(f"{_A}goals/", views.goals, name="goals"),
    path(f"{_A}submit/", views.submit, name="submit"),
    path(f"{_A}reopen/", views.reopen, name="reopen"),
    path(f"{_A}save/", views.save, name="save"),
    path(f"{_A}keep/", views.keep, name="keep"),
    path(f"{_A}claim/", views.claim, name="claim"),
    path(f"{_A}consent/", views.consent, name="consent"),
    path(f"{_A}export.json", views.export, name="export"),
    path(f"{_A}draft/", views.draft, name="draft"),
    path(f"{_A}draft.json", views.draft_file, name="draft_file"),
    path(f"{_A}delete/", views.delete, name="delete"),
    path(f"{_A}report/", views.report_page, name="report"),
    path(f"{_A}report.json", views.report_json, name="report_json"),
    path(f"{_A}report.md", views.report_markdown, name="report_markdown"),
    path(f"{_A}report.txt", views.report_text, name="report_text"),
    path(f"{_A}<slug:factor>/", views.answer, name="answer"),
]
