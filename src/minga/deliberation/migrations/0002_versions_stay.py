"""Published versions of drafts stay as they are in the database too."""

from django.db import migrations

from minga.deliberation import triggers


def guard_versions(apps, schema_editor):
    """Hold the rule in the database; a test's throwaway database stays open to be emptied."""
    if not triggers.is_throwaway(schema_editor.connection):
        triggers.install(schema_editor.connection, triggers.VERSIONS)


def unguard_versions(apps, schema_editor):
    triggers.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0001_consultations")]

    operations = [migrations.RunPython(guard_versions, unguard_versions)]
