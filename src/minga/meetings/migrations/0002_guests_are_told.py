"""A guest of a hearing may leave an address for mails about it, and is written to in one language."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("meetings", "0001_meetings")]

    operations = [
        migrations.AddField(
            model_name="attendance",
            name="email",
            field=models.EmailField(blank=True, max_length=254),
        ),
        migrations.AddField(
            model_name="attendance",
            name="language",
            field=models.CharField(blank=True, max_length=10),
        ),
    ]
