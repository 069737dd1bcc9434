"""The secretariat's workbench: upload, say what each column is, check, propose, publish, withdraw."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import polars as pl
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minga.indicators import added, calculation, findings, forms, selectors, services, tasks, uploads, wording
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import Finding, IndicatorsError
from minga.indicators.models import CompositeIndex, Edition
from minga.members import selectors as members

View = Callable[..., HttpResponse]
_PREVIEW = 12
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _of_secretariat(*methods: str) -> Callable[[View], View]:
    """Let only the secretariat in."""

    def decorate(view: View) -> View:
        @wraps(view)
        @require_http_methods([*methods])
        @never_cache
        @login_required
        def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
            if not selectors.is_secretariat(request.user):
                raise PermissionDenied
            return view(request, **named)

        return guarded

    return decorate


def _me(request: HttpRequest) -> Any:
    return members.person_of(request.user)


@_of_secretariat("GET", "HEAD")
def workbench(request: HttpRequest) -> HttpResponse:
    """Drafts and proposals, and what can be begun."""
    published = [edition for one in selectors.published_indexes() for edition in selectors.editions_of(one)]
    context = {
        "editions": selectors.open_editions(),
        "published": [one for one in published if one.is_published],
        "form": forms.RebuildForm(),
    }
    return render(request, "indicators/workbench.html", context)


@_of_secretariat("GET", "HEAD", "POST")
def upload(request: HttpRequest) -> HttpResponse:
    """Upload a table, with its definition or without."""
    form = forms.UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            edition = _drafted(request, form)
        except IndicatorsError as wrong:
            form.add_error(None, str(wrong))
        else:
            messages.success(request, _("The table is stored as a draft. Look at the checks below."))
            return redirect("indicators:draft", edition=edition.name)
    return render(request, "indicators/upload.html", {"form": form}, status=422 if form.errors else 200)


def _drafted(request: HttpRequest, form: forms.UploadForm) -> Edition:
    given = form.cleaned_data
    index = CompositeIndex.objects.filter(slug=given["index"]).first() if given["index"] else None
    if index is None:
        index = services.create_index(
            slug=given["slug"], titles=form.titles(), units=given["units"], by=_me(request), is_sample=settings.SAMPLE
        )
    definition = given["read"] or uploads.guess(given["table"])
    return services.create_draft(
        index=index, definition=definition, table=given["table"], note=given["note"], by=_me(request)
    )


@_of_secretariat("POST")
def rebuild(request: HttpRequest) -> HttpResponse:
    """Make a new draft of one of the alliance's own indexes from what is known today."""
    form = forms.RebuildForm(request.POST)
    if not form.is_valid():
        return redirect("indicators:workbench")
    kind, units = form.cleaned_data["which"].split("/")
    try:
        edition = services.rebuild(kind=kind, units=units, by=_me(request), is_sample=settings.SAMPLE)
    except IndicatorsError as wrong:
        messages.error(request, str(wrong))
        return redirect("indicators:workbench")
    tasks.start_calculation(edition)
    return redirect("indicators:draft", edition=edition.name)


# ---------------------------------------------------------------- one draft
@_of_secretariat("GET", "HEAD", "POST")
def draft(request: HttpRequest, edition: str) -> HttpResponse:
    """One edition on the workbench: its columns, checks in plain words, a preview, and what comes next."""
    found = selectors.find_edition(edition, request.user)
    if found.is_public:
        return redirect("indicators:edition", index=found.index.slug, edition=found.name)
    definition, table = Index.from_toml(found.definition), calculation.table_of(found.data)
    is_mine = found.index.kind == CompositeIndex.Kind.UPLOADED and found.state == Edition.State.DRAFT
    which = request.POST.get("save", "") if request.method == "POST" and is_mine else ""
    mapping = forms.MappingForm(request.POST if which == "mapping" else None, table=table, definition=definition)
    written = forms.DefinitionForm(
        request.POST if which == "definition" else None, initial={"definition": found.definition}
    )
    new = forms.NewTableForm(request.POST if which == "table" else None, request.FILES or None)
    is_own = found.index.kind == CompositeIndex.Kind.READINESS and found.state == Edition.State.DRAFT
    adding = forms.AddedForm()
    if is_own and request.method == "POST":
        adding = forms.AddedForm(request.POST, request.FILES)
        if _added(request, found, adding):
            return redirect("indicators:draft", edition=found.name)
    chosen = {"mapping": mapping, "definition": written, "table": new}.get(which)
    if chosen is not None and chosen.is_valid():
        services.change_draft(
            edition=found, by=_me(request), definition=chosen.cleaned_data.get("read"),
            table=chosen.cleaned_data.get("table"),
        )  # fmt: skip
        messages.success(request, _("Saved. Look at the checks below."))
        return redirect("indicators:draft", edition=found.name)
    context = {
        "edition": found,
        "title": wording.title(found.index),
        "is_editable": is_mine,
        "is_flat": uploads.is_flat(definition),
        "mapping": mapping,
        "mapping_rows": mapping.rows(),
        "written": written,
        "new": new,
        "is_own": is_own,
        "adding": adding,
        "has_added": added.PART in found.notes,
        "progress": tasks.progress_of(found) if not found.is_calculated and not found.problem else None,
        "is_mine_to_publish": bool(found.proposed_by_mark and found.proposed_by_mark != _me(request).reference),
        "reason": forms.ReasonForm(),
        **_checks(definition, table),
    }
    return render(request, "indicators/draft.html", context, status=422 if chosen is not None or adding.errors else 200)


def _added(request: HttpRequest, edition: Edition, form: forms.AddedForm) -> bool:
    """Add figures from elsewhere, or take them out; True once that is done."""
    if request.POST.get("save") == "take-out":
        services.take_out_figures(edition=edition, by=_me(request))
        messages.success(request, _("The figures from elsewhere are taken out. Calculate the index again."))
        return True
    if not form.is_valid():
        return False
    try:
        found = services.add_figures(
            edition=edition, tables=form.cleaned_data["tables"], weight=form.cleaned_data["weight"], by=_me(request)
        )
    except IndicatorsError as wrong:
        form.add_error("workbook", str(wrong).splitlines())
        return False
    messages.success(
        request,
        _("Added: %(indicators)s indicators with %(figures)s figures. Not used, because the index does not rank these "
          "units: %(unused)s figures. Calculate the index again.")
        % {"indicators": len(found.indicators), "figures": len(found.figures), "unused": found.unused},
    )  # fmt: skip
    return True


@_of_secretariat("GET", "HEAD")
def figures_template(request: HttpRequest, edition: str) -> HttpResponse:
    """An empty workbook for figures from elsewhere, with the units of this index."""
    found = selectors.find_edition(edition, request.user)
    definition, table = Index.from_toml(found.definition), calculation.table_of(found.data)
    content = added.template([str(unit) for unit in table[definition.unit].to_list()])
    response = HttpResponse(content, content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{found.name}-figures.xlsx"'
    return response


def _checks(definition: Index, table: pl.DataFrame) -> dict[str, Any]:
    """What is wrong or doubtful, and where nothing is wrong, the first ranks."""
    clean = uploads.without_words_for_nothing(definition, table)
    found = uploads.cell_problems(definition, table) or calculation.check(definition, clean)
    errors = [_shown(definition, one) for one in found if one.level == "error"]
    doubts = [_shown(definition, one) for one in found if one.level != "error"]
    preview = [] if errors else _preview(definition, clean)
    return {"errors": errors, "doubts": doubts, "preview": preview, "units_in_all": table.height}


def _shown(definition: Index, finding: Finding) -> dict[str, str]:
    names = {item.code: wording.in_language({"en": item.name} | dict(item.names)) for item in definition.items}
    said = findings.sentence(finding.code, dict(finding.values), lambda part: names.get(part) or part)
    return {"head": findings.head(finding.rule), "text": said, "english": "" if said else str(finding)}


def _preview(definition: Index, table: pl.DataFrame) -> list[dict[str, Any]]:
    try:
        result = definition.fit(table)
    except IndicatorsError:
        return []
    root = definition.tree.codes[definition.tree.root]
    ranked = result.scores.filter(pl.col("node") == root).sort("rank", nulls_last=True).head(_PREVIEW)
    said = result.data.names if result.data.names is not None else result.units
    names = dict(zip(result.units.to_list(), said.to_list(), strict=True))
    return [
        {"unit": names.get(row[definition.unit], row[definition.unit]), "score": row["score"], "rank": row["rank"]}
        for row in ranked.iter_rows(named=True)
    ]


# ---------------------------------------------------------------- what a button does
def _act(request: HttpRequest, edition: str, does: Callable[[Edition], Any], said: str) -> HttpResponse:
    """Do one thing with an edition, and say what came of it."""
    found = selectors.find_edition(edition, request.user)
    try:
        does(found)
    except IndicatorsError as wrong:
        messages.error(request, str(wrong))
    else:
        messages.success(request, said)
    if not Edition.objects.filter(pk=found.pk).exists():
        return redirect("indicators:workbench")
    return redirect("indicators:draft", edition=found.name)


@_of_secretariat("POST")
def calculate(request: HttpRequest, edition: str) -> HttpResponse:
    """Calculate a draft in the background."""

    def start(found: Edition) -> None:
        if found.state != Edition.State.DRAFT:
            raise IndicatorsError(f"Edition {found.name} is {found.state}; only drafts are calculated.")
        tasks.start_calculation(found)

    return _act(request, edition, start, _("The calculation has begun. You can leave this page and come back."))


@_of_secretariat("POST")
def propose(request: HttpRequest, edition: str) -> HttpResponse:
    """Ask a second person to publish."""
    return _act(
        request, edition, lambda found: services.propose(edition=found, by=_me(request)),
        _("Proposed. A second person of the secretariat can now publish it."),
    )  # fmt: skip


@_of_secretariat("POST")
def publish(request: HttpRequest, edition: str) -> HttpResponse:
    """Publish what another person proposed."""
    return _act(
        request, edition, lambda found: services.publish(edition=found, by=_me(request)),
        _("Published. From now on it cannot be changed."),
    )  # fmt: skip


@_of_secretariat("POST")
def send_back(request: HttpRequest, edition: str) -> HttpResponse:
    """Make a draft of a proposal again, with a reason."""
    reason = request.POST.get("reason", "")
    return _act(
        request, edition, lambda found: services.send_back(edition=found, by=_me(request), reason=reason),
        _("It is a draft again."),
    )  # fmt: skip


@_of_secretariat("GET", "HEAD", "POST")
def withdraw(request: HttpRequest, edition: str) -> HttpResponse:
    """Withdraw a published edition, after saying why."""
    found = selectors.find_edition(edition, request.user)
    form = forms.ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return _act(
            request, edition,
            lambda one: services.withdraw(edition=one, by=_me(request), reason=form.cleaned_data["reason"]),
            _("Withdrawn. Its address stays and says so."),
        )  # fmt: skip
    return render(request, "indicators/withdraw.html", {"edition": found, "form": form})


@_of_secretariat("POST")
def delete(request: HttpRequest, edition: str) -> HttpResponse:
    """Delete a draft that was never proposed."""
    return _act(
        request,
        edition,
        lambda found: services.delete_draft(edition=found, by=_me(request)),
        pgettext("an edition", "The draft is deleted."),
    )
