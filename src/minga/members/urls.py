"""Pages of members, under /<language>/members/."""

from __future__ import annotations

from django.urls import path

from minga.members import account_views, views, views_competences

app_name = "members"

urlpatterns = [
    path("", views.index, name="index"),
    path("organizations/", views.directory, name="directory"),
    path("me/", views.me, name="me"),
    path("me/edit/", views.edit_me, name="edit_me"),
    path("me/export/", views.export_me, name="export_me"),
    path("me/erase/", views.erase_me, name="erase_me"),
    path("me/consents/<int:pk>/revoke/", views.revoke, name="revoke"),
    path("me/tokens/", account_views.tokens, name="tokens"),
    path("me/tokens/new/", account_views.new_token, name="new_token"),
    path("me/tokens/<int:pk>/revoke/", account_views.revoke_token, name="revoke_token"),
    path("join/", views.join, name="join"),
    path("organizations/new/", views.new_organization, name="new_organization"),
    path("organizations/<uuid:mark>/", views.organization, name="organization"),
    path("organizations/<uuid:mark>/edit/", views.edit_organization, name="edit_organization"),
    path("organizations/<uuid:mark>/listing/", views.listing, name="listing"),
    path("organizations/<uuid:mark>/codes/", views.new_code, name="new_code"),
    path("organizations/<uuid:mark>/delete/", views.delete_organization, name="delete_organization"),
    path("organizations/<uuid:mark>/leave/", views.leave, name="leave"),
    path("mandates/<int:pk>/end/", views.end_mandate, name="end_mandate"),
    path("roles/", views.roles, name="roles"),
    path("second-step/", account_views.reset_second_factor, name="reset_second_factor"),
    path("competences/person/<int:pk>/", views_competences.competences, name="competences"),
    path("competences/record/<int:pk>/end/", views_competences.end_competence, name="end_competence"),
    path("trail/", views.trail, name="trail"),
    path("privacy/", views.privacy, name="privacy"),
]
