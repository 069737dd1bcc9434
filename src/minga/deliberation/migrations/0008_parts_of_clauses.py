"""The parts of a split clause say which answers from before belong to other parts alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0007_log_says_more")]

    operations = [
        migrations.AddField(
            model_name="clauseversion",
            name="left_behind",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
