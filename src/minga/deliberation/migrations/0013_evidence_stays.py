"""What an adopted text cites stays in the database too; a record is cited by the bare day on which it was checked."""

import re

from django.db import migrations

from minga.deliberation import triggers


def plain_day(value):
    """Return the day out of a value; what holds none was the English title of a record that nobody had checked."""
    found = re.fullmatch(r"checked on (\d{4}-\d{2}-\d{2})", value)
    return found[1] if found else "unchecked"


def keep_days_as_data(apps, schema_editor):
    """Until now a record was cited as "checked on" in English for every reader, or by its English title."""
    if triggers.is_throwaway(schema_editor.connection):
        return
    triggers.remove(schema_editor.connection)
    citations = apps.get_model("deliberation", "Citation").objects.using(schema_editor.connection.alias)
    for pk, value in list(citations.filter(kind="record").values_list("pk", "value")):
        citations.filter(pk=pk).update(value=plain_day(value))
    triggers.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0012_votes_of_all")]

    operations = [migrations.RunPython(keep_days_as_data, migrations.RunPython.noop)]
