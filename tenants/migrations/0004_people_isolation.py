"""Put histories, looks through users' eyes and invitations under row-level security; grant the logins' tables."""

from django.db import migrations

from billing_platform.kernel.isolation import protect, run_sql_file

ALL = "SELECT, INSERT, UPDATE, DELETE"
WRITTEN_BY_TRIGGER = "SELECT, INSERT"


def history(table, **options):
    """Return the operations for a table that triggers of every role write, and nobody changes."""
    return protect(table, app=WRITTEN_BY_TRIGGER, worker=WRITTEN_BY_TRIGGER, ops=WRITTEN_BY_TRIGGER, **options)


class Migration(migrations.Migration):
    """Isolation of what 0003 made, and of allauth's tables, which hold no tenant's data."""

    dependencies = [
        ("tenants", "0003_people"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("usersessions", "0001_initial"),
    ]
    operations = [
        *history("tenants_provider_event", rows="provider", provider_column="id"),
        *history("tenants_host_event", rows="provider"),
        *history("tenants_tenant_event", rows="tenant", tenant_column="id"),
        *history("tenants_provider_member_event", rows="provider"),
        *history("tenants_tenant_member_event", rows="tenant"),
        *history("tenants_setting_event", rows="provider"),
        *history("tenants_api_key_event", rows="provider"),
        *protect("tenants_hijack", rows="provider"),
        *protect("tenants_invitation", rows="tenant"),
        run_sql_file(__file__, "0004_invitations"),
        *protect("account_emailaddress", rows="global", app=ALL, worker="SELECT, INSERT, UPDATE", ops=ALL),
        *protect("account_emailconfirmation", rows="global", app=ALL, worker="", ops="SELECT, DELETE"),
        *protect("mfa_authenticator", rows="global", app=ALL, worker="", ops="SELECT, DELETE"),
        *protect("usersessions_usersession", rows="global", app=ALL, worker="SELECT, DELETE", ops=ALL),
    ]
