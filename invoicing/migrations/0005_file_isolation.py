"""Put the files of documents under row-level security; a row is of an issued document and never changes."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    protect,
    provider_fk,
    run_sql_file,
)


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0004_file")]

    operations = [
        provider_fk("invoicing_file"),
        composite_fk("invoicing_file", "document_id", "invoicing_document"),
        composite_fk("invoicing_file", "tenant_id", "tenants_tenant"),
        *protect(
            "invoicing_file",
            rows="tenant",
            app="SELECT",
            worker="SELECT, INSERT",
            tenant_writes=False,
        ),
        append_only("invoicing_file"),
        run_sql_file(__file__, "0005_file_guard"),
    ]
