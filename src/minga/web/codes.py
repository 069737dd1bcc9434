"""Secrets for people without an account: drawn here, and known to the database only as a hash."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata

#: Crockford's alphabet: no I, L, O or U, so a printed code survives handwriting and reading aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 16
MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_secret() -> str:
    """Draw a secret of 256 bits for a browser or a link."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Draw a printable code of 80 bits, such as 7QK4-0M2X-V9TB-3HFA."""
    drawn = "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))
    return "-".join(drawn[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def plain(text: str) -> str:
    """Return typed letters and digits as plain capitals and 0 to 9, without what keyboards put between them."""
    known = unicodedata.normalize("NFKC", text)
    digits = (str(unicodedata.decimal(one)) if one.isdecimal() else one for one in known)
    return "".join(one for one in "".join(digits).upper() if not (one.isspace() or unicodedata.category(one) == "Cf"))


def tidy_code(text: str) -> str | None:
    """Return a typed code in its one spelling, or None where it cannot be a code.

    Small letters, spaces and missing hyphens are fine, and so are full-width letters and the digits of every script; O
    reads as 0, I and L as 1.
    """
    drawn = plain(text).replace("-", "").replace("–", "").translate(MISREAD)
    if len(drawn) != CODE_LENGTH or any(letter not in ALPHABET for letter in drawn):
        return None
    return "-".join(drawn[start : start + 4] for start in range(0, CODE_LENGTH, 4))


def hash_of(secret: str) -> str:
    """Return what the database keeps of a secret; at 80 bits and more there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
