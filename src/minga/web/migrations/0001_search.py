"""The search index: plain tables of the database's own full-text engine, no Django model."""

from django.db import migrations

SQLITE = (
    """CREATE TABLE web_search_document (
        id integer PRIMARY KEY,
        kind text NOT NULL,
        key text NOT NULL,
        facets text NOT NULL,
        sort text NOT NULL,
        UNIQUE (kind, key)
    )""",
    # "ascii" leaves every letter beyond ASCII as it is: the words are folded and stemmed before they come here
    """CREATE VIRTUAL TABLE web_search_words USING fts5 (title, body, facets, tokenize = "ascii tokenchars '=_'")""",
)
POSTGRESQL = (
    """CREATE TABLE web_search_document (
        kind text NOT NULL,
        key text NOT NULL COLLATE "C",
        facets text[] NOT NULL,
        sort text NOT NULL COLLATE "C",
        words tsvector NOT NULL,
        PRIMARY KEY (kind, key)
    )""",
    "CREATE INDEX web_search_words ON web_search_document USING gin (words) WITH (fastupdate = off)",
    "CREATE INDEX web_search_facets ON web_search_document USING gin (facets) WITH (fastupdate = off)",
)


def create(apps, schema_editor):
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute("DROP TABLE web_search_words")
    schema_editor.execute("DROP TABLE web_search_document")


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [migrations.RunPython(create, drop)]
