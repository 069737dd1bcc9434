"""The card of deliberation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import Room


class DeliberationConfig(Room):
    """Consultations: voices, conversations, answers, drafts and what follows from them."""

    default = True
    name = "minga.deliberation"
    label = "deliberation"
    verbose_name = _("Consultations")
    default_auto_field = "django.db.models.BigAutoField"
