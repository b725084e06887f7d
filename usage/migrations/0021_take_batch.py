"""Write a batch of events by statements that the session plans once."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """The function that ingestion calls for each batch."""

    dependencies = [("usage", "0020_catalogue_history")]
    operations = [run_sql_file(__file__, "0021_take_batch")]
