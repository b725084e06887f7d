"""Resources that run though their tenant was suspended when they were started. Read by the provider's first page."""

from __future__ import annotations

from typing import Final

from billing_platform.kernel.caps import COUNT_CAP
from billing_platform.kernel.rows import fetch_all

# A stretch that follows another without a gap is a resize; what follows nothing, or a stop, was started.
_COUNT: Final = """
WITH suspended AS MATERIALIZED (
    SELECT tenant_id, min(since) AS since FROM tenants_suspension
     WHERE provider_id = %(provider)s AND lifted_at IS NULL GROUP BY tenant_id)
SELECT count(*) FROM (
    SELECT DISTINCT r.tenant_id, r.resource
      FROM suspended s
      JOIN usage_resource_interval r
        ON r.provider_id = %(provider)s AND r.tenant_id = s.tenant_id AND r.ends_at IS NULL
     WHERE EXISTS (
           SELECT FROM usage_resource_interval i
            WHERE i.provider_id = r.provider_id AND i.tenant_id = r.tenant_id AND i.meter_id = r.meter_id
              AND i.resource = r.resource AND i.starts_at >= s.since AND i.ends_at IS DISTINCT FROM i.starts_at
              AND NOT EXISTS (
                  SELECT FROM usage_resource_interval b
                   WHERE b.provider_id = i.provider_id AND b.tenant_id = i.tenant_id AND b.meter_id = i.meter_id
                     AND b.resource = i.resource AND b.ends_at = i.starts_at AND b.starts_at < i.starts_at))
     LIMIT %(most)s) x
"""


def count_suspended_starts(provider_id: int) -> int:
    """Return how many running resources were started while their tenant was suspended, and it still is.

    They are counted no further than one beyond `COUNT_CAP`.

    Args:
        provider_id: whose; its scope is open.
    """
    ((count,),) = fetch_all(_COUNT, {"provider": provider_id, "most": COUNT_CAP + 1})
    return int(count)
