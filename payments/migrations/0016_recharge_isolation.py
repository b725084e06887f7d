"""Put auto-recharge under row-level security, with composite keys and the guard of a recharge's moves."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

# The trigger writes as whoever makes the change.
APPEND = dict.fromkeys(("app", "worker", "ops"), "SELECT, INSERT")
TABLES = ("payments_recharge_rule", "payments_recharge", "payments_breaker")


class Migration(migrations.Migration):
    dependencies = [("payments", "0015_recharges"), ("accounts", "0002_ledger")]

    operations = [
        composite_key("payments_recharge_rule", "id"),
        *(provider_fk(table) for table in TABLES),
        *(composite_fk(table, "tenant_id", "tenants_tenant") for table in TABLES),
        composite_fk("payments_recharge_rule", "wallet_id", "accounts_account"),
        composite_fk("payments_recharge", "rule_id", "payments_recharge_rule"),
        composite_fk("payments_recharge", "connection_id", "payments_connection"),
        composite_fk("payments_recharge", "attempt_id", "payments_attempt"),
        composite_fk("payments_recharge", "link_attempt_id", "payments_attempt"),
        *(
            operation
            for table in TABLES
            for operation in protect(table, rows="tenant", tenant_writes=False)
        ),
        *protect("payments_recharge_rule_event", rows="tenant", **APPEND),
        run_sql_file(__file__, "0016_recharges"),
    ]
