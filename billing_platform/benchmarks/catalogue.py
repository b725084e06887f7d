"""The pattern that the hourly benchmark multiplies: a provider, five meters of mixed models, a tenant with credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.services.credits import add_credit
from accounts.services.wallets import open_wallet
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from tenants.services.providers import create_provider
from tenants.services.tenants import create_tenant
from usage.services.meters import create_meter
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.prices import PriceDraft, add_price
from usage.services.subscriptions import subscribe

if TYPE_CHECKING:
    from datetime import datetime

CURRENCY = "USD"
CREDIT_MINOR = 100_000_000
METERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("api-calls", "per_unit", {"unit": "0.001234"}),
    ("messages", "package", {"unit": "0.0055", "package_size": "10"}),
    (
        "storage",
        "graduated",
        {
            "tiers": [
                {"up_to": "100", "unit": "0.002"},
                {"up_to": "1000", "unit": "0.0015"},
                {"unit": "0.001"},
            ]
        },
    ),
    (
        "transfer",
        "volume",
        {"tiers": [{"up_to": "1000", "unit": "0.003"}, {"unit": "0.0025"}]},
    ),
    (
        "calls",
        "graduated",
        {"tiers": [{"up_to": "50", "unit": "0.005", "flat": "1"}, {"unit": "0.004"}]},
    ),
)


def create_pattern(*, starts_at: datetime) -> tuple[int, int]:
    """Make the provider, its catalogue and one subscribed tenant through the services, as a worker.

    Args:
        starts_at: the full UTC hour in which everything begins.

    Returns:
        The ids of the provider and of the tenant.
    """
    provider_id = create_provider(
        slug="bench",
        name="Bench",
        currency=CURRENCY,
        time_zone="UTC",
        suspension_enabled=True,
        now=starts_at,
    )
    with provider_scope(provider_id):
        version_id = _create_plan(provider_id, starts_at)
        tenant = create_tenant(
            provider_id=provider_id, external_id="bench-0", name="Bench", now=starts_at
        )
        open_wallet(provider_id=provider_id, tenant_id=tenant.id, currency=CURRENCY, now=starts_at)
        add_credit(
            provider_id=provider_id,
            tenant_id=tenant.id,
            amount=Money(CREDIT_MINOR, CURRENCY),
            reason="bench",
            key="bench",
            now=starts_at,
        )
        subscribe(
            provider_id=provider_id,
            tenant_id=tenant.id,
            version_id=version_id,
            starts_at=starts_at,
            key="bench",
            now=starts_at,
        )
    return provider_id, tenant.id


def _create_plan(provider_id: int, now: datetime) -> int:
    plan_id = create_plan(provider_id=provider_id, code="bench", name="Bench", now=now)
    version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=now)
    for code, model, figures in METERS:
        meter_id = create_meter(
            provider_id=provider_id,
            code=code,
            name=code,
            event_type="voice.call" if code == "calls" else code,
            aggregation="sum",
            now=now,
        )
        draft = PriceDraft(
            code=code,
            name=code,
            kind="usage",
            currency=CURRENCY,
            model=model,
            figures=figures,
            meter_id=meter_id,
        )
        add_price(provider_id=provider_id, version_id=version_id, draft=draft, now=now)
    activate_version(provider_id=provider_id, version_id=version_id, now=now)
    return version_id
