from __future__ import annotations

import subprocess
import sys

import pytest

from minga import members
from minga.members import MembersError


def test_namibia_is_a_country_and_not_a_missing_value():
    namibia = members.country("NA")
    assert (namibia.iso3, namibia.m49, namibia.name("fr")) == ("NAM", "516", "Namibie")


def test_every_country_has_two_letters_a_region_and_a_name_in_the_six_site_languages():
    found = members.countries()
    assert len(found) == 249
    assert len({one.iso2 for one in found}) == 249
    assert all(one.names.get(lang) for one in found for lang in ("en", "fr", "es", "ru", "ar", "zh"))
    assert [one.names["en"] for one in found] == sorted(one.names["en"] for one in found)


def test_development_groups_are_truths_and_not_digits():
    nepal, japan = members.country("np"), members.country("JP")
    assert (nepal.ldc, nepal.lldc, nepal.sids) == (True, True, False)
    assert (japan.ldc, japan.lldc, japan.income) == (False, False, "High")


def test_a_language_without_a_name_falls_back_to_english():
    assert members.country("TN").name("sw") == "Tunisia"
    assert members.country("TN").name("fr-CA") == members.country("TN").name("fr")


def test_an_unknown_country_is_named_with_what_to_do():
    with pytest.raises(MembersError, match=r"code 'ZZ'.*two-letter code"):
        members.country("ZZ")


@pytest.mark.parametrize(("revision", "sections", "divisions"), [(4, 21, 88), (5, 22, 87)])
def test_isic_is_whole_and_has_a_title_in_the_six_site_languages(revision, sections, divisions):
    assert len(members.sectors("section", revision=revision)) == sections
    assert len(members.sectors("division", revision=revision)) == divisions
    for one in members.sectors(revision=revision):
        assert {"en", "fr", "es", "ru", "ar", "zh"} <= set(one.titles), one.code
        for lang, first, last in (("ar", "\u0600", "\u06ff"), ("ru", "\u0400", "\u04ff"), ("zh", "\u4e00", "\u9fff")):
            assert any(first <= letter <= last for letter in one.name(lang)), (lang, one.code)


def test_a_division_keeps_its_leading_zero_and_knows_its_section():
    farming = members.sector("01")
    assert (farming.section, farming.level) == ("A", "division")
    assert members.sector("c").name("fr") == "Activités de fabrication"


def test_revisions_are_not_mixed():
    assert members.sector("K").title == "Financial and insurance activities"
    assert members.sector("K", revision=5).title.startswith("Telecommunications")


@pytest.mark.parametrize(
    ("ask", "words"),
    [
        (lambda: members.sector("34"), r"revision 4 has no section or division '34'"),
        (lambda: members.sectors("group"), r"no level 'group'"),
        (lambda: members.sectors(revision=3), r"revision 3 is not held"),
    ],
)
def test_what_isic_does_not_have_is_said(ask, words):
    with pytest.raises(MembersError, match=words):
        ask()


def test_the_door_opens_without_django():
    code = (
        "import sys; sys.modules['django'] = None\n"
        "from minga import members; assert members.country('MA').name('en') == 'Morocco'\n"
        "assert not any(name.startswith('django.') for name in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_door_names_what_it_offers():
    with pytest.raises(AttributeError, match="offers Country"):
        _ = members.continent
    assert "countries" in dir(members)
