"""Put disputes under row-level security, with composite keys and the guards of their moves and of payments'."""

from django.db import migrations

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk, run_sql_file

TABLE = "payments_dispute"


class Migration(migrations.Migration):
    dependencies = [("payments", "0011_disputes"), ("accounts", "0002_ledger")]

    operations = [
        provider_fk(TABLE),
        composite_fk(TABLE, "connection_id", "payments_connection"),
        composite_fk(TABLE, "attempt_id", "payments_attempt"),
        composite_fk(TABLE, "tenant_id", "tenants_tenant"),
        composite_fk(TABLE, "posting_id", "accounts_posting"),
        *protect(TABLE, rows="tenant", tenant_writes=False),
        run_sql_file(__file__, "0012_disputes"),
    ]
