"""The log of moderation tells of translations; rules of a consultation's own are marked as rules."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0013_evidence_stays")]

    operations = [
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
                    ("translate", "shown in a translation"),
                    ("untranslate", "translation taken away"),
                    ("correct", "corrected by its author"),
                    ("withdraw", "withdrawn by its author"),
                    ("ban", "participant banned"),
                    ("unban", "ban lifted"),
                    ("keep", "flag looked at: votes stay"),
                ],
                max_length=15,
            ),
        ),
    ]
