"""Put tax under row-level security, with composite keys; rates never overlap, evidence never changes."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

SHARED = ("tax_category", "tax_rate_place", "tax_rate", "tax_registration")
OF_TENANTS = (
    "tax_profile",
    "tax_location_proof",
    "tax_number",
    "tax_number_check",
    "tax_exemption",
)
ADDED_TO = "SELECT, INSERT"


class Migration(migrations.Migration):
    dependencies = [("tax", "0001_tables"), ("tenants", "0002_isolation")]

    operations = [
        composite_key("tax_rate_place", "id"),
        composite_key("tax_number", "id"),
        *(provider_fk(table) for table in (*SHARED, *OF_TENANTS)),
        composite_fk("tax_rate", "place_id", "tax_rate_place"),
        *(composite_fk(table, "tenant_id", "tenants_tenant") for table in OF_TENANTS),
        composite_fk("tax_number_check", "number_id", "tax_number"),
        # Customers' pages reckon their tax too; only the provider's services write any of it, so that nobody
        # declares his own number confirmed.
        *(operation for table in SHARED for operation in protect(table, rows="shared")),
        *protect("tax_profile", rows="tenant", tenant_writes=False),
        *protect("tax_location_proof", rows="tenant", tenant_writes=False, app=ADDED_TO, worker=ADDED_TO),
        *protect("tax_number", rows="tenant", tenant_writes=False),
        *protect("tax_number_check", rows="tenant", tenant_writes=False, app=ADDED_TO, worker=ADDED_TO),
        *protect("tax_exemption", rows="tenant", tenant_writes=False),
        append_only("tax_location_proof"),
        append_only("tax_number_check"),
        run_sql_file(__file__, "0002_rules"),
    ]
