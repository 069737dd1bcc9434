"""Words by which columns and cells of spreadsheets are known, in six languages and without accents."""

from __future__ import annotations

import re
from collections.abc import Mapping

from minga.text import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(fold(word).split()) for word in text.split("|"))


def root(name: str) -> str:
    """Return a folded name without Arabic articles and the s of a plural: "الراي" and "راي" are one, as are "ideas"."""
    return " ".join(_root(word) for word in name.split())


def _root(word: str) -> str:
    if word.startswith("ال") and len(word) > _SHORT_WORD:
        return word[2:]
    return word[:-1] if word.isascii() and word.endswith("s") and len(word) > _SHORT_WORD else word


#: Nothing is taken off a word that is no longer.
_SHORT_WORD = 4
#: Names of columns by what they hold, as people write them.
NAMES: Mapping[str, frozenset[str]] = {
    "text": _words(
        "text|comment|comments|contribution|submission|message|voice|statement|your view|feedback"
        "|opinion|content|texte|commentaire|commentaires|message|avis|contenu|texto|comentario"
        "|comentarios|aporte|contribucion|mensaje|contenido|текст|комментарий|комментарии"
        "|предложение|мнение|сообщение|نص|النص|تعليق|التعليق|رأي|مساهمة|الرسالة|文本|正文|内容|意见|建议|评论"
        "|留言|your opinion|your comment|your comments|your message|your answer|proposal|proposals|remarks|remark"
        "|votre avis|votre contribution|votre commentaire|votre message|votre proposition|votre reponse|contribution"
        "|proposition|propositions|remarque|remarques|observations|su opinion|su comentario|propuesta"
        "|ваше мнение|ваше предложение|رأيكم|رأيك|مساهمتكم|ملاحظات|مقترح|مقترحات|您的意见|意见建议"
        "|suggestion|idea|wish|wishes|request|concern|recommendation|idee|souhait|demande|recommandation|point de vue"
        "|sugerencia|opiniones|contribuciones|aportacion|aportaciones|peticion|peticiones|observacion|recomendacion"
        "|отзыв|отзывы|идея|идеи|пожелание|пожелания|предложения|мнения|сообщения|замечание|замечания|рекомендации"
        "|آراء|اقتراح|اقتراحات|تعليقات|مساهمات|ملاحظة|توصية|توصيات|فكرة|أفكار|مطالب|看法|想法|观点|反馈|诉求|kommentar"
    ),
    "organization": _words(
        "organization|organisation|company|firm|institution|employer|entreprise|societe"
        "|etablissement|organizacion|empresa|institucion|организация|предприятие|компания"
        "|учреждение|المنظمة|منظمة|الشركة|المؤسسة|组织|机构|单位|公司|企业|structure|organisme|nom de l'organisation"
        "|nom de la structure|entite|الهيكل|الجهة|entidad"
    ),
    "address": _words(
        "address|e mail|email|mail|e mail address|email address|courriel|adresse|adresse e mail"
        "|correo|correo electronico|direccion|почта|эл почта|электронная почта|адрес|البريد"
        "|البريد الإلكتروني|العنوان|邮箱|电子邮件|电子邮箱|地址"
    ),
    "gender": _words("gender|sex|salutation|genre|sexe|civilite|genero|sexo|пол|الجنس|النوع|性别"),
    "region": _words(
        "region|province|state|district|county|city|town|place|departement|ville|lieu|provincia"
        "|ciudad|lugar|gouvernorat|wilaya|commune|delegation|регион|область|город|место|المعتمدية|المنطقة|الولاية|المدينة|地区|省份|城市|省"
    ),
    "type": _words(
        "type|kind|category|sector|type of sender|type of organization|categorie|tipo|categoria"
        "|тип|категория|النوع|الفئة|类型|类别"
    ),
    "size": _words(
        "size|employees|staff|number of employees|taille|effectif|employes|tamano|empleados"
        "|размер|численность|сотрудники|الحجم|عدد الموظفين|规模|人数|员工"
    ),
    "date": _words(
        "date|received|received on|sent|submitted|timestamp|day|recu le|envoye le|fecha|recibido"
        "|enviado|дата|получено|التاريخ|تاريخ|日期|时间|提交时间|horodateur|horodatage|submitdate|datestamp|startdate"
        "|date de reception|date de soumission|date d'envoi|recu|marca temporal|marca de tiempo|отметка времени"
        "|طابع زمني|تاريخ الإرسال|تاريخ الاستلام|时间戳|时间戳记"
    ),
    "language": _words("language|lang|langue|idioma|lengua|язык|اللغة|语言"),
    "may_publish": _words(
        "may publish|publish|publication|may be published|consent|consent to publish|public"
        "|publier|publication acceptee|consentement|publicar|publicacion|consentimiento|согласие"
        "|публиковать|публикация|النشر|موافقة|公开|同意公开|同意|accord de publication|accord pour publication"
        "|autorisation de publication|j'accepte la publication|accord|autorisation|الموافقة على النشر|الموافقة"
    ),
    "name": _words(
        "name|sender|author|full name|from|person|nom|auteur|expediteur|nombre|autor|remitente"
        "|имя|фио|автор|отправитель|الاسم|اسم|المرسل|姓名|名字|作者|发件人|nom et prenom|nom complet|prenom et nom"
        "|nom prenom|participant|nombre completo|nombre y apellido|الاسم واللقب|الاسم الكامل"
    ),
}
#: The same as they are compared; the first field that fits a column has it.
FIELDS: Mapping[str, frozenset[str]] = {wanted: frozenset(map(root, words)) for wanted, words in NAMES.items()}

#: Words in the names of columns in which the office notes something for itself.
_INTERNAL = _words("internal|secretariat|moderator|interne|moderateur|interno|interna|secretaria|كتابة|أمانة")
_INTERNAL_PARTS = _words("office use|reserve a|uso oficial|внутрен|служебн|секретариат|داخلي|内部|秘书处")


def is_internal(name: str) -> bool:
    """Whether a column of this folded name holds notes of the office."""
    return not _INTERNAL.isdisjoint(re.findall(r"\w+", name)) or any(part in name for part in _INTERNAL_PARTS)


#: What people write for each value of a field.
VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "gender": {
        "woman": _words(
            "woman|female|f|w|mrs|ms|miss|lady|femme|mujer|femenino|feminin|fem|mme|mlle|madame|mademoiselle|dame"
            "|sra|srta|senora|senorita|hembra|женщина|женский|жен|ж|г-жа|госпожа|امرأة|أنثى|انثى|السيدة|سيدة|آنسة|الآنسة"
            "|مرأة|نساء|女|女性|女士|小姐"
        ),
        "man": _words(
            "man|male|m|mr|mister|homme|h|hombre|masculino|masculin|masc|monsieur|sr|senor|varon|мужчина|мужской|муж|м"
            "|г-н|господин|رجل|ذكر|السيد|سيد|رجال|男|男性|先生"
        ),
        "other": _words(
            "other|diverse|non binary|non-binary|autre|non binaire|otro|otra|otre|no binario|другое|иное|آخر|其他"
        ),
    },
    "type": {
        "government": _words(
            "government|ministry|public|gouvernement|administration|ministere|gobierno|ministerio"
            "|правительство|министерство|حكومة|وزارة|政府|public sector|administration publique|secteur public|etat"
            "|collectivite|municipalite|sector publico|госорган|إدارة عمومية|القطاع العام|بلدية|政府部门|public body"
            "|organisme public"
        ),
        "international": _words(
            "international|international organization|organisation internationale"
            "|organizacion internacional|международная организация|منظمة دولية|国际组织"
        ),
        "company": _words("company|large company|firm|business|entreprise|empresa|компания|предприятие|شركة|企业|公司"),
        "sme": _words(
            "small or medium-sized enterprise|small and medium-sized enterprise|petite ou moyenne entreprise"
            "|pequeña o mediana empresa|малое или среднее предприятие|مؤسسة صغيرة أو متوسطة|petite entreprise|tpe/pme"
            "|pme/tpe|مؤسسة صغرى|"
            "sme|msme|small business|small firm|pme|tpe|pyme|mipyme|малое предприятие|мсп|شركة صغيرة|中小企业"
        ),
        "university": _words(
            "university or research institute|université ou institut de recherche|universidad o instituto"
            " de investigación|университет или научный институт|جامعة أو معهد بحوث|大学或研究机构|"
            "university|research|academia|universite|recherche|universidad|investigacion|университет"
            "|наука|جامعة|بحث|大学|研究机构"
        ),
        "association": _words(
            "business association or chamber|association professionnelle ou chambre|asociación empresarial o cámara"
            "|деловая ассоциация или палата|جمعية مهنية أو غرفة تجارة وصناعة|行业协会或商会|"
            "association|chamber|union|chambre|syndicat|asociacion|camara|sindicato|ассоциация|палата"
            "|профсоюз|جمعية|غرفة|نقابة|协会|商会"
        ),
        "civil_society": _words(
            "civil society organization|organisation de la société civile|organización de la sociedad civil"
            "|организация гражданского общества|منظمة من المجتمع المدني|民间社会组织|"
            "civil society|ngo|societe civile|ong|sociedad civil|гражданское общество|нко|مجتمع مدني"
            "|منظمة غير حكومية|民间社会|非政府组织"
        ),
        "person": _words(
            "a person, for themselves|une personne, en son nom|una persona, en nombre propio|человек, от своего имени"
            "|شخص، عن نفسه|个人，代表自己|"
            "person|individual|citizen|particulier|citoyen|personne|persona|ciudadano|ciudadana"
            "|гражданин|частное лицо|فرد|مواطن|个人|公民|citizens|private person|citoyenne|individu|a titre personnel"
            "|particular|физическое лицо|مواطنة|شخص"
        ),
    },
    "size": {
        "1-9": _words("1–9|1 9|1 to 9|micro|1 a 9|микро|微型"),
        "10-49": _words("10–49|10 49|10 to 49|small|petite|pequena|10 a 49|малое|小型"),
        "50-249": _words("50–249|50 249|50 to 249|medium|moyenne|mediana|50 a 249|среднее|中型"),
        "250+": _words("250 +|250 and more|> 250|>250|large|grande|крупное|大型"),
    },
    "language": {
        "en": _words("english|eng|anglais|ingles|английский|الإنجليزية|英语|英文"),
        "fr": _words("french|fra|francais|frances|французский|الفرنسية|法语|法文"),
        "es": _words("spanish|spa|espagnol|espanol|испанский|الإسبانية|西班牙语|西班牙文"),
        "ru": _words("russian|rus|russe|ruso|русский|الروسية|俄语|俄文"),
        "ar": _words("arabic|ara|arabe|арабский|العربية|阿拉伯语|阿拉伯文"),
        "zh": _words("chinese|zho|chinois|chino|китайский|الصينية|中文|汉语"),
    },
    "may_publish": {
        "yes": _words(
            "yes|y|true|1|x|ok|agree|i agree|agreed|accepted|granted|oui|o|vrai|d'accord|d’accord|accepte|j'accepte"
            "|j’accepte|je consens|autorise|favorable|si|s|verdadero|acepto|de acuerdo|да|д|истина|согласен|согласна"
            "|разрешаю|نعم|موافق|موافقة|أوافق|اوافق|أقبل|صحيح|是|同意|可以|愿意|✓|✔|☑"
        ),
        "no": _words(
            "no|n|false|0|disagree|i do not agree|refused|non|faux|refuse|je refuse|pas d'accord|pas d’accord"
            "|je n'accepte pas|falso|no acepto|нет|н|ложь|не согласен|не согласна|لا|لا أوافق|غير موافق|غير موافقة|أرفض"
            "|خطأ|否|不|不同意|不可以|不愿意|✗|✘|☐"
        ),
    },
}

#: What people write instead of an answer.
_NOTHING = _words(
    "-|–|—|?|…|n/a|n.a|nr|n.r|nsp|none|not said|no answer|prefer not to say|i prefer not to say|sans reponse|aucun"
    "|aucune|non renseigne|non precise|ne souhaite pas repondre|je prefere ne pas repondre|ninguno|sin respuesta"
    "|prefiero no decirlo|не указано|нет ответа|не хочу отвечать|لا شيء|غير محدد|غير مذكور|بدون إجابة"
    "|لا أرغب في الإجابة|أفضل عدم الإجابة|无|未填|不便透露|不愿透露"
)
_NUMBER = re.compile(r"\d+(?:[ .,]\d{3})*")
_LESS = re.compile(
    r"<|less|under|fewer|below|up to|moins|inferieur|jusqu|menos|inferior|hasta|менее|меньше|до \d|اقل|دون"
    r"|少于|以下|不足|最多"
)
_MORE = re.compile(
    r">|\+|more|over|above|least|plus|superieur|au moins|mas de|superior|al menos|y mas|a partir|более|больше|свыше"
    r"|от \d+$|اكثر|فوق|فاكثر|以上|超过|多于"
)
#: Largest number of people of each size but the last.
_SIZES = (("1-9", 9), ("10-49", 49), ("50-249", 249))


def plain_value(value: str) -> str:
    """Return a cell as it is compared: folded, without signs around it."""
    return " ".join(fold(value).replace("_", " ").split()).strip(" .,;:!()[]\"'«»،。")


def is_nothing(value: str) -> bool:
    """Whether somebody wrote that they say nothing."""
    plain = " ".join(fold(value).split())
    return plain in _NOTHING or plain_value(value) in {"", *_NOTHING}


def value_of(wanted: str, value: str) -> str | None:
    """Return the value of a field that somebody means.

    Parameters
    ----------
    wanted : "gender", "type", "size", "language" or "may_publish"
    value : as it stands in a cell

    Returns
    -------
    str or None
        Empty where nothing is said; None where it is not known what is meant.
    """
    whole, plain = " ".join(fold(value).replace("_", " ").split()), plain_value(value)
    for meant, words in VALUES[wanted].items():
        if {whole, plain} & words or plain == fold(meant):
            return meant
    if not value.strip() or is_nothing(value):
        return ""
    return _size(plain) if wanted == "size" else None


def _size(plain: str) -> str | None:
    """Read a number of people, or a span of it, as one of the sizes; a span over two sizes is none."""
    found = [int(re.sub(r"[ .,]", "", number)) for number in _NUMBER.findall(plain)]
    if len(found) == 2:
        low, high = found
    elif len(found) == 1 and _LESS.search(plain):
        low, high = 0, found[0] - 1
    elif len(found) == 1 and _MORE.search(plain):
        low, high = found[0], 10**9
    elif len(found) == 1:
        low = high = found[0]
    else:
        return None
    for size, most in _SIZES:
        if low <= most:
            # "10 to 50" means 10 to 49
            return size if high <= most + 1 else None
    return "250+"
