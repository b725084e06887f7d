"""When the gateway warned that the card's owner may not know of a payment."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("payments", "0038_made_secrets")]

    operations = [migrations.AddField("attempt", "warned_at", models.DateTimeField(null=True))]
