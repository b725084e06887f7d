"""Builders of catalogue and contracts for tests; everything goes through the services."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant
from tests.roles import as_role
from usage.models import Meter
from usage.services.ingest_lock import share_ingest_lock
from usage.services.metered_usage import UsageRow, add_usage
from usage.services.meters import create_meter
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.prices import PriceDraft, add_price
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from collections.abc import Mapping

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@dataclass
class Shop:
    """A provider with one plan in the making; `now` is the moment of all its calls.

    Use inside `provider_scope(shop.provider_id)`, except for making it.
    """

    provider_id: int
    now: datetime = START
    drafts: list[PriceDraft] = field(default_factory=list)
    meters: dict[str, int] = field(default_factory=dict)

    @classmethod
    def open(cls, slug: str = "", *, currency: str = "USD", suspension: bool = False) -> Shop:
        """Make a provider, as worker."""
        with as_role("worker"):
            provider_id = create_provider(
                slug=slug or f"shop-{uuid4().hex[:8]}",
                name="Shop",
                currency=currency,
                time_zone="UTC",
                suspension_enabled=suspension,
                now=START,
            )
        return cls(provider_id)

    def tenant(self, external_id: str = "", **facts: Any) -> int:
        """Make a tenant."""
        external_id = external_id or uuid4().hex[:8]
        return create_tenant(
            provider_id=self.provider_id,
            external_id=external_id,
            name=external_id,
            now=self.now,
            **facts,
        ).id

    def meter(self, code: str, aggregation: str = "sum", **rules: Any) -> int:
        """Make a meter that counts events of its own code."""
        self.meters[code] = create_meter(
            provider_id=self.provider_id,
            code=code,
            name=code,
            event_type=code,
            aggregation=aggregation,
            now=self.now,
            **rules,
        )
        return self.meters[code]

    def price(
        self, meter: str, figures: Mapping[str, Any], model: str = "per_unit", **more: Any
    ) -> None:
        """Add a usage price to the next plan."""
        draft = {"code": meter, "name": meter, "kind": "usage", "currency": "USD"}
        meter_id = self.meters.get(meter) or self.meter(meter)
        self.drafts.append(
            PriceDraft(
                **{**draft, "model": model, "figures": figures, "meter_id": meter_id, **more}
            )
        )

    def fee(self, code: str, unit: str, kind: str = "recurring", **more: Any) -> None:
        """Add a fee to the next plan."""
        draft = {
            "code": code,
            "name": code,
            "kind": kind,
            "currency": "USD",
            "figures": {"unit": unit},
        }
        months = 0 if kind == "setup" else 1
        self.drafts.append(PriceDraft(**{**draft, "interval_months": months, **more}))

    def version(self, code: str = "plan") -> tuple[int, dict[str, int]]:
        """Put a version with the drafted prices on sale; return its id and its prices by code."""
        plan_id = create_plan(provider_id=self.provider_id, code=code, name=code, now=self.now)
        version_id = draft_version(provider_id=self.provider_id, plan_id=plan_id, now=self.now)
        prices = {
            draft.code: add_price(
                provider_id=self.provider_id, version_id=version_id, draft=draft, now=self.now
            )
            for draft in self.drafts
        }
        activate_version(provider_id=self.provider_id, version_id=version_id, now=self.now)
        self.drafts = []
        return version_id, prices

    def subscribe(
        self, tenant_id: int, version_id: int, starts_at: datetime = START, **more: Any
    ) -> int:
        """Subscribe a tenant."""
        return subscribe(
            provider_id=self.provider_id,
            tenant_id=tenant_id,
            version_id=version_id,
            starts_at=starts_at,
            key=uuid4().hex,
            now=self.now,
            **more,
        )

    def use(
        self, tenant_id: int, meter: str, quantity: str | int, at: datetime, **more: Any
    ) -> None:
        """Count usage as ingestion does."""
        share_ingest_lock(self.provider_id)
        aggregation = Meter.objects.get(pk=self.meters[meter]).aggregation
        row = UsageRow(tenant_id, self.meters[meter], aggregation, at, Decimal(quantity), **more)
        add_usage(provider_id=self.provider_id, rows=[row])
