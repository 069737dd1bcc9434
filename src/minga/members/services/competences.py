"""Competence: what an assessor or adviser is known to be able to do, on which proof, until when."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone

from minga.members.engine import vocabulary
from minga.members.engine.errors import MembersError
from minga.members.models import Competence, Person
from minga.members.services.trail import record


@transaction.atomic
def record_competence(
    *,
    person: Person,
    field: str,
    basis: str,
    sectors: Sequence[str] = (),
    valid_until: date | None = None,
    by: Person | None = None,
) -> Competence:
    """Write down what a person is able to do; `sectors` are divisions of ISIC, none of them means any.

    Raises
    ------
    MembersError
        Nothing says what shows it, a sector is no division of ISIC, or it would be over already.
    """
    known = {one.code for one in vocabulary.sectors("division")}
    if unknown := [code for code in sectors if code not in known]:
        raise MembersError(f"The sectors {', '.join(unknown)} are no divisions of ISIC. Give two digits such as 10.")
    if not field.strip() or not basis.strip():
        raise MembersError("A competence needs its field, and what shows it. Give both.")
    if valid_until is not None and valid_until < timezone.localdate():
        raise MembersError(f"The competence would be over since {valid_until}. Give today or a later day.")
    competence = Competence.objects.create(
        person=person, field=field.strip(), basis=basis.strip(), sectors=list(sectors), valid_until=valid_until
    )
    record(by=by, act="competence.recorded", on=person, reason=f"sectors: {', '.join(sectors) or 'any'}")
    return competence


@transaction.atomic
def end_competence(*, competence: Competence, by: Person | None = None) -> None:
    """Take a competence back, from now on."""
    person = competence.person
    competence.delete()
    record(by=by, act="competence.ended", on=person)
