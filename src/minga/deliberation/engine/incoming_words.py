"""Words by which columns and cells of spreadsheets are known, in six languages and without accents."""

from __future__ import annotations

from collections.abc import Mapping

from minga.text import fold


def _words(text: str) -> frozenset[str]:
    return frozenset(" ".join(fold(word).split()) for word in text.split("|"))


#: Names of columns by what they hold; the first field that fits a column has it.
FIELDS: Mapping[str, frozenset[str]] = {
    "text": _words(
        "text|comment|comments|contribution|submission|message|voice|statement|your view|feedback"
        "|opinion|content|texte|commentaire|commentaires|message|avis|contenu|texto|comentario"
        "|comentarios|aporte|contribucion|mensaje|contenido|текст|комментарий|комментарии"
        "|предложение|мнение|сообщение|نص|النص|تعليق|التعليق|رأي|مساهمة|الرسالة|文本|正文|内容|意见|建议|评论"
        "|留言"
    ),
    "organization": _words(
        "organization|organisation|company|firm|institution|employer|entreprise|societe"
        "|etablissement|organizacion|empresa|institucion|организация|предприятие|компания"
        "|учреждение|المنظمة|منظمة|الشركة|المؤسسة|组织|机构|单位|公司|企业"
    ),
    "address": _words(
        "address|e mail|email|mail|e mail address|email address|courriel|adresse|adresse e mail"
        "|correo|correo electronico|direccion|почта|эл почта|электронная почта|адрес|البريد"
        "|البريد الإلكتروني|العنوان|邮箱|电子邮件|电子邮箱|地址"
    ),
    "gender": _words("gender|sex|genre|sexe|genero|sexo|пол|الجنس|النوع|性别"),
    "region": _words(
        "region|province|state|district|county|city|town|place|departement|ville|lieu|provincia"
        "|ciudad|lugar|регион|область|город|место|المنطقة|الولاية|المدينة|地区|省份|城市|省"
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
        "|enviado|дата|получено|التاريخ|تاريخ|日期|时间|提交时间"
    ),
    "language": _words("language|lang|langue|idioma|lengua|язык|اللغة|语言"),
    "may_publish": _words(
        "may publish|publish|publication|may be published|consent|consent to publish|public"
        "|publier|publication acceptee|consentement|publicar|publicacion|consentimiento|согласие"
        "|публиковать|публикация|النشر|موافقة|公开|同意公开|同意"
    ),
    "name": _words(
        "name|sender|author|full name|from|person|nom|auteur|expediteur|nombre|autor|remitente"
        "|имя|фио|автор|отправитель|الاسم|اسم|المرسل|姓名|名字|作者|发件人"
    ),
}

#: What people write for each value of a field.
VALUES: Mapping[str, Mapping[str, frozenset[str]]] = {
    "gender": {
        "woman": _words("woman|female|f|w|femme|mujer|femenino|feminin|женщина|женский|ж|امرأة|أنثى|女|女性"),
        "man": _words("man|male|m|homme|h|hombre|masculino|masculin|мужчина|мужской|м|رجل|ذكر|男|男性"),
        "other": _words("other|diverse|autre|otro|otra|другое|иное|آخر|其他"),
    },
    "type": {
        "government": _words(
            "government|ministry|public|gouvernement|administration|ministere|gobierno|ministerio"
            "|правительство|министерство|حكومة|وزارة|政府"
        ),
        "international": _words(
            "international|international organization|organisation internationale"
            "|organizacion internacional|международная организация|منظمة دولية|国际组织"
        ),
        "company": _words("company|large company|firm|business|entreprise|empresa|компания|предприятие|شركة|企业|公司"),
        "sme": _words(
            "sme|msme|small business|small firm|pme|tpe|pyme|mipyme|малое предприятие|мсп|شركة صغيرة|中小企业"
        ),
        "university": _words(
            "university|research|academia|universite|recherche|universidad|investigacion|университет"
            "|наука|جامعة|بحث|大学|研究机构"
        ),
        "association": _words(
            "association|chamber|union|chambre|syndicat|asociacion|camara|sindicato|ассоциация|палата"
            "|профсоюз|جمعية|غرفة|نقابة|协会|商会"
        ),
        "civil_society": _words(
            "civil society|ngo|societe civile|ong|sociedad civil|гражданское общество|нко|مجتمع مدني"
            "|منظمة غير حكومية|民间社会|非政府组织"
        ),
        "person": _words(
            "person|individual|citizen|particulier|citoyen|personne|persona|ciudadano|ciudadana"
            "|гражданин|частное лицо|فرد|مواطن|个人|公民"
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
        "yes": _words("yes|y|true|1|x|oui|vrai|si|verdadero|да|истина|نعم|是|同意|✓"),
        "no": _words("no|n|false|0|non|faux|falso|нет|ложь|لا|否|不同意"),
    },
}
