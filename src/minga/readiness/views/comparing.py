"""Two checks of one business side by side."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from minga.readiness import comparison, selectors, wording
from minga.readiness.models import Assessment
from minga.readiness.views.common import language, opens


@opens
def compare(request: HttpRequest, assessment: Assessment) -> HttpResponse:
    """Compare this check with an earlier one of the same business; the last one before it, unless another is chosen."""
    earlier = list(selectors.earlier_ones_for(request.user, assessment))
    chosen = _chosen(earlier, request.GET.get("with", ""))
    words = {"assessment": assessment, "earlier": earlier, "chosen": chosen}
    if chosen is not None:
        made = comparison.compare(chosen, assessment, language())
        words |= {"made": made, "changes": [(wording.node_name(one.node), one) for one in made.changes]}
    return render(request, "readiness/compare.html", words)


def _chosen(earlier: list[Assessment], asked: str) -> Assessment | None:
    if not asked:
        return earlier[0] if earlier else None
    found = next((one for one in earlier if str(one.pk) == asked), None)
    if found is None:
        raise Http404
    return found
