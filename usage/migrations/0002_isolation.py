"""Put catalogue, metering and charging under row-level security, with composite keys, exclusions and immutability."""

from django.db import migrations

from billing_platform.kernel.isolation import (
    append_only,
    composite_fk,
    composite_key,
    protect,
    provider_fk,
    run_sql_file,
)

PUBLIC_PRICES = "provider_id = (SELECT scope_provider_id()) AND tenant_id = 0"
WITH_DELETE = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"

PARENTS = (
    "usage_meter", "usage_event_source", "usage_plan", "usage_plan_version", "usage_price", "usage_subscription",
    "usage_subscription_item", "usage_rate_segment",
)
# Hourly rows, events, their keys and marks carry no keys to their parents: their ids come from a join with the parents in
# the statement that writes them, and a key check per row would cost ingestion a third of its speed.
KEYS = (
    ("usage_plan_version", "plan_id", "usage_plan"),
    ("usage_price", "plan_version_id", "usage_plan_version"),
    ("usage_price", "meter_id", "usage_meter"),
    ("usage_price", "based_on_id", "usage_price"),
    ("usage_price_tier", "price_id", "usage_price"),
    ("usage_subscription", "tenant_id", "tenants_tenant"),
    ("usage_subscription", "plan_id", "usage_plan"),
    ("usage_subscription", "plan_version_id", "usage_plan_version"),
    ("usage_subscription_item", "subscription_id", "usage_subscription"),
    ("usage_subscription_item", "price_id", "usage_price"),
    ("usage_subscription_item", "tenant_id", "tenants_tenant"),
    ("usage_rate_segment", "subscription_id", "usage_subscription"),
    ("usage_rate_segment", "item_id", "usage_subscription_item"),
    ("usage_rate_segment", "meter_id", "usage_meter"),
    ("usage_rate_segment", "price_id", "usage_price"),
    ("usage_rate_segment", "continues_id", "usage_rate_segment"),
    ("usage_rate_segment", "tenant_id", "tenants_tenant"),
    ("usage_price_override", "price_id", "usage_price"),
    ("usage_price_override", "own_price_id", "usage_price"),
    ("usage_price_override", "tenant_id", "tenants_tenant"),
    ("usage_total", "segment_id", "usage_rate_segment"),
    ("usage_unique", "segment_id", "usage_rate_segment"),
    ("usage_resource_interval", "meter_id", "usage_meter"),
    ("usage_resource_interval", "tenant_id", "tenants_tenant"),
    ("usage_parked_event", "source_id", "usage_event_source"),
    ("usage_fee", "item_id", "usage_subscription_item"),
    ("usage_fee", "price_id", "usage_price"),
    ("usage_fee", "segment_id", "usage_rate_segment"),
    ("usage_period_line", "segment_id", "usage_rate_segment"),
)


class Migration(migrations.Migration):
    """Isolation of catalogue, metering and charging."""

    dependencies = [("kernel", "0001_scope"), ("tenants", "0002_isolation"), ("usage", "0001_tables")]
    operations = [
        run_sql_file(__file__, "0002_rules"),
        run_sql_file(__file__, "0002_events"),
        *(composite_key(table, "id") for table in PARENTS),
        *(composite_fk(*key) for key in KEYS),
        *(provider_fk(table) for table in ("usage_plan", "usage_meter", "usage_event_source", "usage_charge_chunk")),
        append_only("usage_price_tier"),
        append_only("usage_fee"),
        append_only("usage_event_key"),
        *protect("usage_meter", rows="shared"),
        *protect("usage_event_source", rows="provider"),
        *protect("usage_plan", rows="shared"),
        *protect("usage_plan_version", rows="shared", app=WITH_DELETE),
        *protect("usage_price", rows="tenant", reads=PUBLIC_PRICES, app=WITH_DELETE),
        *protect("usage_price_tier", rows="tenant", reads=PUBLIC_PRICES, app=APPEND, worker=APPEND),
        *protect("usage_subscription", rows="tenant"),
        *protect("usage_subscription_item", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_rate_segment", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_price_override", rows="provider", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_hour", rows="tenant"),
        *protect("usage_total", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_unique", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_resource_interval", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
        *protect("usage_mark", rows="provider", app="SELECT, INSERT", worker="SELECT, INSERT, DELETE"),
        *protect("usage_event_key", rows="provider", app=APPEND, worker=APPEND),
        *protect("usage_event", rows="tenant"),
        *protect("usage_parked_event", rows="provider"),
        *protect("usage_charge_chunk", rows="provider"),
        *protect("usage_fee", rows="tenant", app=APPEND, worker=APPEND),
        *protect("usage_period_line", rows="tenant", app=WITH_DELETE, worker=WITH_DELETE),
    ]
