"""The report as pages: whole without script, nobody singled out, the words of others kept harmless."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import numpy as np
import polars as pl
import pytest

from minga import deliberation
from minga.deliberation.engine.border_words import border_rows, said_of_borders
from minga.deliberation.tests.data import acts, real, with_groups, without_structure
from minga.deliberation.tests.shapes import SHAPES


class Tags(HTMLParser):
    """Collects tags, with what stands open at the end, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def conversation(votes, **columns) -> deliberation.Conversation:
    names = votes["statement"].unique().sort()
    statements = pl.DataFrame({"statement": names, **columns})
    return deliberation.Conversation(votes, statements, votes.select("participant").unique(maintain_order=True))


def pages(whole, mode="stable", k=None):
    found = deliberation.groups(deliberation.opinion_map(whole, mode=mode), k)
    return found, deliberation.report_pages(found, whole)


@pytest.fixture(scope="module")
def report():
    return pages(real("biodiversity"))


@pytest.mark.parametrize("name", ["index.html", "statements.html"])
def test_page_is_whole_and_loads_nothing_but_its_style_sheet(report, name):
    page = Tags(report[1][name])
    assert page.open == []
    names = {tag for tag, _given in page.tags}
    assert not names & {"script", "img", "iframe", "object", "style"}
    assert not any("style" in given or any(key.startswith("on") for key in given) for _tag, given in page.tags)
    fetched = [given["href"] for tag, given in page.tags if tag == "link"]
    assert fetched == ["style.css"]
    assert "@import" not in report[1]["style.css"]
    assert "url(" not in report[1]["style.css"]


def test_map_has_a_name_and_a_table_that_says_the_same(report):
    found, text = report
    page = Tags(text["index.html"])
    svg = next(given for tag, given in page.tags if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-labelledby"] in {given.get("id") for tag, given in page.tags if tag == "title"}
    assert f"group A with {found.sizes[0]}" in page.text.replace("groups A", "group A")
    assert "The map as a table" in page.text


def test_every_table_has_a_caption_and_heads(report):
    page = Tags(report[1]["index.html"])
    tables = sum(tag == "table" for tag, _given in page.tags)
    assert tables == sum(tag == "caption" for tag, _given in page.tags) >= 8
    assert all(given.get("scope") for tag, given in page.tags if tag == "th")


def test_every_statement_is_ranked_in_every_group_where_all_groups_voted_often_enough(report):
    rows = re.findall(r"<tr>.*?</tr>", report[1]["statements.html"])[1:]
    assert len(rows) == 314
    ranks = [int(rank) for row in rows for rank in re.findall(r">(\d+) \((?:dis)?agree\)<", row)]
    stats = deliberation.group_stats(report[0].map.table, report[0])
    few = stats.group_by("statement_id").agg(few=pl.col("ns").is_between(1, 4).any(), votes=pl.col("ns").sum())
    assert len(ranks) == 2 * few.filter(~pl.col("few") & (pl.col("votes") > 0)).height == 296
    assert sorted(ranks) == sorted([*range(1, 149)] * 2), "no gap tells of a statement that is left out"
    assert max(ranks.count(rank) for rank in ranks) == 2, "two groups, each rank once in each"


def test_words_of_rejected_statements_are_not_shown(report):
    rejected = real("biodiversity").statements.filter(pl.col("moderated") == -1)["text"].to_list()
    whole = Tags(report[1]["statements.html"]).text
    accepted = real("biodiversity").statements.filter(pl.col("moderated") > -1)["text"].to_list()
    only = [text for text in rejected if len(text) > 40 and not any(text in other for other in accepted)]
    assert len(only) > 50
    assert [text for text in only if text in whole] == []
    assert sum(text.strip() in whole for text in accepted) > 100


def test_words_of_people_are_text_never_markup():
    votes = with_groups(1, people=60, statements=10)[0]
    _found, text = pages(conversation(votes, text=['<script>alert("x")</script>'] * 10))
    for page in ("index.html", "statements.html"):
        assert "<script" not in text[page]
        assert "&lt;script&gt;" in text[page]


def test_no_clear_groups_is_said_and_consensus_still_shown():
    votes = pl.concat([without_structure(1, 200, 40), acts(range(200), [99] * 200, [1] * 200)])
    _found, text = pages(conversation(votes))
    page = Tags(text["index.html"])
    assert "No groups are clear" in page.text
    assert "Group A" not in page.text
    assert "Statement 99" in page.text


def test_groups_of_fewer_than_five_people_are_not_described():
    votes, _side = with_groups(1, k=2, people=40, statements=20)
    lone = acts([900 + at for at in range(3) for _ in range(20)], list(range(20)) * 3, [1, -1] * 30)
    odd = lone.with_columns(pl.when(pl.col("statement") % 4 < 2).then(1).otherwise(-1).alias("vote"))
    whole = conversation(pl.concat([votes, odd.cast(votes.schema)]))
    for k in (3, 4, 5):
        found, text = pages(whole, "polis", k)
        small = [group for group, size in enumerate(found.sizes) if size < 5]
        for group in small:
            assert f"Group {'ABCDE'[group]}:" not in text["index.html"]
            assert f'class="group-{group}"' not in text["index.html"]
        if small:
            assert "not shown, to protect each of them" in text["index.html"]
            return
    pytest.fail("the votes made no small group")


def test_many_people_make_a_small_picture():
    votes = with_groups(2, people=3000, statements=20)[0]
    found = deliberation.groups(deliberation.opinion_map(votes, mode="polis"))
    assert len(deliberation.map_svg(found, "Map")) < 150_000


def test_flags_are_said_to_be_questions():
    votes = with_groups(2, k=2, people=80)[0]
    always = acts([900] * 20, range(20), [1] * 20)
    _found, text = pages(conversation(pl.concat([votes, always.cast(votes.schema)])))
    assert "A flag is a question to a moderator" in text["index.html"]
    assert "fewer than 5" in text["index.html"]


def test_report_stands_when_everybody_is_flagged():
    _found, text = pages(
        conversation(acts([at for at in range(20) for _ in range(12)], list(range(12)) * 20, [1] * 240))
    )
    assert "All people are flagged" in text["index.html"]


def test_a_hidden_group_is_not_found_by_subtraction():
    """Thirty-seven of forty agree with ten statements and three with the others: what the three said stays theirs."""
    random = np.random.default_rng(0)
    people, statements = np.repeat(np.arange(40), 20), np.tile(np.arange(20), 40)
    vote = np.where((people < 37) == (statements < 10), 1, -1) * (random.random(800) < 0.95)
    whole = conversation(acts(people, statements, vote), text=[f"Words {at}" for at in range(20)])
    found, made = pages(whole, mode="polis")
    assert found.sizes == (37, 3)
    index = Tags(made["index.html"]).text
    assert not re.search(r"Words \d+(dis)?agree[\d,]+ of", index)
    assert "withheld" in index
    assert "Largest difference of groups" in index
    assert not re.search(r"\d%0\.\d\d", index), "a difference of groups would tell of the three"


def test_a_statement_with_few_votes_shows_no_counts():
    votes = pl.concat([with_groups(2)[0], acts([0, 1, 2], [99, 99, 99], [1, 1, 1])])
    _found, made = pages(conversation(votes, text=[f"Words {at}." for at in range(41)]))
    assert "Words 40.withheldwithheldwithheld--" in Tags(made["statements.html"]).text
    assert "Words 40." not in Tags(made["index.html"]).text, "three of three are not most people"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("two camps, 25 % against", "Between groups A and B there is a gap: for every 100 people in the middle"),
        ("normal line", "Opinions run on from one to the other, and the calculation drew the border."),
        ("even line, 60 people", "Whether there is a gap between groups A and B cannot be told from so few people"),
    ],
)
def test_report_says_whether_there_is_a_gap_and_shows_the_figures(name, words):
    drawn, k = SHAPES[name]
    found, text = pages(conversation(drawn(np.random.default_rng(1))), k=k)
    page = Tags(text["index.html"]).text
    row = found.borders.row(0, named=True)
    assert words in page
    assert f"{100 * row['crowding']:,.0f} stand at the border" in page
    cells = [f'<td class="n" dir="auto">{100 * row[one]:,.0f}</td>' for one in ("crowding", "if_alike")]
    assert all(cell in text["index.html"] for cell in cells)
    assert f">{100 * row['low']:,.0f} to {100 * row['high']:,.0f}<" in text["index.html"]


def test_border_without_a_figure_is_said_to_be_unsure():
    found, _text = pages(conversation(with_groups(1, k=2, people=60)[0]))
    none = dict.fromkeys(("at_border", "in_middle", "crowding", "low", "high", "if_alike"))
    vars(found)["borders"] = pl.DataFrame([found.borders.row(0, named=True) | none | {"finding": "unsure"}])
    assert said_of_borders(found) == [
        "Whether there is a gap between groups A and B cannot be told from so few people, or so few votes of each."
    ]
    assert border_rows(found) == [("A and B", "-", "-", "-")]
