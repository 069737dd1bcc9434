"""The API root: one router a room, one error shape for all."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

import minga
from minga.site.api_auth import TokenError, guard, with_scopes
from minga.site.rooms import ROOMS


class Api(NinjaAPI):
    """The API of all rooms, described with the scopes that tokens need."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Describe every route."""
        return with_scopes(super().get_openapi_schema(**options))


api = Api(title="Minga", version=minga.__version__, docs_url=None, urls_namespace="api")

for room in ROOMS:
    if find_spec(f"minga.{room}.api"):
        router = import_module(f"minga.{room}.api").router
        guard(room, router)
        api.add_router(f"/{room}", router, tags=[room])


def error(request: HttpRequest, status: int, code: str, message: str, where: str = "") -> HttpResponse:
    """Answer with the one error shape."""
    return api.create_response(request, {"error": {"code": code, "message": message, "where": where}}, status=status)


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    first: dict[str, Any] = problem.errors[0]
    where = ".".join(str(part) for part in first["loc"])
    return error(request, 422, str(first["type"]), f"{where}: {first['msg']}.", where)


@api.exception_handler(ValueError)
def _refused(request: HttpRequest, problem: ValueError) -> HttpResponse:
    return error(request, 422, type(problem).__name__, str(problem))


@api.exception_handler(Http404)
def _missing(request: HttpRequest, problem: Http404) -> HttpResponse:
    return error(
        request,
        404,
        "not_found",
        "There is nothing at this address, or it is not yours to see. Check the address.",
        request.path,
    )


@api.exception_handler(PermissionDenied)
def _forbidden(request: HttpRequest, problem: PermissionDenied) -> HttpResponse:
    return error(
        request,
        403,
        "forbidden",
        str(problem) or "Your role does not include this. Ask the owner or the secretariat.",
        request.path,
    )


@api.exception_handler(TokenError)
def _token_refused(request: HttpRequest, problem: TokenError) -> HttpResponse:
    return error(request, problem.status, problem.code, str(problem), request.path)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, problem: AuthenticationError) -> HttpResponse:
    if getattr(request, "second_factor_due", False):
        return error(
            request, 403, "second_step_first", "Set up the second step of your sign-in on the site first.", request.path
        )
    return error(request, 401, "sign_in_first", "Sign in, then send the request again.", request.path)


#: What the framework says by itself, in words that tell what to do.
_PLAINER = {
    "CSRF check Failed": (
        "A request that changes something needs a key (such as X-Minga-Key) or, signed in, the mark against forged "
        "requests. Add the key, or send the value of the cookie csrftoken as the header X-CSRFToken."
    ),
    "Cannot parse request body": "The body could not be read. Send it as JSON in UTF-8, as the description says.",
}


@api.exception_handler(HttpError)
def _http(request: HttpRequest, problem: HttpError) -> HttpResponse:
    said = str(problem)
    message = next((words for start, words in _PLAINER.items() if said.startswith(start)), said)
    return error(request, problem.status_code, f"http_{problem.status_code}", message, request.path)


@api.exception_handler(SuspiciousOperation)
def _damaged(request: HttpRequest, problem: SuspiciousOperation) -> HttpResponse:
    if isinstance(problem, RequestDataTooBig):
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return error(
            request, 413, "too_large", f"The body is larger than {most} bytes. Send it in parts.", request.path
        )
    return error(request, 400, "damaged", "The request was damaged on its way. Send it again.", request.path)


@api.exception_handler(Exception)
def _broken(request: HttpRequest, problem: Exception) -> HttpResponse:
    if settings.DEBUG:
        raise problem
    import logging

    logging.getLogger("minga.api").exception("The API broke on %s", request.path)
    return error(
        request,
        500,
        "broken",
        "Something broke on our side. What was confirmed as saved is saved; try again in a minute.",
    )
