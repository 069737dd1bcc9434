"""What tests ask about pages that are not somebody's: who is signed in finds nothing, a visitor goes to sign in."""

from __future__ import annotations

from typing import Any

NOT_FOUND, SIGN_IN_AGAIN, TO_SIGN_IN = 404, 403, 302


def is_turned_away(response: Any) -> bool:
    """Whether a response tells nothing: 404 to an account; to a visitor sign-in, also where a form was sent."""
    if response.wsgi_request.user.is_authenticated:
        return bool(response.status_code == NOT_FOUND)
    if response.wsgi_request.method == "POST":
        return bool(response.status_code == SIGN_IN_AGAIN)
    return bool(response.status_code == TO_SIGN_IN and "/account/login/?next=" in response.url)
