"""Sell, use and charge in a few words, for the tests of the hourly job."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from usage.services.charging import ChargeResult, charge_hours

if TYPE_CHECKING:
    from datetime import datetime

    from tests.factories.usage import Shop

DAY = timedelta(days=1)


def charge(shop: Shop, until: datetime, **more: Any) -> ChargeResult:
    return charge_hours(provider_id=shop.provider_id, until=until, now=until, **more)


def rows(shop: Shop, sql: str, *params: object) -> list[tuple[Any, ...]]:
    with provider_scope(shop.provider_id):
        return fetch_all(sql, params)


def balance(shop: Shop, tenant_id: int) -> int:
    ((found,),) = rows(shop, "SELECT balance FROM accounts_wallet WHERE tenant_id = %s", tenant_id)
    return int(found)


def postings(shop: Shop) -> list[tuple[Any, ...]]:
    return rows(
        shop,
        "SELECT p.kind, a.kind, e.amount_minor FROM accounts_entry e JOIN accounts_posting p ON p.id = e.posting_id"
        " JOIN accounts_account a ON a.id = e.account_id ORDER BY e.id",
    )


def sell(shop: Shop, unit: str = "0.10", **more: Any) -> tuple[int, int]:
    """One tenant with one meter; returns the tenant and the price."""
    with provider_scope(shop.provider_id):
        tenant_id = shop.tenant()
        shop.price("calls", more.pop("figures", {"unit": unit}), **more)
        version, prices = shop.version()
        shop.subscribe(tenant_id, version)
    return tenant_id, prices["calls"]


def use(
    shop: Shop, tenant_id: int, quantity: str | int, at: datetime, meter: str = "calls", **more: Any
) -> None:
    with provider_scope(shop.provider_id):
        shop.use(tenant_id, meter, quantity, at, **more)
