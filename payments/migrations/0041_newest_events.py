"""Indexes from which the newest event of a connection is read, heard or only listed, built while events come in.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from __future__ import annotations

from typing import Any, Final

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_LISTED: Final = "payments_webhook_event_listed"


def _newest(name: str, *, without_body: bool) -> list[Any]:
    return [
        migrations.RunSQL(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="webhookevent",
            index=models.Index(
                condition=models.Q(body__isnull=without_body),
                fields=["provider_id", "connection_id", "created_at"],
                name=name,
            ),
        ),
    ]


class Migration(migrations.Migration):
    """They take the place of the one of listed events of a week, of which a silent endpoint has very many."""

    atomic = False

    dependencies = [("payments", "0040_warned_index")]

    operations = [
        *_newest("payments_webhook_event_unheard", without_body=True),
        *_newest("payments_webhook_event_heard", without_body=False),
        migrations.RunSQL(
            f"DROP INDEX CONCURRENTLY IF EXISTS {_LISTED}",
            f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {_LISTED}"
            " ON payments_webhook_event (provider_id, created_at) WHERE body IS NULL",
            state_operations=[migrations.RemoveIndex(model_name="webhookevent", name=_LISTED)],
        ),
    ]
