"""Put the triggers back that SQLite lost when 0008 and 0010 built their tables anew."""

from django.db import migrations

from minga.deliberation import triggers


def guard_versions(apps, schema_editor):
    """Hold the rule in the database; a test's throwaway database stays open to be emptied."""
    if not triggers.is_throwaway(schema_editor.connection):
        triggers.install(schema_editor.connection, triggers.VERSIONS)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0010_withdrawn_drafts")]

    operations = [migrations.RunPython(guard_versions, migrations.RunPython.noop)]
