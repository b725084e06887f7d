"""An index from which events that no webhook brought are read, built while events come in.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether an endpoint is silent is looked at on each first page, among all events of a week."""

    atomic = False

    dependencies = [("payments", "0035_fee_currency")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS payments_webhook_event_listed",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(body__isnull=True),
                fields=["provider_id", "created_at"],
                name="payments_webhook_event_listed",
            ),
        ),
    ]
