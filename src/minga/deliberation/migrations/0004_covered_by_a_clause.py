"""An answer "already covered" can name the clause that says so."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0003_senders_choice")]

    operations = [
        migrations.AddField(
            model_name="disposition",
            name="covered_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="covers",
                to="deliberation.clause",
            ),
        ),
    ]
