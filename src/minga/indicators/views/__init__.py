"""Pages: public ones, the secretariat's workbench, a company's disclosure."""

from __future__ import annotations

from minga.indicators.views.auditing import audit
from minga.indicators.views.building import (
    calculate,
    delete,
    draft,
    figures_template,
    propose,
    publish,
    rebuild,
    send_back,
    upload,
    withdraw,
    workbench,
)
from minga.indicators.views.company import disclosure, disclosure_consent
from minga.indicators.views.files import data_csv, definition_toml, edition_json, figure_json, scores_csv
from minga.indicators.views.public import edition_page, figure_page, index_list, index_page, unit_page
from minga.indicators.views.trying import compare, what_if

__all__ = [
    "audit",
    "calculate",
    "compare",
    "data_csv",
    "definition_toml",
    "delete",
    "disclosure",
    "disclosure_consent",
    "draft",
    "edition_json",
    "edition_page",
    "figure_json",
    "figure_page",
    "figures_template",
    "index_list",
    "index_page",
    "propose",
    "publish",
    "rebuild",
    "scores_csv",
    "send_back",
    "unit_page",
    "upload",
    "what_if",
    "withdraw",
    "workbench",
]
