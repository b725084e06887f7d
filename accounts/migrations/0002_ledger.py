"""Isolate the ledger, tie its rows to each other, and make it append-only, balanced and provable."""

from django.db import migrations

from billing_platform.kernel.isolation import append_only, composite_fk, composite_key, protect, provider_fk, run_sql_file

# A bulk posting belongs to many tenants; each may read why and when it was charged, and nothing else of the provider's.
SHARED_POSTINGS = (
    "provider_id = (SELECT scope_provider_id()) AND tenant_id = 0 AND kind IN ('usage', 'usage_correction')"
)
WRITTEN_ONCE = "SELECT, INSERT"


class Migration(migrations.Migration):
    """Row-level security, composite keys, triggers."""

    dependencies = [("accounts", "0001_tables"), ("tenants", "0002_isolation")]
    operations = [
        *protect("accounts_account", rows="tenant", app=WRITTEN_ONCE, worker=WRITTEN_ONCE, tenant_writes=False),
        *protect("accounts_tenant_balance", rows="tenant", tenant_writes=False),
        *protect("accounts_wallet", rows="tenant", tenant_writes=False),
        *protect("accounts_wallet_change", rows="tenant", app=WRITTEN_ONCE, worker=WRITTEN_ONCE, tenant_writes=False),
        *protect("accounts_reservation", rows="tenant", tenant_writes=False),
        *protect(
            "accounts_warning_level", rows="tenant", app="SELECT, INSERT, UPDATE, DELETE",
            worker="SELECT, INSERT, UPDATE, DELETE", tenant_writes=False,
        ),
        *protect("accounts_burn_rate", rows="tenant", tenant_writes=False),
        *protect("accounts_period", rows="tenant", tenant_writes=False),
        *protect("accounts_reason", rows="tenant", tenant_writes=False),
        *protect(
            "accounts_posting", rows="tenant", app=WRITTEN_ONCE, worker=WRITTEN_ONCE, reads=SHARED_POSTINGS,
            tenant_writes=False,
        ),
        *protect("accounts_entry", rows="tenant", app=WRITTEN_ONCE, worker=WRITTEN_ONCE, tenant_writes=False),
        *protect("accounts_proof", rows="provider", app=WRITTEN_ONCE, worker="SELECT, INSERT, UPDATE (seal_id)"),
        *protect("accounts_credit_grant", rows="tenant", tenant_writes=False),
        *protect(
            "accounts_grant_consumption", rows="tenant", app=WRITTEN_ONCE, worker=WRITTEN_ONCE, tenant_writes=False,
        ),
        *protect("accounts_seal", rows="provider", app="SELECT", worker=WRITTEN_ONCE),
        *protect("accounts_rollup", rows="provider", app="SELECT", worker=WRITTEN_ONCE),
        *(
            append_only(table)
            for table in (
                "accounts_account", "accounts_posting", "accounts_entry", "accounts_wallet_change",
                "accounts_grant_consumption", "accounts_seal", "accounts_rollup",
            )
        ),
        provider_fk("accounts_account"),
        provider_fk("accounts_posting"),
        provider_fk("accounts_seal"),
        provider_fk("accounts_reason"),
        composite_key("accounts_account", "id"),
        composite_key("accounts_posting", "id"),
        composite_key("accounts_reason", "id"),
        composite_key("accounts_seal", "id"),
        composite_fk("accounts_posting", "reverses_id", "accounts_posting"),
        composite_fk("accounts_posting", "reason_id", "accounts_reason"),
        composite_fk("accounts_proof", "posting_id", "accounts_posting"),
        composite_fk("accounts_proof", "seal_id", "accounts_seal"),
        composite_fk("accounts_credit_grant", "posting_id", "accounts_posting"),
        composite_fk("accounts_grant_consumption", "posting_id", "accounts_posting"),
        composite_fk("accounts_rollup", "account_id", "accounts_account"),
        composite_fk("accounts_rollup", "seal_id", "accounts_seal"),
        run_sql_file(__file__, "0002_ledger"),
    ]
