"""Secrets that open an assessment without an account: drawn here, and known to the database only as a hash."""

from __future__ import annotations

import hashlib
import secrets
import uuid

#: Crockford's alphabet: no I, L, O or U, so a printed code survives handwriting and reading aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_secret() -> str:
    """Draw a secret of 256 bits for a browser or a link."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Draw a printable code of 80 bits, such as 7QK4-0M2X-V9TB-3HFA."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def tidy_code(text: str) -> str | None:
    """Return a typed code in its one spelling, or None where it cannot be a code.

    Small letters, spaces and missing hyphens are fine; O reads as 0, I and L as 1.
    """
    drawn = "".join(text.upper().split()).replace("-", "").replace("–", "").translate(_MISREAD)
    if len(drawn) != CODE_LENGTH or any(letter not in ALPHABET for letter in drawn):
        return None
    return "-".join(drawn[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def hash_of(secret: str) -> str:
    """Return what the database keeps of a secret; at 80 bits and more there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()


# ---------------------------------------------------------------- what stands on a paper form: a reference, no secret
_PAPER_LENGTH = 8
#: Eight places of five bits: the first forty bits of the id.
_PAPER_DIGITS = 10


def paper_code(pk: uuid.UUID) -> str:
    """Return the short reference of an assessment for its paper form, such as P7QK4-0M2XF.

    It opens nothing: whoever types it in must be allowed to answer anyway. The last letter tells a misread code.
    """
    number = int(pk.hex[:_PAPER_DIGITS], 16)
    places = [(number >> shift) & 31 for shift in range(5 * (_PAPER_LENGTH - 1), -1, -5)]
    drawn = "".join(ALPHABET[place] for place in places) + _check_letter(places)
    return f"P{drawn[:4]}-{drawn[4:]}"


def tidy_paper_code(text: str) -> tuple[uuid.UUID, uuid.UUID] | None:
    """Return the first and last id that a typed reference can mean, or None where it is no reference."""
    drawn = "".join(text.upper().split()).replace("-", "").replace("–", "")
    if len(drawn) != _PAPER_LENGTH + 2 or not drawn.startswith("P"):
        return None
    drawn = drawn[1:].translate(_MISREAD)
    if any(letter not in ALPHABET for letter in drawn):
        return None
    places = [ALPHABET.index(letter) for letter in drawn[:-1]]
    if _check_letter(places) != drawn[-1]:
        return None
    number = 0
    for place in places:
        number = number << 5 | place
    start = f"{number:0{_PAPER_DIGITS}x}"
    return uuid.UUID(start.ljust(32, "0")), uuid.UUID(start.ljust(32, "f"))


def _check_letter(places: list[int]) -> str:
    """Weigh each place differently, so that a misread or swapped letter shows."""
    return ALPHABET[sum((at + 2) * place for at, place in enumerate(places)) % 31]
