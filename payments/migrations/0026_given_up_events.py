"""Events that could not be worked off are counted on the provider's first page and listed."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("payments", "0025_refunds_given_up")]

    operations = [
        migrations.AddIndex(
            "webhookevent",
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state="failed"),
                name="payments_webhook_event_failed",
            ),
        ),
    ]
