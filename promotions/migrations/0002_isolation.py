"""Put promotions under row-level security, with composite keys; the limits hold for whoever writes."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

OF_PROVIDERS = ("promotions_campaign", "promotions_terms", "promotions_code")
OF_TENANTS = ("promotions_redemption", "promotions_bonus_return")
REPLACED = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [
        ("promotions", "0001_tables"),
        ("tenants", "0002_isolation"),
        ("accounts", "0002_ledger"),
    ]

    operations = [
        composite_key("promotions_campaign", "id"),
        composite_key("promotions_code", "id"),
        composite_key("promotions_redemption", "id"),
        *(provider_fk(table) for table in (*OF_PROVIDERS, *OF_TENANTS)),
        *(composite_fk(table, "tenant_id", "tenants_tenant") for table in OF_TENANTS),
        composite_fk("promotions_code", "campaign_id", "promotions_campaign"),
        composite_fk("promotions_redemption", "campaign_id", "promotions_campaign"),
        composite_fk("promotions_redemption", "code_id", "promotions_code"),
        composite_fk("promotions_bonus_return", "redemption_id", "promotions_redemption"),
        *(
            composite_fk(table, column, "accounts_posting")
            for table in OF_TENANTS
            for column in ("discount_posting_id", "bonus_posting_id")
        ),
        # Clients see no codes but those that they used; terms are replaced as a whole while nobody has used any.
        *protect("promotions_campaign", rows="provider"),
        *protect("promotions_terms", rows="provider", app=REPLACED, worker=REPLACED),
        *protect("promotions_code", rows="provider"),
        *(
            operation
            for table in OF_TENANTS
            for operation in protect(table, rows="tenant", tenant_writes=False)
        ),
        run_sql_file(__file__, "0002_rules"),
    ]
