"""When a draft was withdrawn, and why."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0009_last_day_and_letters")]

    operations = [
        migrations.AddField(
            model_name="draft",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="draft",
            name="withdrawn_why",
            field=models.CharField(blank=True, max_length=600, verbose_name="why it is withdrawn"),
        ),
    ]
