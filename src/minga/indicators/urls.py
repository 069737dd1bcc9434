"""Pages under /<language>/indicators/."""

from __future__ import annotations

from django.urls import path

from minga.indicators import views

app_name = "indicators"

_I = "<slug:index>/"
_E = f"{_I}<str:edition>/"

urlpatterns = [
    path("", views.index_list, name="list"),
    path("build/", views.workbench, name="workbench"),
    path("build/new/", views.upload, name="upload"),
    path("build/alliance/", views.rebuild, name="rebuild"),
    path("build/<str:edition>/", views.draft, name="draft"),
    path("build/<str:edition>/calculate/", views.calculate, name="calculate"),
    path("build/<str:edition>/propose/", views.propose, name="propose"),
    path("build/<str:edition>/publish/", views.publish, name="publish"),
    path("build/<str:edition>/send-back/", views.send_back, name="send_back"),
    path("build/<str:edition>/withdraw/", views.withdraw, name="withdraw"),
    path("build/<str:edition>/figures.xlsx", views.figures_template, name="figures_template"),
    path("build/<str:edition>/delete/", views.delete, name="delete"),
    path("disclosure/<uuid:mark>/", views.disclosure, name="disclosure"),
    path("disclosure/<uuid:mark>/consent/", views.disclosure_consent, name="disclosure_consent"),
    path(_I, views.index_page, name="index"),
    path(_E, views.edition_page, name="edition"),
    path(f"{_E}audit/", views.audit, name="audit"),
    path(f"{_E}compare/", views.compare, name="compare"),
    path(f"{_E}what-if/", views.what_if, name="what_if"),
    path(f"{_E}scores.csv", views.scores_csv, name="scores_csv"),
    path(f"{_E}data.csv", views.data_csv, name="data_csv"),
    path(f"{_E}edition.json", views.edition_json, name="edition_json"),
    path(f"{_E}definition.toml", views.definition_toml, name="definition_toml"),
    path(f"{_E}<str:unit>/", views.unit_page, name="unit"),
    path(f"{_E}<str:unit>/<str:node>/", views.figure_page, name="figure"),
    path(f"{_E}<str:unit>/<str:node>/figure.json", views.figure_json, name="figure_json"),
]
