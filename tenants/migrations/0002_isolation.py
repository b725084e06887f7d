"""Put the tables of providers and tenants under row-level security, and make the look-ups that run before a scope is known."""

from django.db import migrations

from billing_platform.kernel.isolation import composite_fk, composite_key, protect, run_sql_file


class Migration(migrations.Migration):
    """Isolation of providers, hosts, tenants, members and suspensions."""

    dependencies = [("kernel", "0001_scope"), ("tenants", "0001_tables")]
    operations = [
        composite_key("tenants_tenant", "id"),
        composite_fk("tenants_tenant_member", "tenant_id", "tenants_tenant"),
        composite_fk("tenants_suspension", "tenant_id", "tenants_tenant"),
        *protect(
            "tenants_provider", rows="shared", app="SELECT, UPDATE", worker="SELECT, INSERT, UPDATE", ops="SELECT, INSERT, UPDATE",
            provider_column="id",
        ),
        *protect("tenants_host", rows="provider", app="SELECT, INSERT, UPDATE, DELETE", ops="SELECT, INSERT, UPDATE, DELETE"),
        *protect("tenants_tenant", rows="tenant", ops="SELECT, UPDATE", tenant_column="id"),
        *protect("tenants_provider_member", rows="provider", app="SELECT, INSERT, UPDATE, DELETE", ops="SELECT, INSERT, UPDATE, DELETE"),
        *protect("tenants_tenant_member", rows="tenant", app="SELECT, INSERT, UPDATE, DELETE", ops="SELECT, DELETE"),
        *protect("tenants_suspension", rows="tenant"),
        *protect("tenants_setting", rows="shared", app="SELECT, INSERT, UPDATE, DELETE", worker="SELECT, INSERT, UPDATE, DELETE"),
        *protect("tenants_api_key", rows="provider", ops="SELECT, UPDATE"),
        *protect("tenants_user", rows="global", app="SELECT, INSERT, UPDATE", worker="SELECT, INSERT, UPDATE", ops="SELECT, INSERT, UPDATE"),
        run_sql_file(__file__, "0002_lookups"),
    ]
