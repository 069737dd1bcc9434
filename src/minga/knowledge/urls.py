"""Pages of Find help, under /<language>/knowledge/."""

from __future__ import annotations

from django.urls import path

from minga.knowledge import views

app_name = "knowledge"

urlpatterns = [
    path("", views.find, name="find"),
    path("countries/<str:code>/", views.country, name="country"),
    path("<slug:slug>/", views.record, name="record"),
    path("<slug:slug>/check/", views.check, name="check"),
]
