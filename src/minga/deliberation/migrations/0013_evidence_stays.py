"""What an adopted text cites stays in the database too; a record is cited by the bare day on which it was checked."""

import re

from django.db import migrations

from minga.deliberation import triggers


def keep_days_as_data(apps, schema_editor):
    """Until now a record was cited as "checked on" in English for every reader, or by its English title."""
    if triggers.is_throwaway(schema_editor.connection):
        return
    triggers.remove(schema_editor.connection)
    citations = apps.get_model("deliberation", "Citation").objects.using(schema_editor.connection.alias)
    for pk, value in citations.filter(kind="record").values_list("pk", "value"):
        found = re.fullmatch(r"checked on (\d{4}-\d{2}-\d{2})", value)
        citations.filter(pk=pk).update(value=found[1] if found else "unchecked")
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0012_votes_of_all")]

    operations = [migrations.RunPython(keep_days_as_data, migrations.RunPython.noop)]
