"""Put documents under row-level security, with composite keys and the guards that let an issued one stand."""

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
    "invoicing_document",
    "invoicing_document_line",
    "invoicing_document_tax",
    "invoicing_settlement",
)
PARTS = TABLES[1:]
DRAFTS = "SELECT, INSERT, UPDATE, DELETE"


class Migration(migrations.Migration):
    dependencies = [
        ("invoicing", "0001_tables"),
        ("tenants", "0002_isolation"),
        ("accounts", "0002_ledger"),
    ]

    operations = [
        composite_key("invoicing_document", "id"),
        composite_key("invoicing_settlement", "id"),
        *(provider_fk(table) for table in TABLES),
        composite_fk("invoicing_document", "tenant_id", "tenants_tenant"),
        composite_fk("invoicing_document", "corrects_id", "invoicing_document"),
        composite_fk("invoicing_document", "posting_id", "accounts_posting"),
        *(composite_fk(table, "document_id", "invoicing_document") for table in PARTS),
        *(composite_fk(table, "tenant_id", "tenants_tenant") for table in PARTS),
        composite_fk("invoicing_settlement", "posting_id", "accounts_posting"),
        composite_fk("invoicing_settlement", "undoes_id", "invoicing_settlement"),
        *protect(
            "invoicing_document", rows="tenant", app=DRAFTS, worker=DRAFTS, tenant_writes=False
        ),
        *protect(
            "invoicing_document_line",
            rows="tenant",
            app="SELECT, INSERT, DELETE",
            worker="SELECT, INSERT, DELETE",
            tenant_writes=False,
        ),
        *protect(
            "invoicing_document_tax",
            rows="tenant",
            app="SELECT, INSERT, DELETE",
            worker="SELECT, INSERT, DELETE",
            tenant_writes=False,
        ),
        *protect(
            "invoicing_settlement",
            rows="tenant",
            app="SELECT, INSERT",
            worker="SELECT, INSERT",
            tenant_writes=False,
        ),
        append_only("invoicing_settlement"),
        run_sql_file(__file__, "0002_guards"),
    ]
