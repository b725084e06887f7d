"""Let nobody change how a meter counts."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """A meter's rules stay."""

    dependencies = [("usage", "0015_hour_sums")]
    operations = [run_sql_file(__file__, "0016_meter_rules")]
