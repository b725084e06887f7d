"""What a provider has on sale, for choices on pages: plans with their versions."""

from __future__ import annotations

from dataclasses import dataclass

from billing_platform.kernel.rows import fetch_dicts


@dataclass(frozen=True)
class OfferedVersion:
    """A version of a plan that is, or was, sold.

    Attributes:
        code: of the plan.
        number: of the version, counted per plan.
        is_on_sale: whether somebody may still subscribe.
        currencies: those in which it has prices.
    """

    plan_id: int
    version_id: int
    code: str
    name: str
    number: int
    is_on_sale: bool
    currencies: tuple[str, ...]


def offered_versions(provider_id: int) -> list[OfferedVersion]:
    """Return every version that is or was on sale, by the plans' names, the newest version first.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = fetch_dicts(
        "SELECT p.id AS plan_id, v.id AS version_id, p.code, p.name, v.number,"
        " v.state = 'active' AND p.archived_at IS NULL AS is_on_sale,"
        " ARRAY(SELECT DISTINCT x.currency::text FROM usage_price x WHERE x.provider_id = v.provider_id"
        " AND x.plan_version_id = v.id AND x.tenant_id = 0 ORDER BY 1) AS currencies"
        " FROM usage_plan_version v JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id"
        " WHERE v.provider_id = %s AND v.state <> 'draft' ORDER BY p.name, p.id, v.number DESC",
        [provider_id],
    )
    return [OfferedVersion(**{**row, "currencies": tuple(row["currencies"])}) for row in rows]
