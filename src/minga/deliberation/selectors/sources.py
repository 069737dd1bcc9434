"""Reading sources: lists with filters, what waits to be split, and which submissions are known already."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from minga.deliberation.engine.errors import ActError
from minga.deliberation.engine.submissions import hash_of_text
from minga.deliberation.engine.twins import holders, marks_of_words
from minga.deliberation.models import Consultation, Intake, Source, Voice
from minga.deliberation.vault import vault
from minga.text.extraction import digests_of_attached

#: By what a source is known again, beside its text.
_OF_SENDER = (
    "number", "kind", "author_name", "author_organization", "author_address", "file_hash", "file_path", "is_encrypted",
)  # fmt: skip
#: States by which a list of sources can be filtered.
WAITING, DONE, WITHDRAWN = "waiting", "done", "withdrawn"


@dataclass(frozen=True)
class Sender:
    """Who sent something, and the file it came as, by which it is known again where nobody knows who sent it."""

    name: str = ""
    organization: str = ""
    address: str = ""
    #: SHA-256 of the file, and of those attached to it; empty where nothing but words came
    file_hash: str = ""
    attached: frozenset[str] = frozenset()
    #: an attached file or a page could not be read, so that its words are not all it says
    is_partly_unread: bool = False
    #: where a mail lies, whose attached files are looked at only where it must be known, and whether it is encrypted
    mail: tuple[str, bool] | None = None

    @property
    def is_known(self) -> bool:
        """Whether it says who sent it."""
        return any(self.plain())

    def plain(self) -> tuple[str, str, str]:
        """Return name, organization and address in one spelling."""
        name, organization, address = (
            " ".join(part.casefold().split()) for part in (self.name, self.organization, self.address)
        )
        return name, organization, address

    def held(self) -> frozenset[str]:
        """Return by what the files attached to it are known again."""
        return _attached(*self.mail) if self.mail else self.attached

    def files(self) -> frozenset[str]:
        """Return by what its file, and those attached to it, are known again."""
        return self.held() | {self.file_hash}


@lru_cache(maxsize=1000)
def _attached(path: str, is_encrypted: bool) -> frozenset[str]:
    try:
        return digests_of_attached(vault.read(path, is_encrypted=is_encrypted))
    except ActError:  # a file that is gone or closed says nothing
        return frozenset()


def find_source(consultation: Consultation, number: int) -> Source:
    """Return a source by its number.

    Raises
    ------
    Http404
    """
    found = consultation.sources.select_related("round", "meeting", "consultation").filter(number=number).first()
    if found is None:
        raise Http404
    return found


def find_intake(consultation: Consultation, pk: UUID) -> Intake:
    """Return an upload.

    Raises
    ------
    Http404
    """
    found = consultation.intakes.select_related("consultation", "round").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def recent_intakes(consultation: Consultation, most: int = 10) -> list[dict[str, Any]]:
    """Return the last uploads with the names of their files; those of an upload that came in are noted in it."""
    found = consultation.intakes.prefetch_related("files")[:most]
    return [
        {
            "intake": one,
            "names": one.found.get("files") or [file.name for file in one.files.all()],
            "problems": one.found.get("counts", {}).get("problems", 0),
        }
        for one in found
    ]


def by_code(consultation: Consultation, codes: Collection[str]) -> dict[str, Source]:
    """Return sources by their short names, such as S12; a name that is none of theirs is left out."""
    numbers = [int(code[1:]) for code in codes if re.fullmatch(r"S\d{1,9}", code)]
    return {str(one): one for one in consultation.sources.filter(number__in=numbers)}


def waiting(consultation: Consultation) -> QuerySet[Source]:
    """Return the sources that nobody has looked through yet: voices may be hidden in them."""
    return consultation.sources.filter(read_at=None).exclude(text="")


def search(
    consultation: Consultation,
    *,
    state: str = "",
    kind: str = "",
    language: str = "",
    round: int | None = None,
    words: str = "",
    intake: UUID | None = None,
) -> QuerySet[Source]:
    """Return sources with the number of their voices, the ones that came last first."""
    found = consultation.sources.select_related("round").annotate(
        n_voices=_counted(Voice.objects.filter(withdrawn_at=None)),
        n_withdrawn=_counted(Voice.objects.exclude(withdrawn_at=None)),
    )
    if state == WAITING:
        found = found.filter(read_at=None).exclude(text="")
    elif state == DONE:
        found = found.filter(read_at__isnull=False)
    elif state == WITHDRAWN:
        taken_back = Voice.objects.exclude(withdrawn_at=None)
        found = found.filter(Exists(taken_back.filter(source=OuterRef("pk"))))
    if kind:
        found = found.filter(kind=kind)
    if language:
        found = found.filter(language=language)
    if round is not None:
        found = found.filter(round__number=round)
    if intake is not None:
        found = found.filter(intake=intake)
    if words:
        found = found.filter(
            Q(text__icontains=words) | Q(author_name__icontains=words) | Q(author_organization__icontains=words)
            | Q(name__icontains=words)
        )  # fmt: skip
    return found.order_by("-number")


def _counted(voices: QuerySet[Voice]) -> Coalesce:
    """Count voices source by source: only for the sources of a page, where joining them would count for all."""
    of_one = voices.filter(source=OuterRef("pk")).order_by().values("source").annotate(count=Count("pk"))
    return Coalesce(Subquery(of_one.values("count")), 0)


def voices_of(source: Source) -> QuerySet[Voice]:
    """Return the voices of a source in the order in which they stand in it."""
    return source.voices.order_by("start", "number").prefetch_related("theme_links__theme")


def next_waiting(source: Source) -> Source | None:
    """Return the source that waits after this one, from the beginning where none does."""
    others = waiting(source.consultation).exclude(pk=source.pk).order_by("number")
    return others.filter(number__gt=source.number).first() or others.first()


# ---------------------------------------------------------------- what is known already
def known_texts(
    consultation: Consultation, hashes: Collection[str] | None = None
) -> dict[str, list[tuple[str, Sender]]]:
    """Return by the hash of their text which sources there are, and who sent them."""
    found = consultation.sources.all()
    if hashes is not None:
        found = found.filter(text_hash__in=hashes)
    known: dict[str, list[tuple[str, Sender]]] = {}
    for row in found.values("text_hash", *_OF_SENDER).iterator(chunk_size=5000):
        known.setdefault(row["text_hash"], []).append((f"S{row['number']}", _sender(row)))
    return known


def known_words(consultation: Consultation) -> dict[str, list[tuple[str, Sender]]]:
    """Return by the marks of their words, also of attached files, which sources there are, and who sent them."""
    rows = consultation.sources.exclude(text="").order_by("number")
    known: dict[str, list[tuple[str, Sender]]] = {}
    for row in rows.values("text", *_OF_SENDER).iterator(chunk_size=500):
        note_words(known, row["text"], f"S{row['number']}", _sender(row))
    return known


def _sender(row: Mapping[str, Any]) -> Sender:
    is_mail = row["kind"] == Source.Kind.EMAIL and row["file_path"]
    return Sender(
        row["author_name"],
        row["author_organization"],
        row["author_address"],
        row["file_hash"],
        mail=(row["file_path"], row["is_encrypted"]) if is_mail else None,
    )


def note_words(known: dict[str, list[tuple[str, Sender]]], text: str, code: str, sender: Sender) -> None:
    """Note which words a submission holds, for those that come after it."""
    for mark in marks_of_words(text):
        known.setdefault(mark, []).append((code, sender))


def holders_of(text: str, sender: Sender, known: Mapping[str, Sequence[tuple[str, Sender]]]) -> tuple[list[str], bool]:
    """Return which submissions hold words of this one, and whether those of the same sender hold all of them.

    Where nobody knows who sent one of them, it may be the same, and is named; it holds them only where its file is
    the same.
    """
    marks = marks_of_words(text)
    near = {mark: [code for code, other in known.get(mark, ()) if may_be_same(sender, other)] for mark in marks}
    own = {mark: [code for code, other in known.get(mark, ()) if same_sender(sender, other)] for mark in marks}
    holding, is_all = holders(marks, own)
    return (holding, True) if is_all else (holders(marks, near)[0], False)


def same_sender(one: Sender, other: Sender) -> bool:
    """Whether two submissions with the same words come from one sender, as far as anybody can tell.

    Two people may send the same letter; each of them is a voice. Where one of two senders is not known, a file is the
    same only if its bytes are: no reading of two files finds all that tells them apart. So it is where not all of the
    first could be read. Words without a file are all there is, and the same.
    """
    if not may_be_same(one, other):
        return False
    if not (one.file_hash and other.file_hash) or (one.is_known and other.is_known and not one.is_partly_unread):
        return True
    if one.is_partly_unread:
        return one.file_hash == other.file_hash or one.held() == other.held() != frozenset()
    return bool(one.files() & other.files())


def may_be_same(one: Sender, other: Sender) -> bool:
    """Whether nothing says that two submissions with the same words come from two senders."""
    first, second = one.plain(), other.plain()
    if not any(first) or not any(second):
        return True
    if first[2] and second[2]:
        return first[2] == second[2]
    return first[:2] == second[:2]


def twin_of(consultation: Consultation, text: str, sender: Sender) -> str:
    """Return the short name of the source that is this submission already, or holds it; empty where there is none."""
    digest = hash_of_text(text)
    for code, other in known_texts(consultation, [digest]).get(digest, []):
        if same_sender(sender, other):
            return code
    holding, is_all = holders_of(text, sender, known_words(consultation))
    return holding[0] if is_all else ""


def files_known() -> set[str]:
    """Return the paths of all files that a source or an upload keeps."""
    from minga.deliberation.models import IntakeFile

    kept: Any = Source.objects.exclude(file_path="").values_list("file_path", flat=True)
    return {*kept, *IntakeFile.objects.values_list("path", flat=True)}
