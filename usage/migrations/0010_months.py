"""Let two sessions that need the first event month at the same moment both go on."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """Look for the month in the catalogue after the wait, not in the session's cache."""

    dependencies = [("usage", "0009_calls")]
    operations = [run_sql_file(__file__, "0010_months")]
