"""An index by which the clients of each version of a plan are counted, built while subscriptions are changed.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("usage", "0022_more_histories")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS usage_subscription_version", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="subscription",
            index=models.Index(
                fields=["provider_id", "plan_version", "tenant_id"],
                include=["ends_at"],
                name="usage_subscription_version",
            ),
        ),
    ]
