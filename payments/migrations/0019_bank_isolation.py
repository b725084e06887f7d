"""Put bank statements under row-level security, with composite keys and the guards of their lines and credits."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

TABLES = (
    "payments_bank_account",
    "payments_bank_statement",
    "payments_bank_line",
    "payments_bank_credit",
)
ADDED = "SELECT, INSERT"


class Migration(migrations.Migration):
    dependencies = [("payments", "0018_bank_statements"), ("accounts", "0002_ledger")]

    operations = [
        *(provider_fk(table) for table in TABLES),
        *(composite_key(table, "id") for table in TABLES[:3]),
        composite_fk("payments_bank_statement", "account_id", "payments_bank_account"),
        composite_fk("payments_bank_line", "account_id", "payments_bank_account"),
        composite_fk("payments_bank_line", "statement_id", "payments_bank_statement"),
        composite_fk("payments_bank_credit", "tenant_id", "tenants_tenant"),
        composite_fk("payments_bank_credit", "line_id", "payments_bank_line"),
        composite_fk("payments_bank_credit", "end_line_id", "payments_bank_line"),
        composite_fk("payments_bank_credit", "posting_id", "accounts_posting"),
        composite_fk("payments_bank_credit", "end_posting_id", "accounts_posting"),
        *protect("payments_bank_account", rows="provider"),
        *protect("payments_bank_statement", rows="provider", app=ADDED, worker=ADDED),
        *protect("payments_bank_line", rows="provider"),
        *protect("payments_bank_credit", rows="tenant", tenant_writes=False),
        append_only("payments_bank_statement"),
        run_sql_file(__file__, "0019_bank_statements"),
    ]
