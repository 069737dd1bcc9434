"""A split clause: which answers stand behind which part, on its page, in the split form and in the figures."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from minga.deliberation import testing_voices as people
from minga.deliberation.models import Draft
from minga.deliberation.selectors import sourcing, themes, tracing
from minga.deliberation.selectors.promised import voices_behind
from minga.deliberation.services import answering, committing, versions
from minga.deliberation.tests.test_site_drafting_pages import (
    DESK,
    HOME,
    agreed,
    change,
    clause,
    draft,
    editor,
    mark,
    page,
    publish,
)  # fmt: skip

pytestmark = [pytest.mark.page, pytest.mark.django_db]
__all__ = ["draft"]


def split(browser, number=2, **belongs):
    sent = {"seen": mark(number), "begins-1": "on", "heading-1": "Where"}
    response = browser.post(f"{DESK}c/{number}/split/", sent | belongs)
    assert response.status_code == 302


def behind(draft, number, version=2):
    found = sourcing.behind(draft, version)[f"C{number}"]
    return {one.answer.voice.text: one.taken_over for one in found.answers}


def test_voice_linked_after_the_split_stands_behind_its_part_alone(draft):
    browser = editor(draft)
    change(2, "Training is free. It is offered in every town and village.", dispositions=[agreed(draft, "Before.")])
    split(browser)
    change(2, "Training is free for all.", dispositions=[agreed(draft, "After.")])
    publish(draft)
    assert behind(draft, 2) == {"Before.": (), "After.": ()}
    assert set(behind(draft, 4)) == {"Before."}
    assert "After." not in page(f"{HOME}c/4/")
    assert "After." in page(f"{HOME}c/2/")


def test_answers_of_earlier_versions_say_with_which_clause_they_came(draft):
    change(2, "Training is free. It is offered in every village.", dispositions=[agreed(draft, "Before.")])
    publish(draft)
    split(editor(draft))
    publish(draft)
    assert behind(draft, 4, 3) == {"Before.": ("C2",)}
    assert f'<span class="tag">from before, with <a href="{HOME}c/2/">C2</a></span>' in page(f"{HOME}c/4/")
    assert "from before, with" not in page(f"{HOME}c/2/")


@pytest.mark.parametrize("published", [True, False])
def test_editor_says_which_answer_belongs_to_which_part(draft, published):
    one, two = agreed(draft, "One."), agreed(draft, "Two.")
    change(2, "Training is free. It is offered in every village.", dispositions=[one, two])
    if published:
        publish(draft)
    browser = editor(draft)
    form = page(f"{DESK}c/2/split/", browser)
    names = dict(re.findall(r'<label for="id_(part-\d)">V\d+ (\w+)\.', form))
    assert sorted(names.values()) == ["One", "Two"]
    assert form.count('<option value="" selected>every part</option>') == 2
    of = {words: name for name, words in names.items()}
    split(browser, **{of["One"]: "first", of["Two"]: "others"})
    publish(draft)
    assert set(behind(draft, 2, draft.version)) == {"One."}
    assert set(behind(draft, 4, draft.version)) == {"Two."}
    # and a part of the part has what the part had
    change(4, "It is offered in every village. By bus too.")
    split(browser, 4)
    publish(draft)
    assert set(behind(draft, 5, draft.version)) == {"Two."}


def test_what_is_promised_in_another_part_does_not_come_of_an_answer_linked_later(draft):
    split(editor(draft))
    publish(draft)
    after = agreed(draft, "After.")
    change(2, "Training is free for all.", dispositions=[after])
    publish(draft)
    Draft.objects.update(state="adopted", adopted_at=timezone.now(), decision="Council 12")
    due = timezone.localdate() + timedelta(days=90)
    promised = [
        committing.commit(clause=clause(number), title=f"Act {number}", owner="Unit for AI", due_on=due)
        for number in (2, 4)
    ]
    assert [one.commitments for one in sourcing.followed(after)] == [(promised[0],)]
    voices = voices_behind(promised)
    assert voices == {promised[0].pk: (after.voice.code,), promised[1].pk: ()}
    theme = people.themed(draft.consultation, "Training", [after.voice])
    (told,) = themes.followed(draft.consultation, theme)
    assert (told.stands, told.now, told.commitments) == (True, (), (promised[0],))


def test_figures_follow_the_same_rule(draft):
    change(2, "Training is free. It is offered in every village.", dispositions=[agreed(draft, "Before.")])
    publish(draft)
    browser = editor(draft)
    split(browser)
    publish(draft)
    change(2, "Training is free for all.", dispositions=[agreed(draft, "After.")])
    publish(draft)
    trace = tracing.trace_of(draft.consultation)
    assert tracing.coverage_of(trace).of("traced") == (2, 2)
    assert browser.post(f"{DESK}c/2/delete/", {"seen": mark(2)}).status_code == 302
    versions.publish_version(draft=clause(2).draft)
    trace = tracing.trace_of(draft.consultation)
    assert tracing.coverage_of(trace).of("traced") == (1, 2), "C4 carries what came before the split alone"


def test_voices_that_may_not_be_shown_are_counted_beside_those_that_are(draft):
    asked = draft.consultation
    said = [people.heard(asked, f"Voice {count}.", may_publish=count > 0) for count in range(3)]
    theme = people.themed(asked, "Training", said)
    answer = answering.give_answer(target=theme, answer="accepted")
    change(2, "Training for all.", dispositions=[answer])
    publish(draft)
    shown = page(f"{HOME}c/2/")
    assert "3 voices" in shown
    assert shown.count("<q lang") == 2
    assert "Voice 0." not in shown
    assert "1 is not shown: its sender did not agree." in shown
