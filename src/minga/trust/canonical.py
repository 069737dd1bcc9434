"""Canonical JSON after RFC 8785, so that equal values always have equal bytes and equal hashes."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator, Mapping
from typing import Any

from minga.trust.errors import TrustError

#: Beyond this a JSON number is no longer exact, so two different integers would share one text.
MAX_EXACT_INTEGER = 2**53 - 1
MAX_DEPTH = 200

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_ESCAPES |= {chr(code): f"\\u{code:04x}" for code in range(0x20) if chr(code) not in _ESCAPES}
_ESCAPE_TABLE = str.maketrans(_ESCAPES)


def canonical_json(value: Any) -> bytes:
    """Write a value as the one JSON text that RFC 8785 allows for it.

    Object keys stand in the order of their UTF-16 code units, there is no
    white space, and a number has the shortest digits that read back the same.
    ``1`` and ``1.0`` are one number in JSON and give the same text.

    Parameters
    ----------
    value : str, int, float, bool, None, list, tuple or mapping with str keys
        Integers up to 2**53 - 1 in size, finite floats; nested at most 200 deep.

    Returns
    -------
    bytes
        UTF-8, without a byte order mark.

    Raises
    ------
    TrustError
        The value, or something in it, has no canonical form; the message says where.

    Source: RFC 8785, JSON Canonicalization Scheme, sections 3.2.1 to 3.2.4.
    """
    return "".join(_parts(value, "$", 0)).encode("utf-8")


def content_hash(value: Any) -> str:
    """Hash a value over its canonical JSON.

    Returns
    -------
    str
        ``sha256:`` and 64 lower-case hexadecimal digits.

    Raises
    ------
    TrustError
        The value has no canonical form.

    Source: FIPS 180-4 (SHA-256) over RFC 8785.
    """
    return "sha256:" + hashlib.sha256(canonical_json(value)).hexdigest()


def _parts(value: Any, where: str, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise TrustError(
            f"The value is nested more than {MAX_DEPTH} deep at {where[:80]}. Flatten it, and look for "
            "a list or mapping that contains itself."
        )
    if value is None:
        yield "null"
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, str):
        yield _text(value, where)
    elif isinstance(value, int):
        yield _integer(value, where)
    elif isinstance(value, float):
        yield _number(value, where)
    elif isinstance(value, Mapping):
        yield from _object(value, where, depth)
    elif isinstance(value, list | tuple):
        yield "["
        for index, item in enumerate(value):
            if index:
                yield ","
            yield from _parts(item, f"{where}[{index}]", depth + 1)
        yield "]"
    else:
        raise TrustError(
            f"{where} is a {type(value).__name__}, which canonical JSON cannot hold. Use text, a number, "
            "true or false, null, a list, or a mapping with text keys; write a date as ISO 8601 text."
        )


def _object(value: Mapping[Any, Any], where: str, depth: int) -> Iterator[str]:
    for key in value:
        if not isinstance(key, str):
            raise TrustError(
                f"{where} has the key {key!r}, a {type(key).__name__}; keys must be text. Turn the key into text first."
            )
    yield "{"
    for index, key in enumerate(sorted(value, key=lambda name: _utf16(name, where))):
        if index:
            yield ","
        yield _text(key, where)
        yield ":"
        yield from _parts(value[key], f"{where}.{key}", depth + 1)
    yield "}"


def _utf16(key: str, where: str) -> bytes:
    try:
        return key.encode("utf-16-be")
    except UnicodeEncodeError as error:
        raise _lone_surrogate(key, where) from error


def _text(value: str, where: str) -> str:
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise _lone_surrogate(value, where) from error
    return '"' + value.translate(_ESCAPE_TABLE) + '"'


def _lone_surrogate(value: str, where: str) -> TrustError:
    return TrustError(
        f"The text {value[:40]!a} at {where} holds half of a surrogate pair, which is no character. "
        "Read the text again with the right encoding."
    )


def _integer(value: int, where: str) -> str:
    if abs(value) > MAX_EXACT_INTEGER:
        raise TrustError(
            f"{where} is {value}, but integers are exact in JSON only up to {MAX_EXACT_INTEGER} in size. "
            "Write the number as text."
        )
    return int.__repr__(int(value))


def _number(value: float, where: str) -> str:
    if not math.isfinite(value):
        raise TrustError(f"{where} is {value!r}, and JSON has no such number. Use null for what is not known.")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, point = _shortest_digits(abs(value))
    count = len(digits)
    if count <= point <= 21:
        return sign + digits + "0" * (point - count)
    if 0 < point <= 21:
        return f"{sign}{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    exponent = point - 1
    mantissa = digits if count == 1 else f"{digits[0]}.{digits[1:]}"
    return f"{sign}{mantissa}e{'+' if exponent > 0 else '-'}{abs(exponent)}"


def _shortest_digits(value: float) -> tuple[str, int]:
    """Give the shortest digits that read back as the value, and the point: 0.d1d2... x 10**point."""
    mantissa, _, exponent = float.__repr__(value).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    return stripped.rstrip("0"), point
