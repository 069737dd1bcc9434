"""Earlier mail beneath a reply or in a forward, which mail programs set under lines such as From, Sent and Subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.utils import parseaddr
from itertools import islice, takewhile

from minga.text.extraction.letters import begins_signature

#: Names of the lines in six languages, by what they tell.
_NAMES = {
    "from": "from|de|от|от кого|من|发件人|寄件者",
    "date": "sent|date|envoyé|envoyé le|enviado|enviado el|fecha|отправлено|дата|تم الإرسال|تاريخ الإرسال|أرسلت|أُرسلت"
    "|التاريخ|发送时间|发送日期|日期|时间",
    "to": "to|à|a|para|кому|إلى|الى|收件人",
    "copy": "cc|bcc|cci|cco|copie|copia|копия|نسخة|抄送",
    "subject": "subject|objet|sujet|asunto|тема|الموضوع|主题|标题",
}
_LINE = re.compile(
    r"\s*\*{0,2}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _NAMES.items())
    + r")[ \t\u00a0]*\*{0,2}[:：]\*{0,2}(?P<value>.*)$",
    re.IGNORECASE,
)
_ORIGINAL = re.compile(
    r"\s*(?:-{2,}\s*(?:original message|forwarded message|message d['’]origine|message original|message transféré"
    r"|message transmis|mensaje original|mensaje reenviado|исходное сообщение|пересылаемое сообщение"
    r"|пересланное сообщение|الرسالة الأصلية|رسالة معاد توجيهها|رسالة مُعاد توجيهها|原始邮件|原邮件|转发的邮件|转发邮件)"
    r"\s*-{2,}|begin forwarded message\s?:|début du message (?:réexpédié|transféré)\s?:"
    r"|inicio del mensaje reenviado\s?:|начало переадресованного сообщения\s?:)\s*$",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*(?:_{5,}|-{5,}|={5,})\s*$")
_MAILTO = re.compile(r"\[mailto:([^\]\s]+)\]|<mailto:([^>\s]+)>", re.IGNORECASE)
#: So many lines stand at the head of an earlier mail; a long one goes on in the next line.
_MOST, _LONG = 8, 1000


def earlier_mail(lines: Sequence[str]) -> tuple[int, int, str]:
    """Find the mail to which a message replies, or which it forwards.

    Parameters
    ----------
    lines : of a message

    Returns
    -------
    (how many lines at its beginning are the head of a forwarded mail, the line from which on it repeats an earlier one,
    who wrote the forwarded one)
        0 where it forwards nothing; the number of lines where it repeats nothing. A mail is forwarded where nothing of
        the sender's own stands above it, and is then what the message says.
    """
    begins = (at for at, line in enumerate(lines) if len(line) < _LONG and _begins(lines, at))
    first = next(begins, len(lines))
    own = takewhile(lambda line: not begins_signature(line), lines[:first])
    if first == len(lines) or any(line.strip() and not _RULE.match(line) for line in own):
        return 0, _above(lines, first), ""
    end, sender = _head(lines, first)
    return end, _above(lines, next((at for at in begins if at >= end), len(lines))), sender


def author_of(sender: str) -> tuple[str, str]:
    """Return name and address of who wrote a forwarded mail, as its head names them; empty where it does not."""
    plain = _MAILTO.sub(lambda found: f"<{found[1] or found[2]}>", sender).strip(" \t\u00a0*")
    name, address = parseaddr(plain)
    if "@" in address:
        return " ".join(name.split()), address
    return " ".join(re.sub(r"[<>\"]", " ", plain).split()), ""


def _begins(lines: Sequence[str], at: int) -> bool:
    """Whether a line begins an earlier mail: one that says so, or the first one of its head."""
    if _ORIGINAL.match(lines[at]):
        return True
    found = _LINE.match(lines[at])
    if found is None or not found["from"]:
        return False
    told = _told(lines, at)
    return len(told) >= 3 or (len(told) == 2 and "@" in found["value"])


def _told(lines: Sequence[str], start: int) -> dict[str, tuple[str, int]]:
    """Return what the lines of a head tell, with their numbers, as far as they follow each other."""
    told: dict[str, tuple[str, int]] = {}
    rest = range(start, min(len(lines), start + 2 * _MOST))
    others = 0
    for at in islice((at for at in rest if lines[at].strip()), _MOST):
        found = _LINE.match(lines[at][:_LONG])
        if found is not None:
            kind = next(kind for kind in _NAMES if found[kind])
            if kind in told:
                break
            told[kind] = (found["value"].strip(), at)
            others = 0
            continue
        others += 1
        if others > 1:
            break
    return told


def _head(lines: Sequence[str], start: int) -> tuple[int, str]:
    """Return the line after the head of an earlier mail, and who wrote it."""
    filled = [at for at in range(start, min(len(lines), start + 2 * _MOST)) if lines[at].strip()]
    for at in filled[: 2 if _ORIGINAL.match(lines[start]) else 1]:
        told = _told(lines, at)
        if "from" in told:
            return max(number for _value, number in told.values()) + 1, told["from"][0]
    return start + 1, ""


def _above(lines: Sequence[str], at: int) -> int:
    """Go back over the line that a program draws above an earlier mail."""
    before = at - 1
    while before >= 0 and not lines[before].strip():
        before -= 1
    return before if before >= 0 and at < len(lines) and _RULE.match(lines[before]) else at
