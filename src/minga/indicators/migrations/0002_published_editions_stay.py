"""Published editions stay as they are in the database too."""

from django.db import migrations

from minga.indicators import triggers


def guard_editions(apps, schema_editor):
    """Hold the rule in the database; a test's throwaway database stays open to be emptied."""
    if not triggers.is_throwaway(schema_editor.connection):
        triggers.install(schema_editor.connection)


def unguard_editions(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_indexes")]

    operations = [migrations.RunPython(guard_editions, unguard_editions)]
