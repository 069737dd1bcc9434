"""Root URLs: every page under its language, then the room's word; the API beside them."""

from __future__ import annotations

from importlib.util import find_spec

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from minga.members.account_views import provider_callback
from minga.site import views
from minga.site.api import api
from minga.site.rooms import ROOMS

handler400 = "minga.web.errors.bad_request"
handler403 = "minga.web.errors.forbidden"
handler404 = "minga.web.errors.not_found"
handler500 = "minga.web.errors.server_error"

urlpatterns = [
    path("", views.to_language, name="root"),
    path("health", views.health, name="health"),
    path("robots.txt", views.robots, name="robots"),
    path("api/v1/", api.urls),
    # without a language, so that a sign-in provider is told one address only
    path("account/provider/callback/", provider_callback, name="provider_callback"),
    *i18n_patterns(
        path("", views.home, name="home"),
        path("accessibility/", views.accessibility, name="accessibility"),
        path("api/", views.api_docs, name="api_docs"),
        path("account/", include("minga.members.account_urls")),
        *(path(f"{room}/", include(f"minga.{room}.urls")) for room in ROOMS if find_spec(f"minga.{room}.urls")),
    ),
]
