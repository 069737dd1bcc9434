"""The card of indicators."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Processing, Room


class IndicatorsConfig(Room):
    """Composite indexes: editions, figures that can be cited, disclosures of member companies."""

    default = True
    name = "minga.indicators"
    label = "indicators"
    verbose_name = _("Data and indexes")
    default_auto_field = "django.db.models.BigAutoField"
    api_scopes = ("read",)
    menu = (MenuEntry(_("Data and indexes"), "indicators:list", order=40),)
    export_person = "minga.indicators.services.export_person"
    erase_person = "minga.indicators.services.erase_person"
    load_sample = "minga.indicators.sample.load_sample"
    processing = (
        Processing(
            record=_("Indexes: definition, data of countries, sectors or other groups, results"),
            purpose=_("Publishing indexes whose figures can be checked and cited"),
            lawful_basis=_("Legitimate interest; figures of groups only as the disclosure policy allows"),
            retention=_("As long as the site exists: a published edition is evidence and never changes"),
            seen_by=_("Everyone once two people of the secretariat have published it; before that the secretariat"),
        ),
        Processing(
            record=_("Disclosures of member companies: answers, links to evidence, who changed them last"),
            purpose=_("The index of responsibility in the digital economy"),
            lawful_basis=_("Consent of the company, off by default, taken back at any time"),
            retention=_(
                "Until the organization is deleted; a published edition keeps its figures, unseen once taken back"
            ),
            seen_by=_("Owners of the company and the secretariat; everyone while the company agrees to publication"),
        ),
    )
