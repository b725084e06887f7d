"""Who took a charge for not made whose gateway never said what became of it."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0032_lines_of_two_formats")]

    operations = [
        migrations.AddField("attempt", "given_up_by", models.BigIntegerField(null=True)),
    ]
