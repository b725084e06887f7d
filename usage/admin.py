"""What operators see of catalogue, metering and charging; providers edit their own on their pages."""

from billing_platform.kernel.read_only_admin import register_read_only
from usage.models import (
    CallFile,
    CallFolder,
    CallLine,
    CallMapping,
    EventSource,
    Fee,
    Meter,
    ParkedEvent,
    Plan,
    PlanMove,
    PlanVersion,
    Price,
    PriceChange,
    PriceOverride,
    RateSegment,
    RefusedEvent,
    Subscription,
    SubscriptionItem,
    UsageUpload,
)

register_read_only(
    (
        CallFile,
        CallFolder,
        CallLine,
        CallMapping,
        EventSource,
        Fee,
        Meter,
        ParkedEvent,
        Plan,
        PlanMove,
        PlanVersion,
        Price,
        PriceChange,
        PriceOverride,
        RateSegment,
        RefusedEvent,
        Subscription,
        SubscriptionItem,
        UsageUpload,
    )
)
