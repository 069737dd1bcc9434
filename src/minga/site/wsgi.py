"""The site as a WSGI application, for granian or any other server."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minga.site.settings")

from django.core.wsgi import get_wsgi_application

from minga.site.serve import leave_when_orphaned

leave_when_orphaned()
application = get_wsgi_application()
