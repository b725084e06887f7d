"""Which changes of this part are kept, for the audit log, and what versions and prices are called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from billing_platform.kernel.rows import fetch_all
from tenants.selectors.changes import History

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CATALOGUE_HISTORIES: Final = (
    History("meter", "usage_meter_event"),
    History("plan", "usage_plan_event"),
    History("plan_version", "usage_plan_version_event"),
    History("price", "usage_price_event"),
    History("subscription", "usage_subscription_event", tenant="e.tenant_id"),
)
SYSTEM_HISTORIES: Final = (
    History("units", "usage_subscription_item_event", tenant="e.tenant_id"),
    History("price_override", "usage_price_override_event", tenant="e.tenant_id"),
    History("budget", "usage_budget_event", tenant="e.tenant_id"),
    History("call_mapping", "usage_call_mapping_event"),
    History("call_line", "usage_call_line_event"),
    History("call_folder", "usage_call_folder_event"),
)
_NAMES: Final = """
    SELECT v.id, p.name, v.number FROM usage_plan_version v
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
     WHERE v.provider_id = %s AND v.id = ANY(%s)
"""
_PRICES: Final = """
    SELECT c.id, c.name, p.name, v.number, c.kind, c.model, c.currency, c.spec
      FROM usage_price c
      JOIN usage_plan_version v ON v.provider_id = c.provider_id AND v.id = c.plan_version_id
      JOIN usage_plan p ON p.provider_id = v.provider_id AND p.id = v.plan_id
     WHERE c.provider_id = %s AND c.id = ANY(%s)
"""


@dataclass(frozen=True, slots=True)
class PriceFact:
    """A price, a plan's or a client's own: its plan and version, and its figures.

    Attributes:
        row: its kind, model and currency.
        figures: the JSON of `usage.pricing.spec`.
    """

    id: int
    name: str
    plan: str
    number: int
    row: Mapping[str, str]
    figures: Mapping[str, Any]


def version_names(provider_id: int, version_ids: Iterable[int]) -> dict[int, tuple[str, int]]:
    """Return the plan's name and the number of versions by their ids; dropped drafts are left out.

    Args:
        provider_id: whose; its scope is open.
        version_ids: which.
    """
    wanted = sorted(set(version_ids))
    rows = fetch_all(_NAMES, [provider_id, wanted]) if wanted else []
    return {version_id: (name, number) for version_id, name, number in rows}


def price_facts(provider_id: int, price_ids: Iterable[int]) -> list[PriceFact]:
    """Return prices, by one query; dropped ones are left out.

    Args:
        provider_id: whose; its scope is open.
        price_ids: which.
    """
    wanted = sorted(set(price_ids))
    rows = fetch_all(_PRICES, [provider_id, wanted]) if wanted else []
    return [
        PriceFact(
            id=price_id,
            name=name,
            plan=plan,
            number=number,
            row={"kind": kind, "model": model, "currency": currency},
            figures=json.loads(figures),
        )
        for price_id, name, plan, number, kind, model, currency, figures in rows
    ]
