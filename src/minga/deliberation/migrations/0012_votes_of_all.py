"""Whether each vote is published once a conversation is over: people are told before they vote."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0011_versions_stay_still")]

    operations = [
        migrations.AddField(
            model_name="conversation",
            name="publishes_votes",
            field=models.BooleanField(default=False, verbose_name="each vote is published, without names"),
        ),
    ]
