"""What becomes of the demo's clients besides usage, at its moment of the simulated clock, by the parts' services."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from accounts.services.grants import expire_grants, grant_credit
from billing_platform.demo_data.debts import bill
from billing_platform.demo_data.entrance import subscribe_to, take_on
from billing_platform.demo_data.events import forgotten
from billing_platform.kernel.money import Money
from tenants.errors import AlreadySuspendedError, TenantClosedError
from tenants.selectors.tenants import tenant_ids_by_external_id
from tenants.services.suspension import suspend_by_hand
from tenants.services.tenants import close_tenant
from usage.errors import SubscriptionConflictError
from usage.selectors.catalogue import version_prices
from usage.services.ingestion import ingest_cloudevents
from usage.services.overrides import set_override
from usage.services.subscriptions import end_subscription

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from billing_platform.demo_data.cast import DemoTenant
    from billing_platform.demo_data.place import Place

SUSPENDED_NOTE: Final = "Unusual traffic at night. Please call us."
# When forgotten usage is found.
FOUND_DAYS: Final = 1
# How long before its day an invoice is sent.
TERM_DAYS: Final = 14


def happen(place: Place, start: datetime, end: datetime) -> None:
    """Let everything happen whose moment lies in a stretch of the history; a scope of the provider is open.

    Args:
        place: where.
        start: the stretch's first moment.
        end: the moment after its last one.
    """
    expire_grants(provider_id=place.provider_id, now=start)
    for tenant in place.provider.tenants:
        for at, deed in _deeds(place, tenant):
            if start <= at < end:
                deed(place, tenant, at)


def _deeds(
    place: Place, tenant: DemoTenant
) -> Iterator[tuple[datetime, Callable[[Place, DemoTenant, datetime], None]]]:
    if tenant.joined_hours:
        yield place.ago(hours=tenant.joined_hours), _join
    if tenant.promotions:
        for days in {promotion.given_days for promotion in tenant.promotions}:
            yield place.ago(days=days), _promote
    if tenant.own_price is not None:
        yield place.ago(days=tenant.own_price.since_days), _agree
    if tenant.owed is not None:
        yield place.ago(days=tenant.owed.due_days + TERM_DAYS), _bill
    days_of = (
        (tenant.forgotten_days and FOUND_DAYS, _find),
        (tenant.suspended_days, _suspend),
        (tenant.closed_days, _leave),
    )
    for days, deed in days_of:
        if days:
            yield place.ago(days=days), deed


def _join(place: Place, tenant: DemoTenant, at: datetime) -> None:
    take_on(place, [tenant], at)


def _promote(place: Place, tenant: DemoTenant, at: datetime) -> None:
    for promotion in tenant.promotions:
        if place.ago(days=promotion.given_days) == at:
            grant_credit(
                provider_id=place.provider_id,
                tenant_id=_id_of(place, tenant),
                amount=Money.from_major(promotion.amount, place.provider.currency),
                key=f"demo-promotion-{tenant.external_id}-{promotion.given_days}-{at:%Y%m%d%H}",
                expires_at=at + timedelta(days=promotion.lasts_days),
                reason="Promotion",
                now=at,
            )


def _agree(place: Place, tenant: DemoTenant, at: datetime) -> None:
    if tenant.own_price is None:
        return
    prices = version_prices(place.provider_id, place.versions[place.provider.catalogue])
    # Half-made demos are completed: then the agreement stands already.
    with suppress(SubscriptionConflictError):
        set_override(
            provider_id=place.provider_id,
            tenant_id=_id_of(place, tenant),
            price_id=next(row.id for row in prices if row.code == tenant.own_price.code),
            figures=tenant.own_price.figures,
            valid_from=at,
            now=at,
        )


def _bill(place: Place, tenant: DemoTenant, at: datetime) -> None:
    if tenant.owed is not None:
        bill(place, tenant, tenant.owed, at)


def _find(place: Place, tenant: DemoTenant, at: datetime) -> None:
    then = max(place.begin, at - timedelta(days=tenant.forgotten_days))
    events = forgotten(place.provider, tenant, then)
    ingest_cloudevents(provider_id=place.provider_id, items=events, now=at)


def _suspend(place: Place, tenant: DemoTenant, at: datetime) -> None:
    with suppress(AlreadySuspendedError):
        suspend_by_hand(
            provider_id=place.provider_id,
            tenant_id=_id_of(place, tenant),
            note=SUSPENDED_NOTE,
            now=at,
        )


def _leave(place: Place, tenant: DemoTenant, at: datetime) -> None:
    tenant_id = _id_of(place, tenant)
    with suppress(TenantClosedError):
        close_tenant(provider_id=place.provider_id, tenant_id=tenant_id, now=at)
        end_subscription(
            provider_id=place.provider_id,
            tenant_id=tenant_id,
            subscription_id=subscribe_to(place, tenant, tenant_id, at),
            at=at,
            now=at,
        )


def _id_of(place: Place, tenant: DemoTenant) -> int:
    return tenant_ids_by_external_id(place.provider_id, [tenant.external_id])[tenant.external_id]
