"""Who made, changed and archived what is sold and measured, and who subscribed whom; see `kernel.histories`."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from usage.models.meter import Meter
from usage.models.plan import Plan, PlanVersion, Price
from usage.models.subscription import Subscription


class MeterEvent(history_of(Meter, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a meter: its words, and whether it counts."""

    class Meta:
        db_table = "usage_meter_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_meter_event_own")
        ]


class PlanEvent(history_of(Plan, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a plan."""

    class Meta:
        db_table = "usage_plan_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_plan_event_own")
        ]


class PlanVersionEvent(history_of(PlanVersion, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a version: drafted, put on sale, taken off it, dropped."""

    class Meta:
        db_table = "usage_plan_version_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_pversion_event_own")
        ]


_PRICES = history_of(
    Price,
    without=["tenant_id", "based_on", "has_minimum", "activated_at"],
    keeps_former=True,
    made="NEW.tenant_id = 0",
)


class PriceEvent(_PRICES):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of a public price; tenants' own ones are told by their overrides."""

    class Meta:
        db_table = "usage_price_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_price_event_own")
        ]


class SubscriptionEvent(history_of(Subscription, without=["key"], keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a subscription: begun, moved to another version, ended."""

    class Meta:
        db_table = "usage_subscription_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="usage_subscr_event_own",
            ),
            models.Index(
                fields=["provider_id", "-pgh_created_at", "-pgh_id"],
                name="usage_subscr_event_at",
            ),
        ]
