"""Point the key from segments to wallets at the wallet's account, which the hourly run never updates."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """The target of one foreign key."""

    dependencies = [("accounts", "0006_light_wallets"), ("usage", "0007_minimums")]
    operations = [run_sql_file(__file__, "0008_segment_accounts")]
