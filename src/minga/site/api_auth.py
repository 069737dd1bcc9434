"""Tokens at the API's door: every route, whatever else opens it, checks a token that is shown and what it may do."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBearer

from minga.members import selectors, services
from minga.web.ratelimit import exceeded

_READING = {"GET", "HEAD", "OPTIONS"}


class TokenError(Exception):
    """A token that was shown does not open this."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


class ApiToken(HttpBearer):
    """`Authorization: Bearer minga_…`: acts as its holder, within its scopes; no cookie and no seal are needed."""

    openapi_description = "A token made on the page “API tokens” of the site. It needs the scope that the route names."

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """Make the token's holder the one who asks, or refuse in words."""
        found = services.open_token(token.strip())
        if found is None:
            if exceeded(request, "api-token", times=60, seconds=600):
                raise TokenError(429, "too_many", "This address showed too many wrong tokens. Wait ten minutes.")
            raise TokenError(
                401, "token_unknown", "This token is unknown, revoked or past its last day. Make a new one."
            )
        if self.scope not in found.scopes:
            raise TokenError(
                403,
                "scope_missing",
                f"This token lacks the scope {self.scope}. Make one that has it, on the page API tokens.",
            )
        account = found.person.account
        account.token_scopes = frozenset(found.scopes)
        if selectors.second_factor_due(account):
            raise TokenError(
                403, "second_step_first", "Sign in on the site and set up the second step of your sign-in."
            )
        request.user = account
        return account


class Anybody:
    """Lets those in who show no token, where a route is open to everyone."""

    def __call__(self, request: HttpRequest) -> bool:
        return True


def guard(room: str, router: Router) -> None:
    """Let every route of a room's API know tokens: reading needs `room:read`, anything else `room:write`."""
    for view in router.path_operations.values():
        for operation in view.operations:
            scope = scope_of(room, operation)
            others = list(operation.auth_callbacks) or [Anybody()]
            operation.auth_callbacks = [ApiToken(scope), *others]
            extra = {"x-scope": scope, "x-open": isinstance(others[0], Anybody)}
            operation.openapi_extra = (operation.openapi_extra or {}) | extra


def scope_of(room: str, operation: Operation) -> str:
    """Return the scope that a token needs for an operation."""
    return f"{room}:{'read' if set(operation.methods) <= _READING else 'write'}"


def with_scopes(schema: OpenAPISchema) -> OpenAPISchema:
    """Write into the description which scope a token needs, and which routes are open without any token."""
    for operations in schema["paths"].values():
        for operation in operations.values():
            ways = operation.get("security", [])
            for way in ways:
                if "ApiToken" in way:
                    way["ApiToken"] = [operation["x-scope"]]
            if operation.pop("x-open", False):
                ways.append({})
    return schema
