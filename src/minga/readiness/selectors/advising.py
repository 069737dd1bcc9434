"""Advisers and their clients: who is let in by which consent, and the code by which an adviser is named."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.crypto import salted_hmac

from minga.members import selectors as members
from minga.readiness import keys
from minga.readiness.models import Assessment, Share
from minga.readiness.selectors.access import ADVISER, SHARING, running_shares


def is_adviser(account: Any) -> bool:
    """Whether an account holds a running mandate of an adviser, in an organization or in the alliance."""
    return members.has_role(account, ADVISER)


def clients_of(account: Any) -> QuerySet[Share]:
    """Return an adviser's clients, the one that moved last first, each with how many questions are answered."""
    own = running_shares().filter(account=account).select_related("assessment__edition")
    answered = Count("assessment__answers", filter=Q(assessment__answers__colleague=None))
    return own.defer("assessment__edition__texts").annotate(answered=answered).order_by("-assessment__last_answer_at")


def adviser_shares(assessment: Assessment) -> list[Share]:
    """Return whom the owner let in as advisers, running ones first; each says whether it `is_running`."""
    running = set(running_shares().filter(assessment=assessment).values_list("pk", flat=True))
    shares = list(assessment.shares.filter(programme=None).select_related("account__person").order_by("-given_at"))
    for share in shares:
        share.is_running = share.pk in running
    return sorted(shares, key=lambda share: not share.is_running)


def consents_to(share: Share) -> QuerySet[Any]:
    """Return the consents behind a share that stand."""
    return members.standing_consents(SHARING, share.reference)


def adviser_code(person: Any) -> str:
    """Return the code by which an adviser is named to this site, always the same; it names, and opens nothing."""
    drawn = int.from_bytes(salted_hmac("minga.readiness.adviser", person.reference, algorithm="sha256").digest()[:10])
    letters = []
    for _place in range(keys.CODE_LENGTH):
        drawn, place = divmod(drawn, len(keys.ALPHABET))
        letters.append(keys.ALPHABET[place])
    return "-".join("".join(letters[start : start + 4]) for start in range(0, keys.CODE_LENGTH, 4))


def adviser_by_code(code: str) -> Any:
    """Return the account of the adviser whom a code names; None for any other code, so nobody can be looked for."""
    tidy = keys.tidy_code(code)
    held = members.running_mandates().filter(role=ADVISER, person__account__is_active=True).select_related("person")
    people = {mandate.person_id: mandate.person for mandate in held}
    found = next((person for person in people.values() if adviser_code(person) == tidy), None)
    return found.account if found else None
