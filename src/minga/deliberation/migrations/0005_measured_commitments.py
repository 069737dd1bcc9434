"""Commitments are measured from a first value on, and those who answer for them are reminded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("deliberation", "0004_covered_by_a_clause")]

    operations = [
        migrations.AddField(
            model_name="commitment",
            name="baseline",
            field=models.CharField(blank=True, max_length=200, verbose_name="value at the beginning"),
        ),
        migrations.AddField(
            model_name="commitment",
            name="reminded_of",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="commitmentupdate",
            name="value",
            field=models.CharField(blank=True, max_length=200, verbose_name="value of the indicator now"),
        ),
    ]
