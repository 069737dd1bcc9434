"""Whatever the line does, each answer arrives once, and none is overwritten by somebody who had not seen it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from minga.readiness import services
from minga.readiness.models import Answer, AnswerVersion
from minga.readiness.testing import started

pytestmark = [pytest.mark.page, pytest.mark.django_db]

ITEMS = ("INT1", "DAT2")


class LineIsGone(Exception):
    """The line went before the site answered."""


@dataclass
class Sent:
    """What waits on a device, as the page's script keeps it."""

    item: str
    value: str
    client: str
    seen: int
    after: str


@dataclass
class Device:
    """A browser that answers one assessment: what its page has seen, and what waits."""

    assessment: object
    name: str
    seen: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ITEMS, 0))
    waiting: list[Sent] = field(default_factory=list)
    delivered: list[Sent] = field(default_factory=list)
    given: int = 0

    def answer(self, item: str, value: str) -> None:
        mine = [sent.client for sent in self.waiting if sent.item == item]
        self.given += 1
        client = f"{self.name}{self.given}"
        self.waiting.append(Sent(item, value, client, self.seen[item], mine[-1] if mine else ""))

    def reload(self) -> None:
        for answer in Answer.objects.filter(assessment=self.assessment):
            self.seen[answer.item] = answer.version

    def deliver(self, fate: str) -> None:
        """Send what is first in the queue; the line may go before it arrives, on the way, or before the answer."""
        if not self.waiting or fate == "lost":
            return
        sent = self.waiting[0]
        try:
            with transaction.atomic():
                saved = self.post(sent)
                if fate == "killed":
                    raise LineIsGone
        except LineIsGone:
            return
        if fate == "unanswered":
            return
        self.waiting.pop(0)
        self.delivered.append(sent)
        self.seen[sent.item] = saved.answer.version
        for later in self.waiting:
            if later.after == sent.client:
                later.after, later.seen = "", saved.answer.version

    def repeat(self, which: int) -> None:
        """Let a delivery of long ago arrive once more."""
        if self.delivered:
            self.post(self.delivered[which % len(self.delivered)])

    def post(self, sent: Sent) -> services.Saved:
        return services.save_answer(
            assessment=self.assessment,
            item=sent.item,
            value=sent.value,
            note=sent.client,
            seen_version=sent.seen,
            client_id=sent.client,
            language="en",
        )


steps = st.lists(
    st.one_of(
        st.tuples(st.just("answer"), st.integers(0, 1), st.sampled_from(ITEMS), st.sampled_from("012345")),
        st.tuples(
            st.just("deliver"),
            st.integers(0, 1),
            st.sampled_from(["arrives", "lost", "killed", "unanswered"]),
            st.none(),
        ),
        st.tuples(st.just("repeat"), st.integers(0, 1), st.integers(0, 9), st.none()),
        st.tuples(st.just("reload"), st.integers(0, 1), st.none(), st.none()),
    ),
    max_size=40,
)


def live(devices: list[Device], what: str, who: int, first: object, second: object) -> None:
    device = devices[who]
    if what == "answer":
        device.answer(first, second)
    elif what == "deliver":
        device.deliver(first)
    elif what == "repeat":
        device.repeat(first)
    else:
        device.reload()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=steps)
def test_two_devices_on_bad_lines_lose_nothing_and_store_nothing_twice(steps, db):
    with transaction.atomic():
        assessment = started()
        devices = [Device(assessment, "a"), Device(assessment, "b")]
        for step in steps:
            live(devices, *step)
        for device in devices:
            while device.waiting:
                device.deliver("arrives")
        for device in devices:
            for client in range(1, device.given + 1):
                rows = AnswerVersion.objects.filter(assessment=assessment, client_id=f"{device.name}{client}")
                assert rows.count() == 1
        for item in ITEMS:
            history = list(AnswerVersion.objects.filter(assessment=assessment, item=item))
            stored = [row for row in history if row.version is not None]
            assert [row.version for row in stored] == list(range(1, len(stored) + 1))
            assert [row.seen_version for row in stored] == list(range(len(stored)))
            present = Answer.objects.filter(assessment=assessment, item=item).first()
            if stored:
                assert (present.version, present.note) == (stored[-1].version, stored[-1].note)
        transaction.set_rollback(True)


def test_answer_that_follows_ones_own_on_the_way_is_no_conflict(db):
    device = Device(started(), "a")
    device.answer("INT1", "1")
    device.answer("INT1", "4")
    device.deliver("unanswered")
    device.deliver("arrives")
    device.deliver("arrives")
    assert Answer.objects.get().value == "4"
    assert AnswerVersion.objects.filter(version=None).count() == 0
