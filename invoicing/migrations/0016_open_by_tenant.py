"""An index of what each client owes by invoice, built while documents are issued.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without it a page of clients reads every document that they ever had."""

    atomic = False

    dependencies = [("invoicing", "0015_consumer_days")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS invoicing_document_owed", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                condition=models.Q(state__in=["sent", "partially_paid"]),
                fields=["provider_id", "tenant_id"],
                name="invoicing_document_owed",
            ),
        ),
    ]
