"""Find the prices with a minimum by an index."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("usage", "0006_progress")]
    operations = [run_sql_file(__file__, "0007_minimums")]
