"""The work of one hour, entered alike on both sides: usage of every tenant, or of one in a hundred."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from psycopg2 import extensions

# 0.125 to 124.625 units, another one for each tenant, segment and hour.
QUANTITY = "((t.tenant_id * 7919 + t.segment_id * 104729 + %(n)s * 31) %% 997 + 1)::numeric / 8"
CHOSEN = "t.provider_id = %(p)s AND t.tenant_id %% %(one_in)s = %(n)s %% %(one_in)s"
# What ingestion leaves behind: totals, hourly rows, and marks of batches of 1,000 events (200 tenants with five).
APP_HOUR = f"""
UPDATE usage_total t SET quantity = t.quantity + {QUANTITY} WHERE {CHOSEN};
INSERT INTO usage_hour (provider_id, tenant_id, meter_id, hour, quantity, events)
SELECT t.provider_id, t.tenant_id, s.meter_id, %(hour)s, {QUANTITY}, 1
FROM usage_total t JOIN usage_rate_segment s ON s.provider_id = t.provider_id AND s.id = t.segment_id
WHERE {CHOSEN} ORDER BY 1, 2, 3;
INSERT INTO usage_mark (provider_id, bucket, tenant_ids)
SELECT t.provider_id, t.id / 1024, array_agg(t.id)
FROM tenants_tenant t
WHERE t.provider_id = %(p)s AND t.id %% %(one_in)s = %(n)s %% %(one_in)s
GROUP BY t.provider_id, t.id / 1024, t.id / 200;
"""
FLOOR_HOUR = f"UPDATE floor.usage_total t SET quantity = t.quantity + {QUANTITY} WHERE {CHOSEN}"
COPIES = """
INSERT INTO floor.usage_total (provider_id, tenant_id, period_id, segment_id, price_id, quantity)
SELECT provider_id, tenant_id, period_id, segment_id, price_id, quantity FROM usage_total
WHERE provider_id = %(p)s ORDER BY tenant_id, period_id, segment_id;
INSERT INTO floor.price_tier (provider_id, price_id, lo, hi, off, base, unit, pkg)
SELECT provider_id, price_id, lo, hi, off, base, unit, pkg FROM usage_price_tier WHERE provider_id = %(p)s;
INSERT INTO floor.wallet (id, provider_id, tenant_id, currency, balance, period_id, period_posted, suspend_limit,
                          state_version)
SELECT id, provider_id, tenant_id, currency, balance, period_id, period_posted, suspend_limit, 0
FROM accounts_wallet WHERE provider_id = %(p)s ORDER BY id;
INSERT INTO floor.chunk (provider_id, no, t_from, t_to, charged_through)
SELECT provider_id, no, t_from, t_to, charged_through FROM usage_charge_chunk WHERE provider_id = %(p)s;
"""


def load_hour(owner: extensions.cursor, *, provider_id: int, hour: datetime, one_in: int) -> None:
    """Enter an hour of usage on both sides, as if ingestion had taken it.

    Args:
        owner: a cursor of the owner; the application's part is one transaction.
        provider_id: whose tenants.
        hour: the full UTC hour.
        one_in: 1 for every tenant, 100 for one in a hundred.
    """
    number = int(hour.timestamp()) // 3600
    values = {"p": provider_id, "hour": hour, "n": number, "one_in": one_in}
    owner.execute(APP_HOUR, values)
    owner.execute(FLOOR_HOUR, values)


def copy_to_floor(owner: extensions.cursor, *, provider_id: int) -> None:
    """Give the floor the same tenants, totals, tiers, balances and chunks."""
    owner.execute(COPIES, {"p": provider_id})
