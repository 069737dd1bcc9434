"""The log of moderation keeps the rule, old and new words, and calls what is taken away by its own name."""

from django.db import migrations, models


def name_removals(apps, schema_editor):
    """Removals were kept under the name of what was removed: with words of the program, or with nothing."""
    acts = apps.get_model("deliberation", "ModerationAct").objects
    acts.filter(act="meta", reason="not any more").update(act="unmeta", reason="")
    acts.filter(act="order", reason="").update(act="unorder")


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0006_takeaways_stay")]

    operations = [
        migrations.AddField(
            model_name="moderationact",
            name="rule",
            field=models.CharField(blank=True, max_length=20),
        ),
        migrations.AddField(
            model_name="moderationact",
            name="detail",
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="moderationact",
            name="act",
            field=models.CharField(
                choices=[
                    ("accept", "accepted"),
                    ("reject", "rejected"),
                    ("reopen", "put back into the queue"),
                    ("second_look", "second look asked for"),
                    ("unlook", "request for a second look taken back"),
                    ("meta", "marked as about the conversation itself"),
                    ("unmeta", "no longer marked as about the conversation itself"),
                    ("order", "given a place in the order"),
                    ("unorder", "place in the order taken away"),
                    ("reword", "reworded before others voted"),
                    ("correct", "corrected by its author"),
                    ("withdraw", "withdrawn by its author"),
                    ("ban", "participant banned"),
                    ("unban", "ban lifted"),
                    ("keep", "flag looked at: votes stay"),
                ],
                max_length=15,
            ),
        ),
        migrations.RunPython(name_removals, migrations.RunPython.noop),
    ]
