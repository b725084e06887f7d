"""An index for the calls of all tenants of a provider."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """Only events that are calls stand in it, so that it costs other events nothing."""

    dependencies = [
        ('usage', '0016_meter_rules'),
    ]

    operations = [
        run_sql_file(__file__, "0017_all_calls"),
    ]
