"""A version of the demo's plan Flat to which its clients move with their next period; a price of Scale that changes;
a plan that is still a draft.

Called by a process of its own, on the database of the demo that is looked at.
"""

from __future__ import annotations

from datetime import timedelta

from billing_platform.kernel.clock import now
from billing_platform.kernel.periods import hour_floor
from billing_platform.kernel.scope import provider_scope
from tenants.models import User
from tenants.selectors.providers import provider_id_by_slug
from usage.enums import MoveStart, VersionState
from usage.selectors.catalogue import list_plans, plan_versions, version_prices
from usage.services.drafts import copy_version
from usage.services.plan_move_orders import sell_version
from usage.services.plans import create_plan, draft_version
from usage.services.price_changes import order_price_change


def write() -> None:
    """Order the move and the change, which no job works off while pages are looked at; begin a plan."""
    provider_id, moment = provider_id_by_slug("nimbus"), now()
    asked_by = User.objects.get(email="paula@nimbus.example").pk
    with provider_scope(provider_id):
        flat = next(row for row in list_plans(provider_id, now=moment) if row.code == "cloud-flat")
        version = next(
            row
            for row in plan_versions(provider_id, flat.id, now=moment)
            if row.state == VersionState.ACTIVE
        )
        draft = copy_version(provider_id=provider_id, version_id=version.id, now=moment)
        sell_version(
            provider_id=provider_id,
            version_id=draft,
            starts=MoveStart.PERIOD,
            key="seen",
            asked_by=asked_by,
            now=moment,
        )
        begun = create_plan(provider_id=provider_id, code="seen", name="Begun", now=moment)
        draft_version(provider_id=provider_id, plan_id=begun, now=moment)
        scale = next(row for row in list_plans(provider_id, now=moment) if row.name == "Scale")
        sold = next(
            row
            for row in plan_versions(provider_id, scale.id, now=moment)
            if row.state == VersionState.ACTIVE
        )
        price = next(
            row for row in version_prices(provider_id, sold.id) if row.name == "Traffic out"
        )
        order_price_change(
            provider_id=provider_id,
            price_id=price.id,
            figures=price.figures,
            valid_from=hour_floor(moment) + timedelta(days=30),
            key="seen",
            asked_by=asked_by,
            now=moment,
        )
