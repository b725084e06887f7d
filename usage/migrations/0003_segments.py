"""Let a segment be taken back without losing its row, and tie segments to the wallets they charge."""

from django.db import migrations, models

from billing_platform.kernel.isolation import run_sql_file
from usage.models.fields import ExactField


class Migration(migrations.Migration):
    """Empty ranges; the key from segments to wallets."""

    dependencies = [("accounts", "0002_ledger"), ("usage", "0002_isolation")]
    operations = [
        migrations.AddField("subscriptionitem", "is_replaced", models.BooleanField(default=False)),
        *(
            migrations.AlterField(model, column, ExactField(db_default=0))
            for model in ("usagetotal", "periodline")
            for column in ("start", "less_minor")
        ),
        run_sql_file(__file__, "0003_segments"),
    ]
