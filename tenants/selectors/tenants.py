"""Find tenants of a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from billing_platform.kernel.rows import fetch_all, fetch_one, text_array
from tenants.enums import TenantStatus
from tenants.errors import TenantNotFoundError
from tenants.models import Tenant
from tenants.types import TenantPage, TenantView

if TYPE_CHECKING:
    from collections.abc import Iterable


_FIELDS = tuple(TenantView.__dataclass_fields__)
# Each page of a customer asks this: written out, it costs this process a fifth of a query set.
_ONE = {
    column: f"SELECT {', '.join(_FIELDS)} FROM tenants_tenant WHERE provider_id = %s AND {column} = %s"
    for column in ("id", "external_id", "public_id")
}
_COUNTS = """
SELECT s, (SELECT count(*) FROM (
           SELECT 1 FROM tenants_tenant t WHERE t.provider_id = %s AND t.status = s LIMIT %s) x)
  FROM unnest(%s::text[]) AS s
"""
# Behind a sub-select the planner does not weigh each of a thousand names.
_STATES = """
SELECT external_id, id, status FROM tenants_tenant
 WHERE provider_id = %s AND external_id = ANY((SELECT %s::text[])::text[])
"""


def tenant_by_id(provider_id: int, tenant_id: int) -> TenantView:
    """Return a tenant.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        tenant_id: the row's number.

    Raises:
        TenantNotFoundError: the provider has no such tenant, or not in this scope.
    """
    return _one(provider_id, "id", tenant_id)


def tenant_by_external_id(provider_id: int, external_id: str) -> TenantView:
    """Return a tenant by the provider's own name for it.

    Args:
        provider_id: whose; its scope is open.
        external_id: exactly as it was given.

    Raises:
        TenantNotFoundError: the provider has no such tenant.
    """
    if "\x00" in external_id:
        raise TenantNotFoundError
    return _one(provider_id, "external_id", external_id)


def tenant_by_public_id(provider_id: int, public_id: str) -> TenantView:
    """Return a tenant by the id that URLs show.

    Args:
        provider_id: whose; its scope, or the tenant's own, is open.
        public_id: `ten_…`.

    Raises:
        TenantNotFoundError: the provider has no such tenant, or not in this scope.
    """
    if "\x00" in public_id:
        raise TenantNotFoundError
    return _one(provider_id, "public_id", public_id)


def tenant_ids_by_external_id(provider_id: int, external_ids: Iterable[str]) -> dict[str, int]:
    """Return the ids of the tenants that exist, by external id.

    Args:
        provider_id: whose; its scope is open.
        external_ids: any number of them; those that do not exist are left out.
    """
    return dict(
        Tenant.objects.filter(
            provider_id=provider_id, external_id__in=list(external_ids)
        ).values_list("external_id", "pk")
    )


def tenant_states(provider_id: int, external_ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Return id and status of the tenants that exist, by external id; for batches of usage, so without models.

    Args:
        provider_id: whose; its scope is open.
        external_ids: any number of them; those that do not exist are left out.
    """
    rows = fetch_all(_STATES, [provider_id, text_array(external_ids)])
    return {external_id: (tenant_id, status) for external_id, tenant_id, status in rows}


def tenants_by_id(provider_id: int, tenant_ids: Iterable[int]) -> dict[int, TenantView]:
    """Return several tenants by id; those that do not exist are left out.

    Args:
        provider_id: whose; its scope is open.
        tenant_ids: row numbers.
    """
    rows = Tenant.objects.filter(provider_id=provider_id, pk__in=list(tenant_ids))
    return {row["id"]: TenantView(**row) for row in rows.values(*_FIELDS)}


def tenants_by_external_id(provider_id: int, external_ids: Iterable[str]) -> dict[str, TenantView]:
    """Return several tenants by the provider's own ids; those that do not exist are left out.

    Args:
        provider_id: whose; its scope is open.
        external_ids: any number of them.
    """
    rows = Tenant.objects.filter(provider_id=provider_id, external_id__in=list(external_ids))
    return {row["external_id"]: TenantView(**row) for row in rows.values(*_FIELDS)}


def tenants_by_public_id(provider_id: int, public_ids: Iterable[str]) -> list[TenantView]:
    """Return several tenants by the ids that URLs show, by name; those that do not exist are left out.

    Args:
        provider_id: whose; its scope is open.
        public_ids: `ten_…`, any number of them.
    """
    wanted = [public_id for public_id in public_ids if "\x00" not in public_id]
    rows = Tenant.objects.filter(provider_id=provider_id, public_id__in=wanted)
    return [TenantView(**row) for row in rows.order_by("name", "pk").values(*_FIELDS)]


def list_tenants(
    provider_id: int,
    *,
    status: str = "",
    after: str = "",
    limit: int = 50,
) -> TenantPage:
    """Return a page of tenants newest first.

    Args:
        provider_id: whose; its scope is open.
        status: one of TenantStatus; empty for all.
        after: `next_after` of the page before; empty for the first.
        limit: how many rows at most, 1 to 1,000.
    """
    rows = Tenant.objects.filter(provider_id=provider_id)
    if status:
        rows = rows.filter(status=status)
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after[:18]))
    found = [TenantView(**row) for row in rows.order_by("-pk").values(*_FIELDS)[: limit + 1]]
    more = len(found) > limit
    return TenantPage(rows=found[:limit], next_after=str(found[limit - 1].id) if more else None)


def count_tenants(provider_id: int, *, most: int | None = None) -> dict[str, int]:
    """Return how many tenants stand at each status, from an index; a status without tenants is left out.

    Args:
        provider_id: whose; its scope is open.
        most: count no further per status; None counts all.
    """
    rows = fetch_all(_COUNTS, [provider_id, most, TenantStatus.values])
    return {status: count for status, count in rows if count}


def _one(
    provider_id: int, column: Literal["id", "external_id", "public_id"], value: int | str
) -> TenantView:
    row = fetch_one(_ONE[column], [provider_id, value])
    if row is None:
        raise TenantNotFoundError
    return TenantView(*row)
