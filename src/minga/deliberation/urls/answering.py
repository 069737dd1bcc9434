"""Themes, answers, coverage and receipts."""

from __future__ import annotations

from django.urls import URLPattern, path

from minga.deliberation.views import answering, covering, receipts, team_file, themes, theming, voices

_C = "<slug:slug>/"
_THEMES = f"{_C}desk/themes/"
_ANSWERS = f"{_C}desk/answers/"
_R = "receipt/<uuid:pk>/"

urlpatterns: list[URLPattern] = [
    path("receipt/", receipts.receipt, name="receipt"),
    path("receipt/link/<str:code>/", receipts.receipt_link, name="receipt_link"),
    path(_R, receipts.my_receipt, name="my_receipt"),
    path(f"{_R}publish/", receipts.receipt_publish, name="receipt_publish"),
    path(f"{_R}withdraw/", receipts.receipt_withdraw, name="receipt_withdraw"),
    path(f"{_R}close/", receipts.receipt_close, name="receipt_close"),
    path(f"{_C}voices/", voices.voices, name="voices"),
    path(f"{_C}voices/<int:number>/", voices.voice, name="voice"),
    path(f"{_C}themes/", themes.themes, name="public_themes"),
    path(f"{_C}themes/<int:number>/", themes.theme, name="public_theme"),
    path(f"{_C}coverage/", covering.coverage, name="coverage"),
    path(f"{_C}coverage/coverage.csv", covering.coverage_csv, name="coverage_csv"),
    path(f"{_C}coverage/coverage.json", covering.coverage_json, name="coverage_json"),
    path(_THEMES, theming.themes, name="themes"),
    path(f"{_THEMES}new/", theming.theme_new, name="theme_new"),
    path(f"{_THEMES}sort/", theming.theme_sort, name="theme_sort"),
    path(f"{_THEMES}<int:number>/", theming.theme, name="theme"),
    path(f"{_THEMES}<int:number>/merge/", theming.theme_merge, name="theme_merge"),
    path(f"{_THEMES}<int:number>/retire/", theming.theme_retire, name="theme_retire"),
    path(f"{_THEMES}<int:number>/reopen/", theming.theme_reopen, name="theme_reopen"),
    path(_ANSWERS, answering.answers, name="answers"),
    path(f"{_ANSWERS}team.xlsx", team_file.answers_team_file, name="answers_team_file"),
    path(f"{_ANSWERS}theme/<int:number>/", answering.answer_theme, name="answer_theme"),
    path(f"{_ANSWERS}voice/<int:number>/", answering.answer_voice, name="answer_voice"),
    path(f"{_ANSWERS}statement/<slug:talk>/<int:number>/", answering.answer_statement, name="answer_statement"),
    path(f"{_ANSWERS}<uuid:answer>/evidence/", answering.answer_cite, name="answer_cite"),
    path(f"{_ANSWERS}<uuid:answer>/evidence/<int:citation>/end/", answering.answer_uncite, name="answer_uncite"),
    path(f"{_ANSWERS}<uuid:answer>/changes/", answering.answer_link, name="answer_link"),
    path(f"{_ANSWERS}<uuid:answer>/changes/<int:change>/end/", answering.answer_unlink, name="answer_unlink"),
]
