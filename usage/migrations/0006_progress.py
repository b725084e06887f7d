"""Let a tenant read through which hour it is charged."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """One more policy."""

    dependencies = [("usage", "0005_chunk_calendar")]
    operations = [run_sql_file(__file__, "0006_progress")]
