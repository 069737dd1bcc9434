"""The sample alliance's part of indicators: its own indexes, calculated and published the way real ones are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import polars as pl
from django.db import transaction

from minga.indicators import alliance, calculation, disclosing, services
from minga.indicators.engine.definition import Index
from minga.indicators.engine.errors import IndicatorsError
from minga.indicators.models import CompositeIndex, Disclosure, Edition
from minga.members import selectors as people
from minga.members import services as members
from minga.tables.reading import LINE

#: Known to all, so the sample is loaded on localhost only.
PASSWORD = "sample-alliance-2026"  # noqa: S105 - a published password of invented people
SEED = 20260404
#: two people of the secretariat, since nobody publishes alone
EDITORS = (
    ("editor@sample.example", "Elif Sample", "editor (secretariat)"),
    ("approver@sample.example", "Noor Sample", "approver (secretariat)"),
)
#: countries of the invented companies
COUNTRIES = ("TN", "MA", "EG", "KE", "VN", "CO", "JO", "SN", "BD", "GH", "PE", "RW", "TN", "KE")


@transaction.atomic
def load_sample() -> list[dict[str, str]]:
    """Publish the sample's indexes; a second time changes nothing. Returns the logins of who published them."""
    if not CompositeIndex.objects.filter(is_sample=True).exists():
        editor, approver = [_editor(email, name) for email, name, _role in EDITORS]
        list(_companies())
        for kind, units in alliance.SLUGS:
            _publish(kind, units, editor, approver)
    return [{"role": role, "email": email, "password": PASSWORD} for email, _name, role in EDITORS]


def _editor(email: str, name: str) -> Any:
    account = members.create_account(email=email, password=PASSWORD, name=name, languages=["en"], is_sample=True)
    person = members.person_for(account)
    members.grant_in_alliance(person=person, role=services.SECRETARIAT)
    assert people.is_secretariat(account)
    return person


def _publish(kind: str, units: str, editor: Any, approver: Any) -> None:
    try:
        edition = services.rebuild(kind=kind, units=units, by=editor, is_sample=True, year=2026)
    except IndicatorsError:  # a sample cut small, as in tests, may hold too few businesses to rank
        return
    if (kind, units) == ("readiness", "country"):
        _add_figures(edition, editor)
    services.calculate(edition=edition)
    services.propose(edition=edition, by=editor)
    services.publish(edition=edition, by=approver)


def _add_figures(edition: Edition, editor: Any) -> None:
    """Add two invented indicators, as the secretariat would add measured ones of other sources."""
    definition, draw = Index.from_toml(edition.definition), np.random.default_rng(SEED + 1)
    table = calculation.table_of(edition.data)
    units = table[definition.unit].to_list()
    indicators = pl.DataFrame([
        {"code": "power", "name": "Hours of power a day (invented)", "name_fr": "Heures de courant par jour (inventé)",
         "name_ar": "ساعات الكهرباء في اليوم (مختلقة)", "name_es": "Horas de electricidad al día (inventado)",
         "name_ru": "Часы электроснабжения в сутки (вымышлено)", "name_zh": "每日供电小时数（虚构）",
         "unit": "h", "direction": 1, "low": 0, "high": 24},
        {"code": "data_price", "name": "Price of 1 GB of mobile data (invented)",
         "name_fr": "Prix de 1 Go de données mobiles (inventé)", "name_ar": "سعر 1 غيغابايت من بيانات الهاتف (مختلق)",
         "name_es": "Precio de 1 GB de datos móviles (inventado)", "name_ru": "Цена 1 ГБ мобильных данных (вымышлено)",
         "name_zh": "1 GB 移动数据价格（虚构）", "unit": "USD", "direction": -1, "low": 0, "high": 10},
    ]).with_columns(weight=1.0, source=pl.lit("invented for the sample"), licence=pl.lit("CC BY 4.0"))  # fmt: skip
    rows = [
        {"unit": unit, "indicator": code, "value": round(float(draw.uniform(low, high)), 1), "year": 2025, "source": ""}
        for code, low, high in (("power", 14, 24), ("data_price", 0.4, 6))
        for unit in units
    ]
    tables = {name: table.with_row_index(LINE, offset=2)
              for name, table in (("indicators", indicators), ("figures", pl.DataFrame(rows)))}  # fmt: skip
    services.add_figures(edition=edition, tables=tables, weight=1.0, by=editor)
    edition.refresh_from_db()


def _companies() -> Iterator[Disclosure]:
    """Invent companies that disclose; the last two keep their answers to themselves."""
    draw = np.random.default_rng(SEED)
    asked = disclosing.questionnaire().questions
    for at, country in enumerate(COUNTRIES):
        organization = members.create_organization(
            by=None, is_sample=True, name=f"Sample Platform Company {at + 1}", type="company", country=country,
            sector="62", size="250+", languages=["en"],
        )  # fmt: skip
        will = draw.uniform(0.15, 0.85)
        answers = {}
        for question in asked:
            drawn = draw.random()
            answer = "yes" if drawn < will * 0.7 else "partly" if drawn < will else "no"
            link = "" if answer == "no" else f"https://company-{at + 1}.sample.example/{question.id}"
            answers[question.id] = {"answer": answer, "evidence": link}
        disclosure = services.disclose(organization=organization, answers=answers, by=None, is_sample=True)
        if at < len(COUNTRIES) - 2:
            services.agree_to_publication(
                disclosure=disclosure, by=None, agrees=True, subject_key=f"sample:{disclosure.mark.hex}"
            )
        yield disclosure
