"""The words around a text in the six languages of the site, for files that are written without it.

They are the site's own, so that the same version gives the same file wherever it is written; a test compares them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from minga.deliberation.engine.errors import ExportError
from minga.deliberation.engine.texts.document import Labels

_NUMBER = re.compile(r"-?\d+\.\d+")


@dataclass(frozen=True)
class _Language:
    """How a day is written, with the names of months parted by blanks, and the words by what they stand for."""

    day: str
    answers_to: str
    labels: Mapping[str, str]
    answers: Mapping[str, str]
    columns: Mapping[str, str]
    months: str = ""
    decimal: str = "."

    def write(self, on: date) -> str:
        month = self.months.split()[on.month - 1] if self.months else ""
        return self.day.format(d=on.day, m=on.month, y=on.year, month=month)


def labels_in(language: str) -> Labels:
    """Return the words around a draft.

    Parameters
    ----------
    language : str
        "ar", "en", "es", "fr", "ru" or "zh".

    Raises
    ------
    ExportError
        The words are in none such language.
    """
    words = _words(language)
    return Labels(**words.labels, day=words.write, answers=dict(words.answers))


def columns_in(language: str) -> dict[str, str]:
    """Return the words above the columns of the table of answers; errors as for :func:`labels_in`."""
    return dict(_words(language).columns)


def number_in(text: str, language: str) -> str:
    """Return a number kept as text with the decimal sign of a language; other words stay as they are."""
    return text.replace(".", _words(language).decimal) if _NUMBER.fullmatch(text) else text


def answers_to(title: str, language: str) -> str:
    """Return the title of the answers to a consultation; errors as for :func:`labels_in`."""
    return _words(language).answers_to.format(title=title)


def _words(language: str) -> _Language:
    if language not in _WORDS:
        known = ", ".join(_WORDS)
        raise ExportError(
            f"The words around a text are there in {known}, but not in {language!r}. Choose the one of these that is "
            "nearest to the language of the text."
        )
    return _WORDS[language]


_WORDS = {
    "ar": _Language(
        day="{d} {month} {y}",
        months="يناير فبراير مارس إبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
        answers_to="الردود على «{title}»",
        labels={
            "contents": "المحتويات",
            "version": "النسخة {number}، نُشرت في {day}",
            "undated": "النسخة {number}",
            "adopted": "اعتُمد في {day}.",
            "adopted_by": "اعتُمد في {day}: {decision}",
            "not_adopted": "هذا نص قيد الإعداد، لم يُعتمد بعد.",
            "sample": "عيّنة توضيحية: هذا النص مختلق.",
            "comes_of": "نشأ من الاستشارة «{title}».",
            "found_at": "توجد هذه النسخة في {address}",
            "behind": "ما يستند إليه هذا البند",
            "nothing_behind": "لا رأي ولا إثبات مرتبط بهذا البند.",
            "versions": "النسخ",
            "voice": "الرأي {code}",
            "hidden_voice": "لا يُعرض للعموم",
            "taken_back": "سحبه صاحبه",
            "theme": "الموضوع {code}",
            "statement": "العبارة {code}",
            "answer": "الرد",
            "evidence": "الإثبات",
            "commitment": "الالتزام {code}",
        },
        answers={
            "accepted": "مقبول",
            "accepted_in_part": "مقبول جزئيًا",
            "rejected": "مرفوض",
            "out_of_scope": "خارج النطاق",
            "already_covered": "وارد سلفًا",
            "duplicate_of": "قاله رأي آخر أيضًا",
        },
        columns={
            "voice": "الرأي",
            "text": "ما قيل",
            "theme": "الموضوع",
            "answer": "الرد",
            "reason": "السبب",
            "responder": "من يرد",
            "date": "التاريخ",
            "clause": "البند",
            "now": "يرد اليوم في",
        },
    ),
    "en": _Language(
        day="{d} {month} {y}",
        months="January February March April May June July August September October November December",
        answers_to="Answers to “{title}”",
        labels={
            "contents": "Contents",
            "version": "Version {number}, published on {day}",
            "undated": "Version {number}",
            "adopted": "Adopted on {day}.",
            "adopted_by": "Adopted on {day}: {decision}",
            "not_adopted": "This is a draft. It is not adopted.",
            "sample": "Sample: this text is invented.",
            "comes_of": "It comes of the consultation “{title}”.",
            "found_at": "This version is found at {address}",
            "behind": "What stands behind this clause",
            "nothing_behind": "No voice and no evidence is linked to this clause.",
            "versions": "Versions",
            "voice": "Voice {code}",
            "hidden_voice": "not shown in public",
            "taken_back": "taken back by its sender",
            "theme": "Theme {code}",
            "statement": "Statement {code}",
            "answer": "Answer",
            "evidence": "Evidence",
            "commitment": "Commitment {code}",
        },
        answers={
            "accepted": "accepted",
            "accepted_in_part": "accepted in part",
            "rejected": "rejected",
            "out_of_scope": "out of scope",
            "already_covered": "already covered",
            "duplicate_of": "said by another voice too",
        },
        columns={
            "voice": "Voice",
            "text": "What was said",
            "theme": "Theme",
            "answer": "Answer",
            "reason": "Reason",
            "responder": "Who answers",
            "date": "Date",
            "clause": "Clause",
            "now": "Stands today in",
        },
    ),
    "es": _Language(
        decimal=",",
        day="{d} de {month} de {y}",
        months="enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        answers_to="Respuestas a “{title}”",
        labels={
            "contents": "Contenido",
            "version": "Versión {number}, publicada el {day}",
            "undated": "Versión {number}",
            "adopted": "Adoptado el {day}.",
            "adopted_by": "Adoptado el {day}: {decision}",
            "not_adopted": "Esto es un borrador. No está adoptado.",
            "sample": "Ejemplo: este texto es inventado.",
            "comes_of": "Procede de la consulta “{title}”.",
            "found_at": "Esta versión se encuentra en {address}",
            "behind": "Lo que hay detrás de esta cláusula",
            "nothing_behind": "Ningún aporte ni evidencia está unido a esta cláusula.",
            "versions": "Versiones",
            "voice": "Aporte {code}",
            "hidden_voice": "no se muestra en público",
            "taken_back": "retirado por su autor",
            "theme": "Tema {code}",
            "statement": "Enunciado {code}",
            "answer": "Respuesta",
            "evidence": "Evidencia",
            "commitment": "Compromiso {code}",
        },
        answers={
            "accepted": "aceptado",
            "accepted_in_part": "aceptado en parte",
            "rejected": "rechazado",
            "out_of_scope": "fuera del alcance",
            "already_covered": "ya recogido",
            "duplicate_of": "lo dice también otro aporte",
        },
        columns={
            "voice": "Aporte",
            "text": "Lo que se dijo",
            "theme": "Tema",
            "answer": "Respuesta",
            "reason": "Motivo",
            "responder": "Quién responde",
            "date": "Fecha",
            "clause": "Cláusula",
            "now": "Hoy figura en",
        },
    ),
    "fr": _Language(
        decimal=",",
        day="{d} {month} {y}",
        months="janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        answers_to="Réponses à «\u00a0{title}\u00a0»",
        labels={
            "contents": "Sommaire",
            "version": "Version {number}, publiée le {day}",
            "undated": "Version {number}",
            "adopted": "Adopté le {day}.",
            "adopted_by": "Adopté le {day}\u00a0: {decision}",
            "not_adopted": "Ceci est un projet de texte. Il n'est pas adopté.",
            "sample": "Exemple\u00a0: ce texte est inventé.",
            "comes_of": "Il est issu de la consultation «\u00a0{title}\u00a0».",
            "found_at": "Cette version se trouve à {address}",
            "behind": "Ce qui se trouve derrière cette clause",
            "nothing_behind": "Aucune contribution ni preuve n'est liée à cette clause.",
            "versions": "Versions",
            "voice": "Contribution {code}",
            "hidden_voice": "non public",
            "taken_back": "retirée par son auteur",
            "theme": "Thème {code}",
            "statement": "Énoncé {code}",
            "answer": "Réponse",
            "evidence": "Preuves",
            "commitment": "Engagement {code}",
        },
        answers={
            "accepted": "acceptée",
            "accepted_in_part": "acceptée en partie",
            "rejected": "rejetée",
            "out_of_scope": "hors sujet",
            "already_covered": "déjà couverte",
            "duplicate_of": "dite aussi par une autre contribution",
        },
        columns={
            "voice": "Contribution",
            "text": "Ce qui a été dit",
            "theme": "Thème",
            "answer": "Réponse",
            "reason": "Raison",
            "responder": "Qui répond",
            "date": "Date",
            "clause": "Clause",
            "now": "Figure aujourd'hui dans",
        },
    ),
    "ru": _Language(
        decimal=",",
        day="{d} {month} {y} г.",
        months="января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
        answers_to="Ответы на «{title}»",
        labels={
            "contents": "Содержание",
            "version": "Версия {number}, опубликована {day}",
            "undated": "Версия {number}",
            "adopted": "Принят {day}",
            "adopted_by": "Принят {day}: {decision}",
            "not_adopted": "Это проект. Он не принят.",
            "sample": "Пример: этот текст вымышлен.",
            "comes_of": "Он возник из консультации «{title}».",
            "found_at": "Эта версия находится по адресу {address}",
            "behind": "Что стоит за этим пунктом",
            "nothing_behind": "С этим пунктом не связано ни мнений, ни подтверждений.",
            "versions": "Версии",
            "voice": "Мнение {code}",
            "hidden_voice": "не показывается всем",
            "taken_back": "отозвано отправителем",
            "theme": "Тема {code}",
            "statement": "Утверждение {code}",
            "answer": "Ответ",
            "evidence": "Подтверждения",
            "commitment": "Обязательство {code}",
        },
        answers={
            "accepted": "принято",
            "accepted_in_part": "принято частично",
            "rejected": "отклонено",
            "out_of_scope": "вне рамок",
            "already_covered": "уже учтено",
            "duplicate_of": "сказано и другим мнением",
        },
        columns={
            "voice": "Мнение",
            "text": "Что сказано",
            "theme": "Тема",
            "answer": "Ответ",
            "reason": "Причина",
            "responder": "Кто отвечает",
            "date": "Дата",
            "clause": "Пункт",
            "now": "Сейчас стоит в",
        },
    ),
    "zh": _Language(
        day="{y}年{m}月{d}日",
        answers_to="对“{title}”的答复",
        labels={
            "contents": "目录",
            "version": "版本{number}，{day}发布",
            "undated": "版本{number}",
            "adopted": "{day}通过。",
            "adopted_by": "{day}通过：{decision}",
            "not_adopted": "这是草案，尚未通过。",
            "sample": "示例：此文本为虚构。",
            "comes_of": "来自意见征询“{title}”。",
            "found_at": "此版本见：{address}",
            "behind": "这一条款背后的内容",
            "nothing_behind": "没有意见或证据与这一条款关联。",
            "versions": "版本",
            "voice": "意见{code}",
            "hidden_voice": "不公开显示",
            "taken_back": "已由提交者撤回",
            "theme": "主题{code}",
            "statement": "陈述{code}",
            "answer": "答复",
            "evidence": "证据",
            "commitment": "承诺{code}",
        },
        answers={
            "accepted": "已采纳",
            "accepted_in_part": "部分采纳",
            "rejected": "未采纳",
            "out_of_scope": "超出范围",
            "already_covered": "已涵盖",
            "duplicate_of": "另一条意见也这样说",
        },
        columns={
            "voice": "意见",
            "text": "所说的话",
            "theme": "主题",
            "answer": "答复",
            "reason": "理由",
            "responder": "由谁答复",
            "date": "日期",
            "clause": "条款",
            "now": "现载于",
        },
    ),
}
