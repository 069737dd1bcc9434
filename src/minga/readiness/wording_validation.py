"""What pages say about evidence and validation: codes of services and engine in the words of the page."""

from __future__ import annotations

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from minga.readiness.engine.errors import EvidenceError, ValidationError

Words = str | Promise

EVIDENCE: dict[str, Words] = {
    "empty": _("The file is empty. Choose a photo (JPEG, PNG or WebP) or a PDF file."),
    "none": _("No file arrived. Choose one; if you did, it is far too large: make it smaller first."),
    "kind": _("This is no photo (JPEG, PNG or WebP) and no PDF file, whatever its name says. Choose another file."),
    "size": _("The file is larger than %(megabytes)s MB. Make it smaller, or send it in parts."),
    "pixels": _("The picture has too many points. Make it smaller, then send it again."),
    "moving": _("The picture moves. Send one still picture."),
    "damaged": _("The file cannot be read: it is damaged or incomplete. Take the photo again, or save the file anew."),
    "active": _(
        "The PDF file could act by itself, hides other files or is locked. Print it to a new PDF file, or photograph "
        "the page."
    ),
    "packed": _(
        "A part of the PDF file is packed so that nobody can look into it. Print it to a new PDF file, or photograph "
        "the page."
    ),
    "closed": _("This check is validated, so its evidence is closed. Open the answers again to add more."),
    "unclaimed": _("This check belongs to nobody yet. Claim it for your account first; then evidence can be kept."),
    "item": _("This question is not among yours. Add evidence to one of your questions."),
    "many_here": _("This question has %(most)s files already. Delete one to add another."),
    "many": _("This check has as many files as it can hold. Delete one to add another."),
    "missing": _("The file is not in its place. Send it again, or ask who runs the site to bring it back."),
}
WHY_NOT: dict[str, Words] = {
    "unclaimed": _("Claim this check for your account first; then you can ask for an assessor."),
    "short": _("Assessors validate the full form. Go on with it, submit it, then ask for an assessor here."),
    "draft": _("Submit your answers first; then you can ask for an assessor here."),
    "expired": _("The validation has ended and the answers are two years old. Start a new check, then ask again."),
    "validated": _("This check is validated. You can ask again when that ends."),
}
VALIDATION: dict[str, Words] = {
    "state": _("This has changed in the meantime, so nothing was done. Here is how it stands now."),
    "asked": _("An assessor was asked for already."),
    "second": _("A second assessor can only be asked for while the first one is at work, and only one."),
    "assessor": _("This person cannot assess this business. Choose somebody else from the list."),
    "self": _("Nobody assigns a validation to themself. Ask a colleague of the secretariat."),
    "conflict": _("Say in a few words what the conflict is."),
    "visit": _("The day of the visit lies in the future. Record it when it has taken place."),
    "open": _("Some questions are still open. They are listed below."),
    "nothing": _("You have set no level yet, so there is nothing to validate."),
    "item": _("This question is not asked in this check."),
    "level": _("Levels run from 0 to 5. Choose one of them, or leave the question open."),
    "unanswered": _("The business did not answer this question, so no level can stand beside its own. Leave it open."),
}
#: What is still to do on an item: the codes of `selectors.Point.state`.
POINTS: dict[str, Words] = {
    "set": _("decided"),
    "baseless": _("a level, but neither evidence nor a visit"),
    "undecided": _("to decide"),
    "visit": _("to see on the visit"),
    "unchecked": _("not checked: no evidence"),
}
WHY_NOT_ASSESSOR: dict[str, Words] = {
    "conflict": _("belongs to or advises this business"),
    "competence": _("no competence on record for this sector"),
    "other": _("has declined, or assesses it already"),
}


def evidence_refusal(problem: EvidenceError) -> str:
    """Say in the page's language why a file was not kept."""
    from minga.readiness import services

    said = EVIDENCE.get(problem.code, EVIDENCE["damaged"])
    return str(said) % {"megabytes": settings.UPLOAD_MB, "most": services.MAX_AN_ITEM}


def refusal(problem: ValidationError) -> str:
    """Say in the page's language why a step of a validation was not possible."""
    return str(VALIDATION.get(problem.code) or WHY_NOT.get(problem.code) or VALIDATION["state"])


def own_answer(value: str) -> Words:
    """Say what the business answered."""
    if value.isdigit():
        return value
    return {"dk": _("does not know"), "na": _("says that it does not apply")}.get(value, _("not answered"))
