"""An index from which open refused events are counted by reason alone, built while events are refused.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """The list of refused events is read from it as before; it takes the place of the one without reasons."""

    atomic = False

    dependencies = [("usage", "0025_units")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS usage_refused_event_waiting",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="refusedevent",
            index=models.Index(
                condition=models.Q(settled_at__isnull=True),
                fields=["provider_id", "verdict", "id"],
                include=["reason"],
                name="usage_refused_event_waiting",
            ),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS usage_refused_event_open",
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS usage_refused_event_open"
            " ON usage_refused_event (provider_id, verdict, id) WHERE settled_at IS NULL",
            state_operations=[
                migrations.RemoveIndex(model_name="refusedevent", name="usage_refused_event_open")
            ],
        ),
    ]
