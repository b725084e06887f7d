"""An index from which sales to buyers of other member states are read, built while documents are issued.

A run that was interrupted leaves an invalid index, which the next run drops and builds anew; each step may be repeated.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.fields.json import KT


class Migration(migrations.Migration):
    """Without it the report of taxes reads all documents of two years to find those that were sold abroad."""

    atomic = False

    dependencies = [("invoicing", "0014_reverse_charge")]

    operations = [
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS invoicing_document_buyers",
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="document",
            index=models.Index(
                models.F("provider_id"),
                KT("content__buyer__country"),
                models.F("supplied_on"),
                name="invoicing_document_buyers",
            ),
        ),
    ]
