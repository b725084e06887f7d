"""Take weight off the hourly run: an index of running periods, and keys to accounts instead of wallets."""

from django.db import migrations, models

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """One index, and the targets of foreign keys."""

    dependencies = [("accounts", "0005_period_states")]
    operations = [
        migrations.AddIndex(
            model_name="period",
            index=models.Index(
                condition=models.Q(("state", "current")),
                fields=["provider_id", "tenant_id", "ends"],
                name="accounts_period_running",
            ),
        ),
        run_sql_file(__file__, "0006_light_wallets"),
    ]
