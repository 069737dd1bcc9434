"""Answers of many businesses from a file: upload, a dry run that writes nothing, and only then the import."""

from __future__ import annotations

import base64
import io
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minga import members as world
from minga.members import selectors as members
from minga.readiness import report, selectors, services, wording_importing
from minga.readiness.engine.errors import ReadinessError
from minga.readiness.engine.form_answers import looks_like_submissions, read_submissions
from minga.readiness.engine.incoming import Firm, Incoming
from minga.readiness.engine.instrument import Instrument
from minga.readiness.engine.sheet import read_sheet, template
from minga.readiness.engine.xlsform import to_xlsform
from minga.readiness.engine.xlsform_reading import FormDraft, from_xlsform
from minga.readiness.forms_importing import MOST_FIRMS, ConfirmImportForm, ImportForm
from minga.readiness.views.common import language
from minga.tables.workbooks import write_workbook
from minga.web.qr import qr_code
from minga.web.ratelimit import limited

_SALT = "minga.readiness.import"
_SEALED_FOR = 12 * 3600
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: More problems than this help nobody; the file of rows to mend names them all.
_SHOWN = 100


def _imports(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    @wraps(view)
    @login_required
    @never_cache
    def guarded(request: HttpRequest, **named: Any) -> HttpResponse:
        if not selectors.may_import(request.user):
            raise Http404
        return view(request, **named)

    return guarded


# ---------------------------------------------------------------- sealing: what was checked comes back unchanged
def _sealed(request: HttpRequest, content: Any) -> str:
    return signing.dumps(content, salt=f"{_SALT}.{request.user.pk}", compress=True)


def _opened(request: HttpRequest, text: str) -> Any:
    try:
        return signing.loads(text, salt=f"{_SALT}.{request.user.pk}", max_age=_SEALED_FOR)
    except signing.BadSignature:
        return None


# ---------------------------------------------------------------- pages
@limited("readiness-import", times=60, seconds=3600)
@_imports
def import_answers(request: HttpRequest) -> HttpResponse:
    """Ask for a file; a post checks it and shows what an import would do. Nothing is written."""
    brings_forms = members.is_secretariat(request.user)
    form = ImportForm(request.POST or None, request.FILES or None, brings_forms=brings_forms)
    if request.method == "POST" and form.is_valid():
        try:
            return _checked(request, form.cleaned_data)
        except ReadinessError as wrong:
            form.add_error("file", str(wrong))
    words = {"form": form, "most": MOST_FIRMS}
    return render(request, "readiness/import.html", words, status=422 if form.errors else 200)


def _checked(request: HttpRequest, given: Mapping[str, Any]) -> HttpResponse:
    content, name = given["file"].read(), Path(given["file"].name).name
    forms = [given["form_file"].read()] if given.get("form_file") else []
    incoming = _read(name, content, tuple(given["overlays"]), _drafts(forms))
    incoming = incoming.with_problems(services.check_firms(incoming.firms, by=request.user))
    is_too_long = len(incoming.firms) > MOST_FIRMS
    sealed = {
        "firms": [asdict(firm) for firm in incoming.firms],
        "hash": services.hash_of_file(content),
        "forms": [base64.b64encode(one).decode() for one in forms],
    }
    form = ConfirmImportForm(initial={"sealed": _sealed(request, sealed), "state": "draft"})
    return _check_page(request, incoming, form, name, is_too_long=is_too_long)


def _check_page(
    request: HttpRequest, incoming: Incoming, form: ConfirmImportForm, name: str, *, is_too_long: bool
) -> HttpResponse:
    mend = incoming.to_mend
    words = {
        "form": form,
        "firms": len(incoming.firms),
        "first": [firm.name or firm.code for firm in incoming.firms[:10]],
        "rows": incoming.rows,
        "bad_rows": incoming.bad_rows,
        "problems": [
            {"row": one.row, "column": one.column, "words": wording_importing.problem(one)}
            for one in incoming.problems[:_SHOWN]
        ],
        "more": max(0, len(incoming.problems) - _SHOWN),
        "notices": [wording_importing.notice(one) for one in incoming.notices],
        "mend": _sealed(request, {"name": name, "columns": mend.to_dict(as_series=False)}) if mend.height else "",
        "is_too_long": is_too_long,
        "most": MOST_FIRMS,
    }
    return render(request, "readiness/import_check.html", words)


@require_POST
@limited("readiness-import", times=60, seconds=3600)
@_imports
def import_confirm(request: HttpRequest) -> HttpResponse:
    """Store what was checked, and show the letters with the codes: they can be read only now."""
    form = ConfirmImportForm(request.POST)
    content = _opened(request, request.POST.get("sealed", ""))
    if content is None or len(content["firms"]) > MOST_FIRMS:
        return redirect("readiness:import")
    if not form.is_valid():
        words = {"form": form, "firms": len(content["firms"]), "is_again": True}
        return render(request, "readiness/import_check.html", words, status=422)
    given = form.cleaned_data
    results = services.import_firms(
        firms=[_firm(plain) for plain in content["firms"]],
        file_hash=content["hash"],
        by=request.user,
        basis=given["basis"],
        scores=report.score_rows if given["state"] == "submitted" else None,
        language=language(),
        brought=_drafts([base64.b64decode(one) for one in content["forms"]]),
        new_codes=given["new_codes"],
    )
    resume_page = request.build_absolute_uri(reverse("readiness:resume"))
    words = {
        "results": [{"one": one, "outcome": wording_importing.OUTCOMES[one.outcome]} for one in results],
        "counts": wording_importing.outcomes(results),
        "letters": [_letter(one) for one in results if one.code],
        "adviser": members.person_of(request.user).name if selectors.is_adviser(request.user) else "",
        "resume_page": resume_page,
        "qr": qr_code(resume_page, label=_("The page for codes as a picture for a telephone’s camera")),
        "unread": [one for one in results if one.outcome == "known" and not one.code],
    }
    return render(request, "readiness/import_done.html", words)


def _letter(one: services.Imported) -> dict[str, Any]:
    """Say on a sheet of its own how a business opens its answers, and when they would be deleted."""
    assert one.assessment is not None
    return {"name": one.firm.name, "code": one.code, "deleted_on": selectors.deleted_on(one.assessment)}


def _firm(plain: Mapping[str, Any]) -> Firm:
    return Firm(**{**plain, "goals": tuple(plain["goals"])})


@require_POST
@_imports
def import_mend(request: HttpRequest) -> HttpResponse:
    """Give back the rows that wait, with what is wrong beside each."""
    content = _opened(request, request.POST.get("mend", ""))
    if content is None:
        return redirect("readiness:import")
    table = pl.DataFrame(content["columns"], schema=dict.fromkeys(content["columns"], pl.String))
    stem = Path(content["name"]).stem
    if content["name"].lower().endswith(".xlsx"):
        return _workbook({"answers": table}, f"{stem}-to-mend.xlsx")
    response = HttpResponse("\ufeff" + table.write_csv(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{_plain(stem)}-to-mend.csv"'
    return response


# ---------------------------------------------------------------- reading
def _read(name: str, content: bytes, overlays: Sequence[str], brought: Sequence[FormDraft]) -> Incoming:
    codes: dict[str, Any] = {
        "countries": {one.iso2 for one in world.countries()},
        "sectors": {one.code for one in world.sectors("division")},
        "languages": tuple(code for code, _name in settings.LANGUAGES),
        "today": timezone.now().date(),
    }
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{_plain(Path(name).stem)}{Path(name).suffix.lower()}"
        path.write_bytes(content)
        if looks_like_submissions(path):
            return read_submissions(path, lambda version: services.find_form(version, brought), **codes)
        return read_sheet(path, services.preview(tuple(overlays)), **codes)


def _drafts(forms: Sequence[bytes]) -> list[FormDraft]:
    return [from_xlsform(io.BytesIO(one)) for one in forms]


# ---------------------------------------------------------------- what people take along
def _asked(request: HttpRequest) -> tuple[Instrument, str]:
    """Return the questions and the form that an address asks for."""
    known = [one.id for one in selectors.overlays()]
    chosen = tuple(one for one in known if one in request.GET.getlist("overlay"))
    try:
        return services.preview(chosen), "full" if request.GET.get("form") == "full" else "short"
    except ReadinessError:
        raise Http404 from None


@require_safe
@_imports
def import_template(request: HttpRequest) -> HttpResponse:
    """Give an empty sheet with the codes beside it."""
    instrument, form = _asked(request)
    here = language()
    sheets = template(
        instrument.in_language(here),
        form=form,
        countries=[(one.iso2, one.name(here)) for one in world.countries()],
        sectors=[(one.code, one.name(here)) for one in world.sectors("division")],
    )
    return _workbook(sheets, f"minga-answers-{form}.xlsx")


@require_safe
@_imports
def import_xlsform(request: HttpRequest) -> HttpResponse:
    """Give the form for ODK or KoboToolbox, in every language there is."""
    instrument, form = _asked(request)
    spoken = [code for code, _name in settings.LANGUAGES]
    codes = {
        "iso3166": [(one.iso2, {code: one.name(code) for code in spoken}) for one in world.countries()],
        "isic4": [(one.code, {code: one.name(code) for code in spoken}) for one in world.sectors("division")],
    }
    return _workbook(to_xlsform(instrument, form=form, codes=codes), f"{instrument.id}-{form}.xlsx")


def _workbook(sheets: Mapping[str, pl.DataFrame], name: str) -> HttpResponse:
    file = io.BytesIO()
    write_workbook(sheets, file)
    response = HttpResponse(file.getvalue(), content_type=_XLSX)
    response["Content-Disposition"] = f'attachment; filename="{_plain(name)}"'
    return response


def _plain(name: str) -> str:
    """Keep of a name what every system can write."""
    return (
        "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_.") else "-" for sign in name)[:80] or "file"
    )
