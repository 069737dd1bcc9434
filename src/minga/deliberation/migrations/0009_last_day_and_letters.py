"""A planned last day, and an address for letters and e-mails."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0008_parts_of_clauses")]

    operations = [
        migrations.AddField(
            model_name="consultation",
            name="closes_on",
            field=models.DateField(blank=True, null=True, verbose_name="planned last day"),
        ),
        migrations.AddField(
            model_name="consultation",
            name="letters_to",
            field=models.CharField(blank=True, max_length=300, verbose_name="address for letters and e-mails"),
        ),
    ]
