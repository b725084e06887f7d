"""An index from which the first page reads events of the other mode, built while events come in.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Events are never deleted; without it each look at the first page reads all that a provider ever had."""

    atomic = False

    dependencies = [("payments", "0033_charges_given_up")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS payments_webhook_event_mode",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(error="of the other mode"),
                fields=["provider_id", "received_at"],
                name="payments_webhook_event_mode",
            ),
        ),
    ]
