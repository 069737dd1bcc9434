"""What senders decide about their words is theirs."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0002_versions_stay")]

    operations = [
        migrations.AddField(model_name="source", name="sender_agrees", field=models.BooleanField(null=True)),
    ]
