"""Pages under /<language>/readiness/."""

from __future__ import annotations

from django.urls import path

from minga.readiness import views

app_name = "readiness"

_A = "a/<uuid:pk>/"
_V = "validations/<uuid:pk>/"
#: a colleague's own pages; the id is the colleague's
_C = "c/<uuid:pk>/"

urlpatterns = [
    path("", views.start, name="start"),
    path("confirm/", views.confirm, name="confirm"),
    path("worker.js", views.worker, name="worker"),
    path("clients/", views.clients, name="clients"),
    path("clients/new/", views.new_client, name="new_client"),
    path("clients/<int:share>/leave/", views.leave_client, name="leave_client"),
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
    path(f"{_A}report.pdf", views.report_pdf, name="report_pdf"),
    path(f"{_A}report.json", views.report_json, name="report_json"),
    path(f"{_A}report.md", views.report_markdown, name="report_markdown"),
    path(f"{_A}report.txt", views.report_text, name="report_text"),
    path(f"{_A}colleagues/", views.colleagues, name="colleagues"),
    path(f"{_A}colleagues/<int:number>/renew/", views.renew_invitation, name="renew_invitation"),
    path(f"{_A}colleagues/<int:number>/withdraw/", views.withdraw_invitation, name="withdraw_invitation"),
    path(f"{_A}agreement/", views.agreement, name="agreement"),
    path(f"{_A}sharing/", views.sharing, name="sharing"),
    path(f"{_A}sharing/<int:share>/revoke/", views.revoke_share, name="revoke_share"),
    path(f"{_A}paper-for-client/", views.client_paper, name="client_paper"),
    path(f"{_A}agreement/go-on/", views.go_on_without, name="go_on_without"),
    path(f"{_A}evidence/", views.evidence, name="evidence"),
    path(f"{_A}evidence/<slug:item>/", views.evidence_item, name="evidence_item"),
    path(f"{_A}evidence/file/<uuid:file>/", views.evidence_file, name="evidence_file"),
    path(f"{_A}evidence/file/<uuid:file>/delete/", views.evidence_delete, name="evidence_delete"),
    path(f"{_A}validation/", views.validation, name="validation"),
    path(f"{_A}validation/second/", views.validation_second, name="validation_second"),
    path(f"{_A}validation/withdraw/", views.validation_withdraw, name="validation_withdraw"),
    path(f"{_A}<slug:factor>/", views.answer, name="answer"),
    path(_C, views.colleague, name="colleague"),
    path(f"{_C}save/", views.colleague_save, name="colleague_save"),
    path(f"{_C}finish/", views.colleague_finish, name="colleague_finish"),
    path(f"{_C}keep/", views.colleague_keep, name="colleague_keep"),
    path(f"{_C}claim/", views.colleague_claim, name="colleague_claim"),
    path(f"{_C}leave/", views.colleague_leave, name="colleague_leave"),
    path(f"{_C}export.json", views.colleague_export, name="colleague_export"),
    path(f"{_C}delete/", views.colleague_delete, name="colleague_delete"),
    path(f"{_C}evidence/<slug:item>/", views.colleague_evidence, name="colleague_evidence"),
    path(f"{_C}evidence/file/<uuid:file>/", views.colleague_evidence_file, name="colleague_evidence_file"),
    path(f"{_C}evidence/file/<uuid:file>/delete/", views.colleague_evidence_delete, name="colleague_evidence_delete"),
    path(f"{_C}<slug:factor>/", views.colleague_answer, name="colleague_answer"),
    path("queue/", views.queue, name="queue"),
    path("queue/<uuid:pk>/", views.assign, name="assign"),
    path("queue/<uuid:pk>/second/", views.assign_second, name="assign_second"),
    path("validations/", views.validations, name="validations"),
    path(_V, views.assess, name="assess"),
    path(f"{_V}items/<slug:factor>/", views.assess_factor, name="assess_factor"),
    path(f"{_V}visit/", views.visit_list, name="visit_list"),
    path(f"{_V}visited/", views.assess_visited, name="assess_visited"),
    path(f"{_V}word/", views.assess_word, name="assess_word"),
    path(f"{_V}confirm/", views.assess_confirm, name="assess_confirm"),
    path(f"{_V}complete/", views.assess_complete, name="assess_complete"),
    path(f"{_V}evidence/<uuid:file>/", views.assess_file, name="assess_file"),
]
