"""Plain text as paragraphs and lists."""

from __future__ import annotations

import pytest

from minga.text.blocks import Block, blocks, html_of

WORDS = """Small firms & co. get <advice>.

- by telephone
* at their site,
  in a week

3. First try.
4) Then buy.

Two
lines."""


def test_words_become_paragraphs_and_lists():
    assert blocks(WORDS) == (
        Block("paragraph", ("Small firms & co. get <advice>.",)),
        Block("points", ("by telephone", "at their site, in a week")),
        Block("numbers", ("First try.", "Then buy."), 3),
        Block("paragraph", ("Two\nlines.",)),
    )


@pytest.mark.parametrize(
    ("text", "kind"), [("-5 degrees", "paragraph"), ("1.5 million", "paragraph"), ("- x", "points")]
)
def test_only_a_mark_and_a_space_begin_a_list(text, kind):
    assert [each.kind for each in blocks(text)] == [kind]


def test_what_no_file_may_hold_is_left_out():
    assert blocks("a\x00b\x0bc\r\nd") == (Block("paragraph", ("abc\nd",)),)
    assert blocks(" \n\n ") == ()


def test_html_keeps_the_numbers_and_escapes_every_word():
    assert html_of(WORDS) == (
        "<p>Small firms &amp; co. get &lt;advice&gt;.</p>"
        "<ul><li>by telephone</li><li>at their site, in a week</li></ul>"
        '<ol start="3"><li>First try.</li><li>Then buy.</li></ol>'
        "<p>Two<br>lines.</p>"
    )
