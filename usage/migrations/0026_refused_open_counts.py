"""An index from which open refused events are counted by reason alone, built while events are refused.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
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
        RemoveIndexConcurrently(model_name="refusedevent", name="usage_refused_event_open"),
    ]
