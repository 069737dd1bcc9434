"""Answers to voices, themes and statements; what they changed, and the evidence they cite."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from minga.deliberation.models.consultations import Consultation
from minga.deliberation.models.voices import Theme, Voice


class Disposition(models.Model):
    """An answer. A later one replaces it; none is ever changed or deleted."""

    class Answer(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        ACCEPTED_IN_PART = "accepted_in_part", _("accepted in part")
        REJECTED = "rejected", _("rejected")
        OUT_OF_SCOPE = "out_of_scope", _("out of scope")
        ALREADY_COVERED = "already_covered", _("already covered")
        DUPLICATE_OF = "duplicate_of", _("said by another voice too")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="dispositions")
    voice = models.ForeignKey(Voice, null=True, blank=True, on_delete=models.CASCADE, related_name="dispositions")
    theme = models.ForeignKey(Theme, null=True, blank=True, on_delete=models.CASCADE, related_name="dispositions")
    statement = models.ForeignKey(
        "deliberation.Statement", null=True, blank=True, on_delete=models.CASCADE, related_name="dispositions"
    )
    answer = models.CharField(_("answer"), max_length=20, choices=Answer.choices)
    reason = models.TextField(_("reason"), blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    duplicate_of = models.ForeignKey(Voice, null=True, blank=True, on_delete=models.PROTECT, related_name="duplicates")
    #: the published clause that says already what was asked for; empty where another text does
    covered_by = models.ForeignKey(
        "deliberation.Clause", null=True, blank=True, on_delete=models.SET_NULL, related_name="covers"
    )
    #: the answer that this one replaces: two people cannot replace the same one
    supersedes = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    #: who answers, as shown in public: an office, not a name
    responder = models.CharField(_("who answers"), max_length=200, blank=True)
    by_mark = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(voice__isnull=False, theme=None, statement=None)
                | Q(voice=None, theme__isnull=False, statement=None)
                | Q(voice=None, theme=None, statement__isnull=False),
                name="deliberation_answers_one_thing",
            ),
            *(
                models.UniqueConstraint(
                    fields=[target], condition=Q(supersedes=None), name=f"deliberation_first_answer_{target}"
                )
                for target in ("voice", "theme", "statement")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.answer} {self.pk}"

    @property
    def covering_clause(self) -> Any:
        """The clause that says it already, as far as everyone may read it; None where there is none."""
        clause = self.covered_by
        return None if clause is None or clause.draft.state == "withdrawn" else clause


class Citation(models.Model):
    """A published figure or record that a clause or an answer rests on, with the value as it was when cited."""

    class Kind(models.TextChoices):
        FIGURE = "figure", _("figure of an index")
        READINESS = "readiness", _("result of readiness checks")
        RECORD = "record", _("record or case")
        OTHER = "other", _("other permanent link")

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="citations")
    clause = models.ForeignKey(
        "deliberation.Clause", null=True, blank=True, on_delete=models.CASCADE, related_name="citations"
    )
    disposition = models.ForeignKey(
        Disposition, null=True, blank=True, on_delete=models.CASCADE, related_name="citations"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    #: permanent: a path of this site, or https://
    link = models.CharField(_("permanent link"), max_length=500)
    label = models.CharField(_("what it says"), max_length=300, blank=True)
    value = models.CharField(_("value when cited"), max_length=200)
    cited_on = models.DateField(_("cited on"))
    by_mark = models.CharField(max_length=80, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(clause__isnull=False, disposition=None) | Q(clause=None, disposition__isnull=False),
                name="deliberation_evidence_for_one_thing",
            )
        ]

    def __str__(self) -> str:
        return self.link
