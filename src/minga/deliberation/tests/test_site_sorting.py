"""Sorting many voices at once: all that a search lists, and nothing that came or went since the page was made."""

from __future__ import annotations

import re

import pytest

from minga.deliberation.engine.errors import ActError
from minga.deliberation.models import Theme
from minga.deliberation.selectors import theming as board
from minga.deliberation.services import answering, sorting, theming
from minga.deliberation.testing_voices import at_work, consultation, heard, themed
from minga.deliberation.tests.test_site_answering_pages import address, html, linked

pytestmark = [pytest.mark.page, pytest.mark.django_db]


@pytest.fixture
def asked():
    return consultation()


@pytest.fixture
def nadia(asked):
    """Nadia sorts and answers."""
    return at_work(asked, "analyst")[0]


def sort_listed(client, asked, page, **fields):
    """Send the form of a page for all voices that are listed on it."""
    mark = re.search(r'name="listed" value="([^"]+)"', page)
    return client.post(
        address("theme_sort", asked.slug), {"which": "listed", "listed": mark[1] if mark else ""} | fields
    )


def test_all_voices_of_a_search_are_sorted_at_once_on_however_many_pages_they_stand(asked, nadia):
    about = [heard(asked, f"Power is cut at {hour} hours") for hour in range(60)]
    heard(asked, "Bread is dear")
    page = html(nadia.get(address("themes", asked.slug), {"q": "power"}))
    assert "all 60 voices that are listed here, on all pages" in page
    sent = sort_listed(nadia, asked, page, act="put", name="Power", **{"at-q": "power"})
    assert sent.status_code == 302
    assert "60 voices are sorted." in html(nadia.get(sent.url))
    assert linked(Theme.objects.get()) == [voice.number for voice in about]


def test_all_voices_of_a_theme_or_alike_are_moved_and_taken_out(asked, nadia):
    power, light = themed(asked, "Power", [heard(asked, f"Power {at}") for at in range(3)]), themed(asked, "Light")
    page = html(nadia.get(address("theme", asked.slug, power.number)))
    sort_listed(nadia, asked, page, act="move", to=light.number, **{"from": power.number})
    assert (linked(power), linked(light)) == ([], [1, 2, 3])
    page = html(nadia.get(address("theme", asked.slug, light.number), {"q": "2"}))
    sort_listed(nadia, asked, page, act="out", **{"from": light.number, "at-q": "2"})
    assert linked(light) == [1, 2]
    heard(asked, "Schools need power")
    heard(asked, "Our schools need power")
    page = html(nadia.get(address("themes", asked.slug), {"like": "4", "in": "all"}))
    shown = page.count('name="voice"')
    sort_listed(nadia, asked, page, act="put", name="Schools", **{"at-like": "4", "at-in": "all"})
    assert len(linked(Theme.objects.get(name="Schools"))) == shown


@pytest.mark.parametrize("what", ["came", "went", "both"])
def test_nothing_is_sorted_once_the_list_has_changed(asked, nadia, what):
    first = heard(asked, "Power is cut")
    heard(asked, "Power is dear")
    other = themed(asked, "Other")
    page = html(nadia.get(address("themes", asked.slug), {"q": "power"}))
    if what in {"came", "both"}:
        heard(asked, "Power for schools")
    if what in {"went", "both"}:
        theming.put_under(theme=other, voices=[first])
    sent = html(sort_listed(nadia, asked, page, act="put", name="Power", **{"at-q": "power"}), 422)
    assert "nothing was changed" in sent
    assert not Theme.objects.filter(name="Power").exists()
    assert re.search(r'value="listed" checked', sent)
    # the page that says so can be sent as it is
    assert sort_listed(nadia, asked, sent, act="put", name="Power", **{"at-q": "power"}).status_code == 302


def test_only_the_ticked_ones_are_sorted_unless_all_are_chosen(asked, nadia):
    for at in range(3):
        heard(asked, f"Power {at}")
    page = html(nadia.get(address("themes", asked.slug)))
    assert re.search(r'value="ticked" checked', page)
    sort_listed(nadia, asked, page, which="ticked", voice=["2"], act="put", name="Power")
    assert linked(Theme.objects.get()) == [2]


def test_a_name_that_is_refused_leaves_no_theme_and_no_link(asked, nadia):
    voice = heard(asked, "Power is cut")
    themed(asked, "Power")
    page = html(nadia.get(address("themes", asked.slug)))
    html(sort_listed(nadia, asked, page, act="put", name="power"), 422)
    assert not voice.theme_links.exists()


def test_a_theme_shows_which_of_its_voices_have_an_answer_of_their_own(asked, nadia):
    alone, other = heard(asked, "Power is cut"), heard(asked, "Power is dear")
    theme = themed(asked, "Power", [alone, other])
    answering.give_answer(target=alone, answer="accepted")
    page = html(nadia.get(address("theme", asked.slug, theme.number)))
    assert page.count("It has an answer of its own") == 1
    assert page.index("Power is cut") < page.index("It has an answer of its own: accepted.") < page.index("<b>V2</b>")


# ---------------------------------------------------------------- the rule stands in the service
def listed(asked, **search):
    """Look at the list as a page does."""
    found = board.Search(**search)
    return sorting.Listed(found, board.mark_of_list(board.found(asked, found)))


def test_of_two_people_who_saw_the_same_list_the_second_is_told(asked):
    voices = [heard(asked, f"Power {at}") for at in range(3)]
    ada, bo = listed(asked, unsorted=True), listed(asked, unsorted=True)
    done = sorting.sort_voices(
        consultation=asked, voices=ada, act=sorting.PUT, target=sorting.Target(name="Power at night")
    )
    assert done == theming.Sorted(3, 0)
    with pytest.raises(ActError, match="Other voices are listed now") as refused:
        sorting.sort_voices(consultation=asked, voices=bo, act=sorting.PUT, target=sorting.Target(name="Energy"))
    assert refused.value.code == "listed"
    assert not Theme.objects.filter(name="Energy").exists(), "a refusal leaves no theme behind"
    assert linked(Theme.objects.get()) == [voice.number for voice in voices]


def test_a_voice_that_came_or_went_is_noticed_whatever_the_search(asked):
    power = themed(asked, "Power", [heard(asked, "Power is cut"), heard(asked, "Power is dear")])
    light = themed(asked, "Light")
    like = asked.voices.get(number=1)
    for search in ({"theme": power}, {"theme": power, "words": "power"}, {"theme": power, "like": like}):
        seen = listed(asked, **search)
        came = heard(asked, "Power is late")
        theming.put_under(theme=power, voices=[came])
        with pytest.raises(ActError, match="Other voices are listed"):
            sorting.sort_voices(
                consultation=asked, voices=seen, act=sorting.MOVE, source=power, target=sorting.Target(light)
            )
        theming.take_out(theme=power, voices=[came])
        done = sorting.sort_voices(consultation=asked, voices=seen, act=sorting.OUT, source=power)
        assert done == theming.Sorted(2, 0)
        theming.put_under(theme=power, voices=asked.voices.filter(number__in=[1, 2]))


@pytest.mark.parametrize(
    ("voices", "act", "code"), [([], "put", "none_chosen"), ([99], "put", "none_chosen"), ([1], "put", "nowhere")]
)
def test_voices_and_a_theme_are_needed(asked, voices, act, code):
    heard(asked, "Power is cut")
    with pytest.raises(ActError) as refused:
        sorting.sort_voices(consultation=asked, voices=voices, act=act)
    assert refused.value.code == code
