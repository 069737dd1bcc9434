"""A takeaway on which a voice rests stays, so that the way from the meeting to the answer stays too."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0005_measured_commitments")]

    operations = [
        migrations.AlterField(
            model_name="voice",
            name="takeaway",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="voices",
                to="meetings.takeaway",
            ),
        ),
    ]
