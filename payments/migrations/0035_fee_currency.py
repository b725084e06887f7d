"""In which currency a gateway keeps its fee: it may be another one than the customer paid in."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0034_events_of_other_mode")]

    operations = [
        migrations.AddField(
            "attempt",
            "fee_currency",
            models.CharField(blank=True, db_default="", default="", max_length=3),
        ),
    ]
