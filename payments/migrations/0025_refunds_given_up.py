"""Who took a refund for not made whose gateway never answered."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0024_old_refused_charges")]

    operations = [
        migrations.AddField("refund", "given_up_by", models.BigIntegerField(null=True)),
    ]
