"""Make what a FOCUS file needs: tenants, meters, prices, one plan and subscriptions to it. Called by imports."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import transaction

from tenants.services.tenants import ensure_tenants
from tenants.types import TenantSpec
from usage.enums import Aggregation, PriceKind
from usage.intake.timestamps import EARLIEST
from usage.models import Meter, Subscription
from usage.pricing.exact import plain
from usage.selectors.focus_catalog import (
    PLAN_CODE,
    focus_plan_codes,
    focus_price_ids,
    focus_version_ids,
    price_book,
)
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.meters import create_meter
from usage.services.overrides import set_override
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.prices import PriceDraft, add_price
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from usage.importers.focus import FocusRow, PriceBook

_NAME_MAX: Final = 200


@dataclass
class _Findings:
    """What a file holds: prices, tenants by external id, words for meters, and its earliest billing period."""

    book: PriceBook
    tenants: dict[str, TenantSpec] = field(default_factory=dict)
    names: dict[str, tuple[str, str]] = field(default_factory=dict)
    starts_at: datetime | None = None


@transaction.atomic
def ensure_focus_catalog(*, provider_id: int, rows: Iterable[FocusRow], now: datetime) -> PriceBook:
    """Make the tenants, meters, prices and subscriptions that rows of a file need and that do not exist yet.

    Args:
        provider_id: whose; its scope is open.
        rows: every good row of the file, in its order.
        now: the moment of the import.

    Returns:
        Which meter a row counts on, for the import of the same rows.

    Idempotency: by sku, price and tenant; what exists stays as it is. Skus that are new in a later file come in a
    further plan of their own, so that nothing that was charged changes.
    """
    hold_ingest_lock(provider_id)
    found = _Findings(price_book(provider_id))
    for row in rows:
        if found.book.takes(row):
            _learn(found, row)
    if found.starts_at is None:
        return found.book
    tenant_ids = ensure_tenants(
        provider_id=provider_id, specs=list(found.tenants.values()), now=now
    )
    _ensure_prices(provider_id, found, now)
    _ensure_overrides(provider_id, found, tenant_ids, now)
    for version_id in focus_version_ids(provider_id):
        for tenant_id in sorted(tenant_ids.values()):
            _ensure_subscription(provider_id, tenant_id, version_id, found.starts_at, now)
    return found.book


def _learn(found: _Findings, row: FocusRow) -> None:
    found.book.learn(row)
    code = found.book.meter_code(row)
    # A row may lie before its billing period begins; its day then counts.
    first = min(row.period_start, row.at).replace(hour=0, minute=0, second=0, microsecond=0)
    if found.starts_at is None or first < found.starts_at:
        found.starts_at = first
    if code not in found.names:
        name = f"{row.service} {code}".strip()
        found.names[code] = (name[:_NAME_MAX], row.unit[:40] or "unit")
    if row.tenant not in found.tenants:
        found.tenants[row.tenant] = TenantSpec(
            external_id=row.tenant,
            name=row.tenant_name,
            currency=row.currency,
            time_zone="UTC",
            anchor_day=row.period_start.day,
        )


def _ensure_prices(provider_id: int, found: _Findings, now: datetime) -> None:
    known = focus_price_ids(provider_id)
    new = sorted(key for key in found.book.base if key not in known)
    if not new:
        return
    meter_ids = _ensure_meters(provider_id, found, {code for code, _ in new}, now)
    number = len(focus_plan_codes(provider_id)) + 1
    plan_id = create_plan(
        provider_id=provider_id,
        code=PLAN_CODE if number == 1 else f"{PLAN_CODE}-{number}",
        name="List prices" if number == 1 else f"List prices {number}",
        now=now,
    )
    version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=now)
    for code, currency in new:
        draft = PriceDraft(
            code=code,
            name=found.names[code][0],
            kind=PriceKind.USAGE,
            currency=currency,
            figures={"unit": plain(found.book.base[code, currency])},
            meter_id=meter_ids[code],
        )
        add_price(provider_id=provider_id, version_id=version_id, draft=draft, now=now)
    activate_version(provider_id=provider_id, version_id=version_id, now=now)


def _ensure_meters(
    provider_id: int, found: _Findings, codes: set[str], now: datetime
) -> dict[str, int]:
    meters = Meter.objects.filter(provider_id=provider_id, code__in=codes)
    ids = dict(meters.values_list("code", "pk"))
    for code in sorted(codes - ids.keys()):
        name, unit = found.names[code]
        ids[code] = create_meter(
            provider_id=provider_id,
            code=code,
            name=name,
            event_type=code,
            aggregation=Aggregation.SUM,
            unit_name=unit,
            allows_negative=True,
            now=now,
        )
    return ids


def _ensure_overrides(
    provider_id: int, found: _Findings, tenant_ids: dict[str, int], now: datetime
) -> None:
    before = price_book(provider_id).own
    price_ids = focus_price_ids(provider_id)
    for key, price in sorted(found.book.overrides().items()):
        tenant, *component = key
        if before.get(key) == price or tenant not in tenant_ids:
            continue
        set_override(
            provider_id=provider_id,
            tenant_id=tenant_ids[tenant],
            price_id=price_ids[component[0], component[1]],
            figures={"unit": plain(price)},
            valid_from=EARLIEST,
            now=now,
        )


def _ensure_subscription(
    provider_id: int, tenant_id: int, version_id: int, starts_at: datetime, now: datetime
) -> None:
    """Subscribe a tenant from a moment on; a file about an earlier time than before fills the time between."""
    key = f"{PLAN_CODE}:{version_id}"
    known = Subscription.objects.filter(
        provider_id=provider_id,
        tenant_id=tenant_id,
        plan_version_id=version_id,
        key__startswith=key,
    ).order_by("starts_at")
    first = known.first()
    if first is not None and first.starts_at <= starts_at:
        return
    subscribe(
        provider_id=provider_id,
        tenant_id=tenant_id,
        version_id=version_id,
        starts_at=starts_at,
        ends_at=None if first is None else first.starts_at,
        key=key if first is None else f"{key}:{starts_at:%Y-%m-%d}",
        now=now,
    )
