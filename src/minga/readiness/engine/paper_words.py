"""The words around the questions on the printed form, by language."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "en": {
        "dk": "I do not know",
        "na": "Does not apply, because",
        "evidence": "Proof, if you have it at hand",
        "profile": "About the business",
        "goals": "Tick at most three",
        "respondent": "Answered by (role)",
        "date": "Date",
        "code": "Code of this assessment",
        "name": "Name of the business",
        "tick": "Tick one level for each question: the highest level at which every statement is true.",
        "untranslated": "This text is not translated yet.",
        "draft": "Expert-written, not yet calibrated.",
        "unreviewed": "This translation has not been reviewed yet.",
        "short": "Short form, about {minutes} minutes",
        "full": "Full form, about {minutes} minutes",
    },
    "fr": {
        "dk": "Je ne sais pas",
        "na": "Sans objet, parce que",
        "evidence": "Preuve, si vous l'avez sous la main",
        "profile": "L'entreprise",
        "goals": "Cochez trois cases au plus",
        "respondent": "Réponses données par (fonction)",
        "date": "Date",
        "code": "Code de ce bilan",
        "name": "Nom de l'entreprise",
        "tick": "Cochez un seul niveau par question : le plus haut où toutes les phrases sont vraies.",
        "untranslated": "Ce texte n'est pas encore traduit.",
        "draft": "Rédigé par des experts, pas encore étalonné.",
        "unreviewed": "Cette traduction n'a pas encore été relue.",
        "short": "Formulaire court, environ {minutes} minutes",
        "full": "Formulaire complet, environ {minutes} minutes",
    },
    "ar": {
        "dk": "لا أعرف",
        "na": "لا ينطبق، لأن",
        "evidence": "الدليل، إن كان في متناول يدك",
        "profile": "عن المنشأة",
        "goals": "ضع علامة على ثلاثة خيارات على الأكثر",
        "respondent": "أجاب (الوظيفة)",
        "date": "التاريخ",
        "code": "رمز هذا التقييم",
        "name": "اسم المنشأة",
        "tick": "ضع علامة على مستوى واحد لكل سؤال: أعلى مستوى تصح فيه كل العبارات.",
        "untranslated": "هذا النص لم يُترجم بعد.",
        "draft": "من إعداد خبراء، ولم تتم معايرته بعد.",
        "unreviewed": "لم تُراجع هذه الترجمة بعد.",
        "short": "النموذج القصير، نحو {minutes} دقيقة",
        "full": "النموذج الكامل، نحو {minutes} دقيقة",
    },
}


def words(language: str) -> dict[str, str]:
    """Return the words of a language, English where there are none."""
    return WORDS.get(language, WORDS["en"])
