"""The card of knowledge."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from minga.web.rooms import MenuEntry, Processing, Room


class KnowledgeConfig(Room):
    """Records of rules, support, courses, tools and cases."""

    name = "minga.knowledge"
    label = "knowledge"
    verbose_name = _("Find help")
    api_scopes = ("read",)
    menu = (MenuEntry(label=_("Find help"), url_name="knowledge:find", order=20),)
    load_start_content = "minga.knowledge.services.load_start_content"
    load_sample = "minga.knowledge.services.load_sample_experts"
    processing = (
        Processing(
            record=_("Records of rules, programmes, centres, courses, tools and cases"),
            purpose=_("Finding help that fits"),
            lawful_basis=_("No personal data: public facts with their source"),
            retention=_("Until the secretariat archives the record"),
            seen_by=_("Everyone"),
        ),
    )

    def ready(self) -> None:
        """Tell the search index where records come from."""
        super().ready()
        from minga.knowledge import selectors
        from minga.web import search

        search.register(selectors.KIND, selectors.search_documents)
