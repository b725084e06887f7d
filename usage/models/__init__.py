"""Tables of catalogue, metering and charging; imported by this app's own modules only."""

from usage.models.budget import Budget
from usage.models.calls import CallFile, CallFolder, CallLine, CallMapping
from usage.models.charge import ChargeChunk, Fee, PeriodLine
from usage.models.consumption import ResourceInterval, UsageHour, UsageMark, UsageTotal, UsageUnique
from usage.models.event import Event, EventKey, ParkedEvent
from usage.models.history import (
    BudgetEvent,
    CallFolderEvent,
    CallLineEvent,
    CallMappingEvent,
    MeterEvent,
    PlanEvent,
    PlanVersionEvent,
    PriceEvent,
    PriceOverrideEvent,
    SubscriptionEvent,
    SubscriptionItemEvent,
)
from usage.models.hour_sums import HourChange, HourSum
from usage.models.meter import EventSource, Meter
from usage.models.plan import Plan, PlanVersion, Price, PriceTier
from usage.models.plan_move import PlanMove, PlanMoveResult
from usage.models.price_change import PriceChange
from usage.models.refused_event import RefusedEvent
from usage.models.revenue import ClosedRevenue, MeterRevenue, RevenueDay
from usage.models.subscription import PriceOverride, RateSegment, Subscription, SubscriptionItem
from usage.models.upload import UploadRow, UsageUpload

__all__ = [
    "Budget",
    "BudgetEvent",
    "CallFile",
    "CallFolder",
    "CallFolderEvent",
    "CallLine",
    "CallLineEvent",
    "CallMapping",
    "CallMappingEvent",
    "ChargeChunk",
    "ClosedRevenue",
    "Event",
    "EventKey",
    "EventSource",
    "Fee",
    "HourChange",
    "HourSum",
    "Meter",
    "MeterEvent",
    "MeterRevenue",
    "ParkedEvent",
    "PeriodLine",
    "Plan",
    "PlanEvent",
    "PlanMove",
    "PlanMoveResult",
    "PlanVersion",
    "PlanVersionEvent",
    "Price",
    "PriceChange",
    "PriceEvent",
    "PriceOverride",
    "PriceOverrideEvent",
    "PriceTier",
    "RateSegment",
    "RefusedEvent",
    "ResourceInterval",
    "RevenueDay",
    "Subscription",
    "SubscriptionEvent",
    "SubscriptionItem",
    "SubscriptionItemEvent",
    "UploadRow",
    "UsageHour",
    "UsageMark",
    "UsageTotal",
    "UsageUnique",
    "UsageUpload",
]
