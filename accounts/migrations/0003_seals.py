"""Hash seals and roll-ups when they are written."""

from django.db import migrations

from billing_platform.kernel.isolation import run_sql_file


class Migration(migrations.Migration):
    """Digests of seals and roll-ups."""

    dependencies = [("accounts", "0002_ledger")]
    operations = [run_sql_file(__file__, "0003_seals")]
