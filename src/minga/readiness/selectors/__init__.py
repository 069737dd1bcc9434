"""Every read of readiness, by subject: who may see which assessment, its answers and instrument, its peers."""

from __future__ import annotations

from minga.readiness.selectors.access import (
    OWNER,
    RESPONDENT,
    assessments_of,
    earlier_of,
    enterprises_assessed,
    find,
    may_decide,
    opened_by_account,
    organizations_owned_by,
    same_enterprise,
)
from minga.readiness.selectors.agreement import (
    Discussion,
    agreed_levels,
    discussions,
    is_agreed,
    newest_agreements,
    open_discussions,
)
from minga.readiness.selectors.answers import (
    FactorProgress,
    Progress,
    answers_of,
    deleted_on,
    history_of,
    items_for,
    items_of_page,
    minutes_of,
    progress,
)
from minga.readiness.selectors.groups import SMALL_SIZES, Cell, medians_by, medians_resampled
from minga.readiness.selectors.instruments import (
    GENERIC,
    fitting_overlays,
    generic,
    instrument_of,
    overlays,
    pinned_instrument,
    possible_overlays,
)
from minga.readiness.selectors.peers import (
    BENCHMARK,
    DECLARED,
    PEERS_BY,
    VALIDATED,
    group_medians,
    lends_scores,
    peers_table,
)

__all__ = [
    "BENCHMARK",
    "DECLARED",
    "GENERIC",
    "MOST_COLLEAGUES",
    "OWNER",
    "PEERS_BY",
    "RESPONDENT",
    "SMALL_SIZES",
    "VALIDATED",
    "Cell",
    "FactorProgress",
    "Progress",
    "answers_of",
    "assessments_of",
    "deleted_on",
    "earlier_of",
    "enterprises_assessed",
    "find",
    "fitting_overlays",
    "generic",
    "group_medians",
    "history_of",
    "instrument_of",
    "items_of_page",
    "lends_scores",
    "may_decide",
    "medians_by",
    "medians_resampled",
    "minutes_of",
    "opened_by_account",
    "organizations_owned_by",
    "overlays",
    "peers_table",
    "pinned_instrument",
    "possible_overlays",
    "progress",
    "same_enterprise",
]
