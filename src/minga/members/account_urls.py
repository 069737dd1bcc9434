"""Pages on which people sign in and care for their account, under /<language>/account/."""

from __future__ import annotations

from django.urls import include, path

from minga.members import account_views as views

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("second-step/", include("allauth.mfa.urls")),
    # the names are those that allauth leads to
    path("provider/", views.provider_connections, name="socialaccount_connections"),
    path("provider/sign-in/", views.provider_sign_in, name="provider_sign_in"),
    path("provider/sign-up/", views.provider_sign_up, name="socialaccount_signup"),
    path("provider/cancelled/", views.provider_cancelled, name="socialaccount_login_cancelled"),
    path("provider/error/", views.provider_error, name="socialaccount_login_error"),
]
