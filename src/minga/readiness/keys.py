"""Keys that open an assessment without an account, and the reference on a paper form, which opens nothing."""

from __future__ import annotations

import uuid

from minga.web.codes import ALPHABET, CODE_LENGTH, MISREAD, hash_of, new_code, new_secret, plain, tidy_code

__all__ = ["ALPHABET", "CODE_LENGTH", "hash_of", "new_code", "new_secret", "paper_code", "tidy_code", "tidy_paper_code"]

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
    drawn = plain(text).replace("-", "").replace("–", "")
    if len(drawn) != _PAPER_LENGTH + 2 or not drawn.startswith("P"):
        return None
    drawn = drawn[1:].translate(MISREAD)
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
