"""One search index for all rooms behind one interface: FTS5 on SQLite, tsvector on PostgreSQL.

Both are fed with the words of `minga.text.analyse`, never with the source text, so that Arabic and Chinese are
found and both answer alike. A room describes what can be found as documents and registers where they come from;
the index can always be rebuilt from there.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction

from minga.text import Term, analyse, analyse_query

Filters = Mapping[str, Collection[str]]


@dataclass(frozen=True)
class Document:
    """One thing that can be found: its texts by language, what it can be filtered by, its place without a query."""

    kind: str
    key: str
    title: Mapping[str, str]
    body: Mapping[str, str]
    facets: Mapping[str, Collection[str]] = field(default_factory=dict)
    order: str = ""


@dataclass(frozen=True)
class Found:
    """One page of keys, best first, and how many there are in all."""

    keys: tuple[str, ...]
    total: int


def _facet_word(name: str, value: str) -> str:
    return f"{name}={re.sub(r'[^a-z0-9]+', '_', value.lower())}"


def _facet_words(facets: Mapping[str, Collection[str]]) -> list[str]:
    return sorted({_facet_word(name, value) for name, values in facets.items() for value in values})


def _words(texts: Mapping[str, str]) -> list[str]:
    """Analyse each text in its own language; one list for all languages, so that a record is found once."""
    return [word for language in sorted(texts) for word in analyse(texts[language], language)]


def _loosened(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Make one term of all words, phrases broken up: any of them will do."""
    words = dict.fromkeys(word for term in terms for phrase in term.alternatives for word in phrase)
    return (Term(tuple((word,) for word in words), is_prefix=all(term.is_prefix for term in terms)),)


class Index(ABC):
    """What the house may ask of a search index, whatever stands behind it."""

    def __init__(self, using: str) -> None:
        self.using = using

    def add(self, documents: Iterable[Document]) -> int:
        """Add documents, or replace those with the same kind and key; return how many."""
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            return sum(self._store(cursor, document) for document in documents)

    @abstractmethod
    def remove(self, kind: str, keys: Collection[str]) -> None:
        """Take documents out; keys that are not there do no harm."""

    @abstractmethod
    def clear(self, kind: str) -> None:
        """Take all documents of a kind out."""

    def settle(self) -> None:
        """After many changes, let the database put its index in order: without it PostgreSQL reads every row."""
        with connections[self.using].cursor() as cursor:
            cursor.execute(self._SETTLE)

    _SETTLE: str

    def query(
        self,
        text: str = "",
        *,
        kind: str,
        lang: str = "en",
        filters: Filters | None = None,
        prefer: Mapping[str, str] | None = None,
        every_word: bool = True,
        limit: int = 20,
        offset: int = 0,
    ) -> Found:
        """Return one page of the documents that hold the words and pass the filters.

        Parameters
        ----------
        text : what a person typed; without letters and digits, all documents that pass the filters
        lang : language of the page; texts in other languages are found too
        filters : values by facet; a document passes with any of the values of every facet
        prefer : one value by facet; documents that have it stand before the others
        every_word : False: any word will do, best first
        limit, offset : the page
        """
        terms = analyse_query(text, lang)
        if terms and not every_word:
            terms = _loosened(terms)
        elif text.strip() and not terms:
            return Found((), 0)
        wanted = [[_facet_word(name, value) for value in values] for name, values in (filters or {}).items() if values]
        preferred = [_facet_word(name, value) for name, value in (prefer or {}).items() if value]
        with connections[self.using].cursor() as cursor:
            return self._find(cursor, kind, terms, wanted, preferred, limit, offset)

    @abstractmethod
    def _store(self, cursor: Any, document: Document) -> int: ...

    @abstractmethod
    def _find(
        self,
        cursor: Any,
        kind: str,
        terms: tuple[Term, ...],
        wanted: list[list[str]],
        preferred: list[str],
        limit: int,
        offset: int,
    ) -> Found: ...


class SqliteIndex(Index):
    """FTS5 with the plainest tokenizer there is: the words come ready, separated by spaces."""

    _SETTLE = "INSERT INTO web_search_words (web_search_words) VALUES ('optimize')"
    _SAVE = """INSERT INTO web_search_document (kind, key, facets, sort) VALUES (%s, %s, %s, %s)
        ON CONFLICT (kind, key) DO UPDATE SET facets = excluded.facets, sort = excluded.sort RETURNING id"""

    def _store(self, cursor: Any, document: Document) -> int:
        facets = " ".join([_facet_word("kind", document.kind), *_facet_words(document.facets)])
        cursor.execute(self._SAVE, [document.kind, document.key, f" {facets} ", document.order])
        (row,) = cursor.fetchone()
        cursor.execute("DELETE FROM web_search_words WHERE rowid = %s", [row])
        cursor.execute(
            "INSERT INTO web_search_words (rowid, title, body, facets) VALUES (%s, %s, %s, %s)",
            [row, " ".join(_words(document.title)), " ".join(_words(document.body)), facets],
        )
        return 1

    def remove(self, kind: str, keys: Collection[str]) -> None:
        for key in keys:
            self._delete("kind = %s AND key = %s", [kind, key])

    def clear(self, kind: str) -> None:
        self._delete("kind = %s", [kind])

    def _delete(self, condition: str, values: list[str]) -> None:
        rows = f"SELECT id FROM web_search_document WHERE {condition}"  # noqa: S608 - the condition is written above
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            cursor.execute(f"DELETE FROM web_search_words WHERE rowid IN ({rows})", values)  # noqa: S608
            cursor.execute(f"DELETE FROM web_search_document WHERE {condition}", values)  # noqa: S608

    @staticmethod
    def _match(kind: str, terms: tuple[Term, ...], wanted: list[list[str]]) -> str:
        def either(alternatives: Iterable[str], star: str = "") -> str:
            return "(" + " OR ".join(f'"{words}"{star}' for words in alternatives) + ")"

        parts = [f"facets : {either(words)}" for words in ([_facet_word("kind", kind)], *wanted)]
        parts += [
            "{title body} : "
            + either((" ".join(phrase) for phrase in term.alternatives), "*" if term.is_prefix else "")
            for term in terms
        ]
        return " AND ".join(parts)

    def _find(
        self,
        cursor: Any,
        kind: str,
        terms: tuple[Term, ...],
        wanted: list[list[str]],
        preferred: list[str],
        limit: int,
        offset: int,
    ) -> Found:
        match = self._match(kind, terms, wanted)
        cursor.execute("SELECT count(*) FROM web_search_words WHERE web_search_words MATCH %s", [match])
        (total,) = cursor.fetchone()
        order = ["instr(d.facets, %s) = 0" for _ in preferred]
        # a word in the title weighs four times one in the text; facets do not rank
        order += ["bm25(web_search_words, 4.0, 1.0, 0.0)"] if terms else []
        cursor.execute(
            "SELECT d.key FROM web_search_words JOIN web_search_document d ON d.id = web_search_words.rowid "  # noqa: S608
            f"WHERE web_search_words MATCH %s ORDER BY {', '.join([*order, 'd.sort', 'd.key'])} LIMIT %s OFFSET %s",
            [match, *(f" {word} " for word in preferred), limit, offset],
        )
        return Found(tuple(key for (key,) in cursor.fetchall()), total)


class PostgresIndex(Index):
    """A tsvector written by us, position by position: PostgreSQL's own parser never sees the text."""

    _SETTLE = "ANALYZE web_search_document"
    _SAVE = """INSERT INTO web_search_document (kind, key, facets, sort, words)
        VALUES (%s, %s, %s, %s, %s::tsvector)
        ON CONFLICT (kind, key) DO UPDATE SET facets = excluded.facets, sort = excluded.sort, words = excluded.words"""
    _LAST_POSITION = 16383  # of a tsvector; what comes later in a very long text shares it

    def _store(self, cursor: Any, document: Document) -> int:
        cursor.execute(
            self._SAVE,
            [document.kind, document.key, _facet_words(document.facets), document.order, self._vector(document)],
        )
        return 1

    def _vector(self, document: Document) -> str:
        title, body = _words(document.title), _words(document.body)
        places: dict[str, list[str]] = {}
        for position, word in enumerate(title, start=1):
            places.setdefault(word, []).append(f"{min(position, self._LAST_POSITION)}A")
        # a gap, so that no phrase runs from the title into the text
        for position, word in enumerate(body, start=len(title) + 10):
            places.setdefault(word, []).append(f"{min(position, self._LAST_POSITION)}D")
        return " ".join(f"'{word}':{','.join(positions)}" for word, positions in places.items())

    def remove(self, kind: str, keys: Collection[str]) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute("DELETE FROM web_search_document WHERE kind = %s AND key = ANY(%s)", [kind, list(keys)])

    def clear(self, kind: str) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute("DELETE FROM web_search_document WHERE kind = %s", [kind])

    @staticmethod
    def _tsquery(terms: tuple[Term, ...]) -> str:
        def phrase(words: tuple[str, ...], star: str) -> str:
            return "(" + " <-> ".join(f"'{word}'{star}" for word in words) + ")"

        return " & ".join(
            "(" + " | ".join(phrase(words, ":*" if term.is_prefix else "") for words in term.alternatives) + ")"
            for term in terms
        )

    def _find(
        self,
        cursor: Any,
        kind: str,
        terms: tuple[Term, ...],
        wanted: list[list[str]],
        preferred: list[str],
        limit: int,
        offset: int,
    ) -> Found:
        conditions, values = ["kind = %s"], [kind]
        for words in wanted:
            conditions.append("facets && %s::text[]")
            values.append(words)  # type: ignore[arg-type]
        if terms:
            conditions.append("words @@ %s::tsquery")
            values.append(self._tsquery(terms))
        where = " AND ".join(conditions)
        cursor.execute(f"SELECT count(*) FROM web_search_document WHERE {where}", values)  # noqa: S608
        (total,) = cursor.fetchone()
        order, ranks = ["facets @> %s::text[] DESC" for _ in preferred], [[word] for word in preferred]
        if terms:
            # a word in the title weighs four times one in the text; long texts do not win by their length
            order.append("ts_rank('{0.25, 0.25, 0.25, 1.0}', words, %s::tsquery, 1) DESC")
            ranks.append(self._tsquery(terms))  # type: ignore[arg-type]
        cursor.execute(
            f"SELECT key FROM web_search_document WHERE {where} "  # noqa: S608
            f"ORDER BY {', '.join([*order, 'sort', 'key'])} LIMIT %s OFFSET %s",
            [*values, *ranks, limit, offset],
        )
        return Found(tuple(key for (key,) in cursor.fetchall()), total)


_BACKENDS: dict[str, type[Index]] = {"sqlite": SqliteIndex, "postgresql": PostgresIndex}
_SOURCES: dict[str, Callable[[], Iterable[Document]]] = {}


def index(using: str = "default") -> Index:
    """Return the index that fits the site's database."""
    vendor = connections[using].vendor
    if vendor not in _BACKENDS:
        raise ImproperlyConfigured(
            f"Search works on SQLite and PostgreSQL, but the database is {vendor}. Set MINGA_DATABASE_URL."
        )
    return _BACKENDS[vendor](using)


def register(kind: str, documents: Callable[[], Iterable[Document]]) -> None:
    """Tell the house where all documents of a kind come from; a room does so when it starts."""
    _SOURCES[kind] = documents


def rebuild(using: str = "default") -> Iterator[tuple[str, int]]:
    """Build the whole index anew from what the rooms hold; yield each kind with its number of documents."""
    target = index(using)
    for kind, documents in _SOURCES.items():
        with transaction.atomic(using=using):
            target.clear(kind)
            count = target.add(documents())
        yield kind, count
    target.settle()


def counts(using: str = "default") -> dict[str, tuple[int, int]]:
    """Return for each kind how many documents the index holds, and how many the rooms do."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT kind, count(*) FROM web_search_document GROUP BY kind")
        indexed = dict(cursor.fetchall())
    held = {kind: sum(1 for _ in documents()) for kind, documents in _SOURCES.items()}
    return {kind: (indexed.get(kind, 0), held.get(kind, 0)) for kind in sorted({*indexed, *held})}
