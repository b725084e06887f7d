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

HOSTS_ONLY: Final = {"property": "host", "values": ["true"]}
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
        *(
            {
                "code": code,
                "name": name,
                "event_type": f"cloud.{kind}",
                "aggregation": "sum",
                "unit_name": unit,
            }
            for code, name, kind, unit in (
                ("instance-hours", "Instances", "instance", "hours"),
                ("volume-hours", "Volumes", "volume", "GB hours"),
                ("address-hours", "Public IPs", "address", "hours"),
                ("balancer-hours", "Load balancers", "balancer", "hours"),
                ("database-hours", "Databases", "database", "hours"),
            )
        ),
    ),
    "voice": (
        {
            "code": "call-seconds",
            "name": "Calls, outbound",
            "event_type": "voice.call",
            "aggregation": "sum",
            "unit_name": "seconds",
            "increment": Decimal(6),
            "filters": [{"property": "direction", "values": ["outbound"]}],
        },
        {
            "code": "inbound-seconds",
            "name": "Calls, inbound",
            "event_type": "voice.call",
            "aggregation": "sum",
            "unit_name": "seconds",
            "increment": Decimal(6),
            "filters": [{"property": "direction", "values": ["inbound"]}],
        },
        {
            "code": "messages",
            "name": "Messages",
            "event_type": "voice.message",
            "aggregation": "count",
            "unit_name": "messages",
        },
        *(
            {
                "code": f"{kind}-hours",
                "name": name,
                "event_type": f"voice.{kind}",
                "aggregation": "sum",
                "unit_name": "hours",
            }
            for kind, name in (("extension", "Extensions"), ("number", "Numbers (DIDs)"))
        ),
        *(
            {
                "code": f"users-{user_class}",
                "name": name,
                "event_type": "voice.seat",
                "aggregation": "unique",
                "unit_name": "users",
                "identity": "sip",
                "filters": [{"property": "user_class", "values": [user_class]}, *more],
            }
            for user_class, name, more in (
                ("mobile", "Generic mobile (iOS, Android)", ()),
                ("desktop", "Desktop (Mac, Windows)", ()),
                ("video", "Video conferencing (host)", (HOSTS_ONLY,)),
                ("messaging", "Messaging", ()),
            )
        ),
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
        *(
            {"code": code, "name": name, "kind": "usage", "meter": f"{code}-hours"}
            | {"figures": {"unit": unit}}
            for code, name, unit in (
                ("instance", "Instances", "0.0210"),
                ("volume", "Volumes", "0.00014"),
                ("address", "Public IPs", "0.0050"),
                ("balancer", "Load balancers", "0.0250"),
                ("database", "Databases", "0.0340"),
            )
        ),
    ),
    "voice": (
        {"code": "setup", "name": "Setup", "kind": "setup", "figures": {"unit": "5.00"}},
        {"code": "inbound", "name": "Calls, inbound", "kind": "usage", "meter": "inbound-seconds"}
        | {"figures": {"unit": "0.00005"}},
        {"code": "calls", "name": "Calls, outbound", "kind": "usage", "model": "graduated"}
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
        {"code": "extension", "name": "Extensions", "kind": "usage", "meter": "extension-hours"}
        | {"figures": {"unit": "0.0035"}},
        {"code": "number", "name": "Numbers (DIDs)", "kind": "usage", "meter": "number-hours"}
        | {"figures": {"unit": "0.0014"}},
        *(
            {"code": user_class, "name": name, "kind": "usage", "model": "volume"}
            | {
                "meter": f"users-{user_class}",
                "figures": {
                    "tiers": [{"up_to": "5", "unit": first}, {"up_to": None, "unit": then}]
                },
            }
            for user_class, name, first, then in (
                ("mobile", "Generic mobile (iOS, Android)", "2.50", "2.00"),
                ("desktop", "Desktop (Mac, Windows)", "3.00", "2.40"),
                ("video", "Video conferencing (host)", "6.00", "4.80"),
                ("messaging", "Messaging", "0.80", "0.60"),
            )
        ),
    ),
}

# The plans of each catalogue: code, name, prices. The first is the usual one.
PLANS: Final[dict[str, tuple[tuple[str, str, tuple[dict[str, Any], ...]], ...]]] = {
    "cloud": (
        ("cloud", "Scale", PRICES["cloud"]),
        (
            "cloud-flat",
            "Flat",
            (
                {"code": "flat", "name": "Flat fee", "kind": "recurring", "interval_months": 1}
                | {"figures": {"unit": "149.00"}},
                {"code": "egress", "name": "Traffic out", "kind": "usage", "meter": "egress"}
                | {"figures": {"unit": "0.09", "included": "2000"}},
            ),
        ),
    ),
    "voice": (
        ("voice", "Voice", PRICES["voice"]),
        (
            "voice-flat",
            "Flat",
            (
                {"code": "flat", "name": "Flat fee", "kind": "recurring", "interval_months": 1}
                | {"figures": {"unit": "79.00"}},
                {"code": "calls", "name": "Calls, outbound", "kind": "usage"}
                | {"meter": "call-seconds"}
                | {"figures": {"unit": "0.00022", "included": "3600000"}},
            ),
        ),
    ),
}


def seed_catalogue(*, provider_id: int, catalogue: str, currency: str, now: datetime) -> None:
    """Make a catalogue and put it on sale.

    Args:
        provider_id: whose; its scope is open.
        catalogue: `cloud` or `voice`.
        currency: of all prices.
        now: the moment it is made.

    Idempotency: none; the caller makes it once, in one transaction.
    """
    meters = {
        meter["code"]: create_meter(provider_id=provider_id, now=now, **meter)
        for meter in METERS[catalogue]
    }
    for code, name, prices in PLANS[catalogue]:
        plan_id = create_plan(provider_id=provider_id, code=code, name=name, now=now)
        version_id = draft_version(provider_id=provider_id, plan_id=plan_id, now=now)
        for price in prices:
            draft = _draft(price, meters, currency)
            add_price(provider_id=provider_id, version_id=version_id, draft=draft, now=now)
        activate_version(provider_id=provider_id, version_id=version_id, now=now)


def _draft(price: Mapping[str, Any], meters: Mapping[str, int], currency: str) -> PriceDraft:
    known = {key: value for key, value in price.items() if key != "meter"}
    return PriceDraft(currency=currency, meter_id=meters.get(price.get("meter", "")), **known)
