"""Put saved methods under row-level security, with composite keys."""

from django.db import migrations

from billing_platform.kernel.isolation import composite_fk, protect, provider_fk

TABLES = ("payments_method_setup", "payments_method")


class Migration(migrations.Migration):
    dependencies = [("payments", "0005_methods")]

    operations = [
        *(provider_fk(table) for table in TABLES),
        *(composite_fk(table, "connection_id", "payments_connection") for table in TABLES),
        *(composite_fk(table, "tenant_id", "tenants_tenant") for table in TABLES),
        *(
            operation
            for table in TABLES
            for operation in protect(table, rows="tenant", tenant_writes=False)
        ),
    ]
