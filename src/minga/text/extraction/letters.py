"""Greetings, closings and signatures of letters in six languages, told by how their lines begin."""

from __future__ import annotations

import re

from minga.text.folding import fold

#: No line of a letterhead, a greeting, a name or a street is longer.
_SHORT = 80
_FEW_WORDS = 4
#: Some closings of French and Arabic letters are a whole sentence.
_LONGEST_CLOSING = 260


def _one_of(words: str) -> str:
    """Make a pattern of words as they are folded, the longest first."""
    folded = sorted((fold(" ".join(word.split())) for word in words.split("|")), key=len, reverse=True)
    return "(?:" + "|".join(re.escape(word) for word in folded) + ")"


_FORMAL = re.compile(
    _one_of(
        "dear|to whom it may concern|ladies and gentlemen|honourable|honorable|your excellency|excellencies"
        "|madame|monsieur|mesdames|messieurs|cher|chère|chers|chères|à qui de droit"
        "|estimado|estimada|estimados|estimadas|distinguido|distinguida|distinguidos|señor|señora|señores"
        "|a quien corresponda|querido|querida|queridos"
        "|уважаемый|уважаемая|уважаемое|уважаемые|глубокоуважаемый|глубокоуважаемая|дорогой|дорогая|дорогие|господа"
        "|السيد|السيدة|السادة|عزيزي|عزيزتي|أعزائي|حضرة|معالي|سعادة|إلى من يهمه الأمر|إلى السيد|إلى السادة"
    )
    + r"\b|(?:"
    + _one_of("尊敬的|敬启者|亲爱的|各位")
    + ")"
)
_TO_ANYBODY = re.compile(
    _one_of("to whom it may concern|a quien corresponda|à qui de droit|إلى من يهمه الأمر") + r"\.?"
)
_PLAIN = (
    r"(?:"
    + _one_of(
        "hello|hi|hey|good morning|good afternoon|good evening|good day|greetings"
        "|bonjour|bonsoir|salut|hola|buenos días|buenas tardes|buenas noches|buen día"
        "|здравствуйте|добрый день|доброе утро|добрый вечер|привет"
        "|السلام عليكم|السلام عليكم ورحمة الله وبركاته|تحية طيبة|تحية طيبة وبعد|وبعد|بعد التحية|مرحبا|صباح الخير"
    )
    + r"\b)"
)
_HELLO = re.compile(
    rf"(?:{_PLAIN}(?:,? \w+)?\s*[,،.!:;]*|{_PLAIN}(?:,? \w+){{2,5}}\s*[,،!:]"
    rf"|{_one_of('您好|你好|大家好')}\w{{0,4}}[,!:.。]*)$"
)
#: A full stop inside a greeting stands after a title alone.
_STOP = re.compile(r"(?<!\bmr)(?<!\bms)(?<!\bmrs)(?<!\bdr)(?<!\bprof)(?<!\bsr)(?<!\bsra)(?<!\bst)\.|[!?؟。]")

_ENDS = r"\s*(?:[,،.!;:–—-].{0,60})?$"
_FRENCH = re.compile(_one_of("veuillez|je vous prie|nous vous prions|recevez, madame|agréez|reciba|reciban"))
_CLOSING = re.compile(
    _one_of(
        "regards|kind regards|kindest regards|best regards|warm regards|warmest regards|with kind regards"
        "|with best regards|with warm regards|many regards|friendly regards|with regards|respectful regards"
        "|sincerely|sincerely yours|yours|yours sincerely|yours faithfully|yours truly|yours respectfully"
        "|yours very sincerely|yours very truly|very truly yours|most sincerely|faithfully|faithfully yours"
        "|respectfully|respectfully yours|respectfully submitted|truly yours|cordially|cordially yours|warmly"
        "|best|all the best|best wishes|with best wishes|kind wishes|warm wishes|cheers|with thanks|with gratitude"
        "|in solidarity|with respect|signed"
        "|cordialement|bien cordialement|très cordialement|bien à vous|salutations|meilleures salutations"
        "|sincères salutations|salutations distinguées|salutations cordiales|mes salutations|respectueusement"
        "|bien respectueusement|amicalement|sincèrement|avec mes salutations|avec mes meilleures salutations"
        "|avec nos meilleures salutations|cordiales salutations"
        "|atentamente|muy atentamente|saludos|saludos cordiales|cordiales saludos|un saludo|un cordial saludo"
        "|un saludo cordial|cordialmente|respetuosamente|sinceramente|un abrazo|le saluda|les saluda"
        "|le saluda atentamente|les saluda atentamente|con un cordial saludo|suyo|afectuosamente"
        "|с уважением|с глубоким уважением|с наилучшими пожеланиями|с почтением|искренне ваш|искренне ваша"
        "|всего доброго|всего наилучшего|с благодарностью|с приветом|с искренним уважением|ваш|ваша"
        "|مع التحية|مع التحيات|مع تحياتي|مع خالص التحية|مع خالص التحيات|مع خالص تحياتي|مع أطيب التحيات|مع أطيب تحياتي"
        "|مع فائق التحية|مع فائق الاحترام|مع فائق الاحترام والتقدير|مع فائق التقدير|مع التقدير|مع الاحترام"
        "|مع التحية والتقدير|مع كل الاحترام|مع خالص الشكر|مع خالص الشكر والتقدير|مع جزيل الشكر|مع الشكر|تحياتي"
        "|خالص تحياتي|والسلام|والسلام عليكم|والسلام عليكم ورحمة الله وبركاته|ودمتم|المخلص|المخلصة"
    )
    + _ENDS
    + "|"
    + _one_of(
        "kind regards|kindest regards|best regards|warm regards|yours sincerely|yours faithfully|best wishes"
        "|cordialement|bien à vous|atentamente|saludos|с уважением|مع التحية|مع خالص التحية|مع تحياتي|تحياتي"
    )
    + r"(?: [^\s,.]+){1,4}$|(?:"
    + _one_of(
        "veuillez agréer|veuillez recevoir|veuillez croire|je vous prie d'agréer|je vous prie d’agréer"
        "|nous vous prions d'agréer|nous vous prions d’agréer|je vous prie de croire|recevez, madame|agréez"
        "|reciba un|reciban un|le saludo|les saludo|وتفضلوا بقبول|تفضلوا بقبول|وتقبلوا|تقبلوا"
    )
    + r"\b).*$|(?:"
    + _one_of("此致|敬礼|顺祝|祝好|敬祝|顺颂|谨启|谨上|敬上|致敬")
    + r").{0,12}$|.{1,16}(?:"
    + _one_of("敬上|谨上|谨启")
    + r")$"
)
_THANKS = re.compile(
    r"(?:"
    + _one_of(
        "thank you|thanks|many thanks|merci|merci beaucoup|gracias|muchas gracias|спасибо|большое спасибо"
        "|благодарю|شكرا|شكرا لكم|شكرا جزيلا|وشكرا|شكرا جزيلا لكم"
    )
    + r"(?: (?:you|very much|so much|again|in advance|d'avance|d’avance|de antemano|заранее))?"
    + _ENDS
    + "|"
    + _one_of("thank you for|thanks for|merci de|merci pour|gracias por|спасибо за|شكرا على")
    + r"\b[^.!?]{0,60}[.!,]?$|(?:谢谢|感谢).{0,6}$)"
)
#: What begins a piece after the signature that is said all the same.
_AFTERWORD = re.compile(r"(?:p\.? ?s\b|p\.? ?d\b|n\.? ?b\b|постскриптум|ملاحظة|ملحوظة|附言)", re.IGNORECASE)
_SENTENCE_ENDS = re.compile(r"[.!?؟。！？…][\"'”’»)]?$")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


_SIGNATURE = re.compile(r"--\s?$")
_SENT_FROM = re.compile(
    r"(?:sent from my|envoyé de mon|enviado desde mi|отправлено с|أرسلت من|发自我的)\b.{0,60}$", re.IGNORECASE
)
#: No mail program writes a longer line to begin a signature.
_LONGEST_SIGNATURE = 400


def begins_signature(line: str) -> bool:
    """Whether a line begins the signature of a mail."""
    if len(line) >= _LONGEST_SIGNATURE:
        return False
    return _SIGNATURE.match(line) is not None or _SENT_FROM.match(line.strip()) is not None


def is_greeting(line: str) -> bool:
    """Whether a line greets, and says nothing else."""
    if len(line) > 2 * _SHORT:
        return False
    plain = fold(line).strip()
    if len(plain) > _SHORT:
        return False
    if _HELLO.match(plain):
        return True
    return bool(_FORMAL.match(plain)) and _says_no_more(plain)


def _says_no_more(plain: str) -> bool:
    """Whether what begins like a greeting ends like one: with its own sign, or after few words."""
    if _STOP.search(plain[:-1]):
        return False
    if plain[-1] in ",:،":
        return True
    if _TO_ANYBODY.fullmatch(plain):
        return True
    words = len(plain.split())
    if _CHINESE.search(plain):
        return len(plain) <= 2 * _FEW_WORDS or plain[-1] == "!"
    return words <= _FEW_WORDS if plain[-1] != "!" else words <= 2 * _FEW_WORDS


def is_closing(line: str) -> bool:
    """Whether a line closes a letter: a name and an address may follow, and nothing that is said."""
    if len(line) > _LONGEST_CLOSING or _goes_on(line):
        return False
    return _CLOSING.match(fold(line).strip()) is not None


def is_thanks(line: str) -> bool:
    """Whether a line gives thanks, as many do at the end of a letter and some before they begin."""
    return len(line) <= 2 * _SHORT and not _goes_on(line) and _THANKS.match(fold(line).strip()) is not None


def _goes_on(line: str) -> bool:
    """Whether a sentence follows on the same line: "Sincerely, we need more training." closes nothing."""
    rest = re.split(r"[,،，]", line, maxsplit=1)[1:]
    formal = rest and re.match(_FRENCH, fold(line).strip())
    return bool(rest) and not formal and is_said(rest[0]) and not re.search(r"\d", rest[0])


def is_short(words: str) -> bool:
    """Whether all lines are as short as names, days and addresses are."""
    return all(len(line.strip()) <= _SHORT for line in words.split("\n"))


def is_said(words: str) -> bool:
    """Whether words look like a sentence, or a short one beneath a signature."""
    plain = words.strip()
    if _AFTERWORD.match(plain):
        return True
    if not _SENTENCE_ENDS.search(plain):
        return False
    return len(plain.split()) >= _FEW_WORDS or len(_CHINESE.findall(plain)) >= 2 * _FEW_WORDS


def is_afterword(words: str) -> bool:
    """Whether something is said beneath the signature, as after "P.S."."""
    return _AFTERWORD.match(words.strip()) is not None
