"""Put payments under row-level security, with composite keys, the guards of attempts and the webhooks' look-up."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

TABLES = (
    "payments_connection",
    "payments_credential",
    "payments_payer",
    "payments_attempt",
    "payments_webhook_event",
)


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0001_tables"),
        ("tenants", "0002_isolation"),
        ("accounts", "0002_ledger"),
    ]

    operations = [
        composite_key("payments_connection", "id"),
        composite_key("payments_attempt", "id"),
        *(provider_fk(table) for table in TABLES),
        composite_fk("payments_credential", "connection_id", "payments_connection"),
        composite_fk("payments_payer", "connection_id", "payments_connection"),
        composite_fk("payments_payer", "tenant_id", "tenants_tenant"),
        composite_fk("payments_attempt", "connection_id", "payments_connection"),
        composite_fk("payments_attempt", "tenant_id", "tenants_tenant"),
        composite_fk("payments_attempt", "posting_id", "accounts_posting"),
        composite_fk("payments_webhook_event", "connection_id", "payments_connection"),
        composite_fk("payments_webhook_event", "attempt_id", "payments_attempt"),
        # Customers read which ways to pay there are; the secrets stand in a table of the provider's people.
        *protect("payments_connection", rows="shared"),
        *protect("payments_credential", rows="provider", ops=""),
        *protect("payments_payer", rows="tenant", tenant_writes=False),
        *protect("payments_attempt", rows="tenant", tenant_writes=False),
        *protect("payments_webhook_event", rows="provider"),
        run_sql_file(__file__, "0002_guards"),
    ]
