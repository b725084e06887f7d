"""An index from which warned payments are counted, built while payments are taken.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("payments", "0039_warned")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS payments_attempt_warned", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            "attempt",
            models.Index(
                condition=models.Q(warned_at__isnull=False),
                fields=["provider_id", "warned_at"],
                name="payments_attempt_warned",
            ),
        ),
    ]
