"""Put mails of documents and their texts under row-level security."""

from django.db import migrations

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk

TABLES = ("invoicing_mail", "invoicing_mail_text")
# The trigger writes as whoever makes the change.
APPEND = dict.fromkeys(("app", "worker", "ops"), "SELECT, INSERT")


class Migration(migrations.Migration):
    dependencies = [("invoicing", "0007_mails")]

    operations = [
        *(provider_fk(table) for table in TABLES),
        composite_fk("invoicing_mail", "document_id", "invoicing_document"),
        composite_fk("invoicing_mail", "tenant_id", "tenants_tenant"),
        *protect("invoicing_mail", rows="tenant", tenant_writes=False),
        *protect(
            "invoicing_mail_text",
            rows="provider",
            app="SELECT, INSERT, UPDATE, DELETE",
            worker="SELECT, INSERT, UPDATE, DELETE",
        ),
        *protect("invoicing_mail_text_event", rows="provider", **APPEND),
    ]
