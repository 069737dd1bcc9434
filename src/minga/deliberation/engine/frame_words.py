"""Lines that stand around what people say: particulars of a meeting or letter, questions that were asked, titles."""

from __future__ import annotations

import re

from minga.text import fold
from minga.text.extraction import is_said, is_short

_MOST_WORDS, _MOST_SIGNS = 10, 24
#: A name in letters that have capitals: "Sami", "M. Ben Ali", "Jean-Luc de la Tour"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞА-ЯЁ][\w'’-]*"
_NAME = re.compile(
    rf"(?:(?:{_CAPITAL}\.?|de|del|la|du|des|ben|bin|bint|el|al|van|von|y|e|dos|da|di) ){{0,4}}{_CAPITAL}$"
)


def _one_of(words: str) -> str:
    folded = sorted((fold(" ".join(word.split())) for word in words.split("|")), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in folded) + ")"


#: "Présents : 23 personnes", "Date: 12 March", "Tel.: 123", "Nom : Amina"
_PARTICULAR = re.compile(
    _one_of(
        "present|attendees|participants|number of participants|attendance|absent|apologies|date|time|venue|place"
        "|location|facilitator|moderator|chair|rapporteur|note taker|subject|re|ref|reference|phone|telephone|tel|tel."
        "|fax|mobile|e-mail|email|address|organizer|organiser"
        "|présents|présentes|participantes|nombre de participants|nombre de présents|présences|absents|excusés|lieu"
        "|heure|horaire|durée|animateur|animatrice|animation|animé par|modérateur|modératrice|facilitateur|secrétaire"
        "|objet|réf|réf.|référence|tél|tél.|téléphone|portable|courriel|adresse|organisé par|organisateur"
        "|asistentes|presentes|número de participantes|fecha|lugar|hora|moderadora|facilitador|facilitadora|asunto"
        "|teléfono|correo|dirección"
        "|присутствовали|присутствующие|участники|число участников|дата|место|время|ведущий|модератор|тема|телефон|тел."
        "|الحضور|الحاضرون|الحاضرين|المشاركون|المشاركين|عدد المشاركين|عدد الحضور|الغائبون|التاريخ|المكان|الساعة|الميسر"
        "|المنشط|المقرر|الموضوع|المرجع|الهاتف|العنوان|البريد الإلكتروني"
        "|name|full name|first name|last name|surname|your name|nom|prénom|nom et prénom|nom complet|votre nom|nombre"
        "|apellidos|nombre y apellidos|имя|фамилия|фио|الاسم|اللقب|الاسم الكامل|الاسم واللقب|姓名"
        "|出席|出席人员|参加者|参会人员|参会人数|日期|时间|地点|主持人|记录人|主题|电话|地址"
    )
    + r"\s*(?:\([^)]{0,30}\))?\s*[:：]\s*(?P<value>\S.*)$"
)
_COUNT = re.compile(
    r"\d{1,5} (?:participants?|participantes|people|persons|attendees|personnes|asistentes|участник\w*|человек"
    r"|مشارك\w*|شخص\w*|اشخاص)(?: present\w*| attended)?\.?$"
)
#: "Q7. What do you need?"; where an answer stands on the same line, nothing is left out
_ASKED = re.compile(
    rf"{_one_of('q|question|pregunta|вопрос|سؤال|السؤال|س|问题|问')}\s*(?:n[°o.]?\s*)?\d{{1,3}}\s*[.:)：–—-]\s*[^?？]*[?？:：]\s*$"
)
_COVER = re.compile(
    r"\b(?:attached|enclosed|attachments?|ci-joint\w*|ci joint\w*|ci-apres|en piece jointe|en annexe|piece jointe"
    r"|pieces jointes|adjunt\w+|anexo|во вложении|прилага\w+|в приложении|مرفق\w*|المرفق\w*|رفقته|طيه)\b|附件|随信|附上"
)
#: Who speaks, and what shall be: a line with such words is said, however short.
_DEMANDS = re.compile(
    r"\b(?:we|i|must|should|need|needs|want|please|let|nous|je|on|faut|doit|doivent|devrait|voulons|demandons|souhaitons"
    r"|nosotros|hay|debe|deben|queremos|pedimos|necesitamos|мы|я|нужно|надо|должны|должен|просим|хотим"
    r"|نحن|يجب|ينبغي|نطلب|نطالب|نريد|نحتاج|لا بد)\b|[我应要请需]"
)
_ENDS = re.compile(r"[.!?؟。！？…;؛；,،，][\"'”’»)\]]*\s*$")
_HAN = re.compile(r"[\u3400-\u9fff]")


def is_particular(line: str) -> bool:
    """Whether a line says who, when, where or with how many people something was, or what a letter is about."""
    if not is_short(line):
        return False
    plain = fold(line).strip(" \t-–—•*")
    found = _PARTICULAR.match(plain)
    return (found is not None and not is_said(found["value"])) or _COUNT.match(plain) is not None


def is_cover(words: str) -> bool:
    """Whether a short sentence of a message only says that something is attached to it."""
    plain = fold(words).strip()
    return is_short(plain) and "\n" not in plain and _COVER.search(plain) is not None


def is_question_asked(line: str) -> bool:
    """Whether a line repeats a numbered question of a form, and holds no answer to it."""
    return _ASKED.match(fold(line).strip()) is not None


def looks_like_title(words: str) -> bool:
    """Whether words could be the title of what follows: one short line that ends like no sentence and asks nothing."""
    plain = words.strip()
    if "\n" in plain or not is_short(plain) or _ENDS.search(plain):
        return False
    if len(plain.split()) > _MOST_WORDS or len(_HAN.findall(plain)) > _MOST_SIGNS:
        return False
    return _DEMANDS.search(fold(plain)) is None


def looks_like_name(words: str) -> bool:
    """Whether a line is a name and nothing else, as people write it beneath what they say."""
    return len(words) < 60 and _NAME.match(words) is not None
