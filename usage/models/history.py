"""Who changed what is sold, measured and agreed, and how telephone systems read; see `kernel.histories`."""

from __future__ import annotations

from django.db import models

from billing_platform.kernel.histories import history_of
from usage.models.budget import Budget
from usage.models.calls import CallFolder, CallLine, CallMapping
from usage.models.meter import Meter
from usage.models.plan import Plan, PlanVersion, Price
from usage.models.subscription import PriceOverride, Subscription, SubscriptionItem


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


# A plain fee of which somebody has one, as nearly everybody, tells nothing.
_UNITS = history_of(
    SubscriptionItem,
    without=["fee_next_at", "is_replaced"],
    made="NEW.fee_next_at IS NOT NULL AND (NEW.quantity <> 1 OR NEW.changed_from IS NOT NULL)",
    only_made=True,
)


class SubscriptionItemEvent(_UNITS):  # type: ignore[misc, valid-type]  # made by pghistory
    """Units of a licence or fee: agreed, or changed from an hour on."""

    class Meta:
        db_table = "usage_subscription_item_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"], name="usage_item_event_own"
            ),
            models.Index(
                fields=["provider_id", "-pgh_created_at", "-pgh_id"], name="usage_item_event_at"
            ),
        ]


class PriceOverrideEvent(history_of(PriceOverride, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a tenant's own price: agreed, ended, taken back."""

    class Meta:
        db_table = "usage_price_override_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"],
                name="usage_override_event_own",
            ),
            models.Index(
                fields=["provider_id", "-pgh_created_at", "-pgh_id"],
                name="usage_override_event_at",
            ),
        ]


_MAPPINGS = history_of(CallMapping, without=["updated_at"], keeps_former=True)


class CallMappingEvent(_MAPPINGS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of how a telephone system reads: its zone and its rules."""

    class Meta:
        db_table = "usage_call_mapping_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_mapping_event_own")
        ]


class CallLineEvent(history_of(CallLine, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of whose calls a number, a trunk or an account code means."""

    class Meta:
        db_table = "usage_call_line_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_line_event_own")
        ]


class CallFolderEvent(history_of(CallFolder, keeps_former=True)):  # type: ignore[misc]  # made by pghistory
    """A change of a watched folder."""

    class Meta:
        db_table = "usage_call_folder_event"
        indexes = [
            models.Index(fields=["provider_id", "id", "pgh_id"], name="usage_folder_event_own")
        ]


_BUDGETS = history_of(Budget, without=["changed_at", "changed_by_id"], keeps_former=True)


class BudgetEvent(_BUDGETS):  # type: ignore[misc, valid-type]  # made by pghistory
    """A change of what a tenant wants to spend in a period: set, changed, taken away."""

    class Meta:
        db_table = "usage_budget_event"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "id", "pgh_id"], name="usage_budget_event_own"
            ),
            models.Index(
                fields=["provider_id", "-pgh_created_at", "-pgh_id"], name="usage_budget_event_at"
            ),
        ]
