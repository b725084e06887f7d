"""Hold the states of billing periods to their one table of transitions."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """Next, current, late, closed; and closed to late again for usage that came after all."""

    dependencies = [("accounts", "0004_own_rule")]
    operations = [run_sql_file(__file__, "0005_period_states")]
