"""What the demo's providers sell: a cloud plan and a voice plan, with most pricing models between them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from usage.services.meters import create_meter
from usage.services.plans import activate_version, create_plan, draft_version
from usage.services.prices import PriceDraft, add_price

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

METERS: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "cloud": (
        {
            "code": "api-requests",
            "name": "API requests",
            "event_type": "cloud.api",
            "aggregation": "sum",
            "unit_name": "requests",
        },
        {
            "code": "egress",
            "name": "Traffic out",
            "event_type": "cloud.egress",
            "aggregation": "sum",
            "unit_name": "GB",
        },
        {
            "code": "storage",
            "name": "Storage, highest",
            "event_type": "cloud.storage",
            "aggregation": "max",
            "unit_name": "GB",
        },
    ),
    "voice": (
        {
            "code": "call-seconds",
            "name": "Calls",
            "event_type": "voice.call",
            "aggregation": "sum",
            "unit_name": "seconds",
            "increment": Decimal(6),
        },
        {
            "code": "messages",
            "name": "Messages",
            "event_type": "voice.message",
            "aggregation": "count",
            "unit_name": "messages",
        },
        {
            "code": "active-users",
            "name": "Active users",
            "event_type": "voice.call",
            "aggregation": "unique",
            "unit_name": "users",
            "identity": "sip",
        },
    ),
}

PRICES: Final[dict[str, tuple[dict[str, Any], ...]]] = {
    "cloud": (
        {"code": "base", "name": "Base fee", "kind": "recurring", "interval_months": 1}
        | {"figures": {"unit": "19.00"}},
        {"code": "api", "name": "API requests", "kind": "usage", "model": "package"}
        | {"meter": "api-requests", "figures": {"unit": "0.40", "package_size": "10000"}},
        {"code": "egress", "name": "Traffic out", "kind": "usage", "meter": "egress"}
        | {"figures": {"unit": "0.09", "included": "50"}},
        {"code": "storage", "name": "Storage", "kind": "usage", "meter": "storage"}
        | {"figures": {"unit": "0.0245"}},
    ),
    "voice": (
        {"code": "setup", "name": "Setup", "kind": "setup", "figures": {"unit": "5.00"}},
        {"code": "calls", "name": "Calls", "kind": "usage", "model": "graduated"}
        | {
            "meter": "call-seconds",
            "figures": {
                "tiers": [
                    {"up_to": "60000", "unit": "0.00022"},
                    {"up_to": None, "unit": "0.000165"},
                ]
            },
        },
        {"code": "messages", "name": "Messages", "kind": "usage", "meter": "messages"}
        | {"figures": {"unit": "0.065"}},
        {"code": "users", "name": "Active users", "kind": "usage", "model": "volume"}
        | {
            "meter": "active-users",
            "figures": {
                "tiers": [{"up_to": "10", "unit": "1.50"}, {"up_to": None, "unit": "1.20"}]
            },
        },
    ),
}

PLAN_NAMES: Final = {"cloud": "Scale", "voice": "Voice"}


def seed_catalogue(*, provider_id: int, catalogue: str, currency: str, now: datetime) -> int:
    """Make a catalogue and put it on sale.

    Args:
        provider_id: whose; its scope is open.
        catalogue: `cloud` or `voice`.
        currency: of all prices.
        now: the moment it is made.

    Returns:
        The id of the active plan version.

    Idempotency: none; the caller makes it once, in one transaction.
    """
    meters = {
        meter["code"]: create_meter(provider_id=provider_id, now=now, **meter)
        for meter in METERS[catalogue]
    }
    plan_id = create_plan(
        provider_id=provider_id, code=catalogue, name=PLAN_NAMES[catalogue], now=now
    )
    version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=now)
    for price in PRICES[catalogue]:
        add_price(
            provider_id=provider_id,
            version_id=version_id,
            draft=_draft(price, meters, currency),
            now=now,
        )
    activate_version(provider_id=provider_id, version_id=version_id, now=now)
    return version_id


def _draft(price: Mapping[str, Any], meters: Mapping[str, int], currency: str) -> PriceDraft:
    known = {key: value for key, value in price.items() if key != "meter"}
    return PriceDraft(currency=currency, meter_id=meters.get(price.get("meter", "")), **known)
