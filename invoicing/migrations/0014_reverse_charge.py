"""An index from which the EC sales list is read, built while documents are issued.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Without it the list reads every tax to find the few under reverse charge."""

    atomic = False

    dependencies = [("invoicing", "0013_tax_days")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS invoicing_document_tax_reverse",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="documenttax",
            index=models.Index(
                condition=models.Q(category="AE"),
                fields=["provider_id", "document_id"],
                name="invoicing_document_tax_reverse",
            ),
        ),
    ]
