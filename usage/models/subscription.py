"""A tenant's contract: the subscription, its priced items, and the rate segments that say which price holds when."""

from __future__ import annotations

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import F, Q

from usage.models.plan import Plan, PlanVersion


class Subscription(models.Model):
    """A tenant's contract on a plan; begins and ends on full UTC hours."""

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    currency = models.CharField(max_length=3)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    key = models.CharField(
        max_length=200, help_text="The caller's own key; a second call with it changes nothing."
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "key"], name="usage_subscription_key"
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="usage_subscription_ends_after_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "plan", "tenant_id"], name="usage_subscription_plan"
            ),
            # Clients of a version are counted from it alone.
            models.Index(
                fields=["provider_id", "plan_version", "tenant_id"],
                include=["ends_at"],
                name="usage_subscription_version",
            ),
        ]

    def __str__(self) -> str:
        return f"subscription {self.pk} of tenant {self.tenant_id}"


class SubscriptionItem(models.Model):
    """One price of a subscription with its quantity, for a stretch of time; a change closes the row and opens another.

    Attributes:
        price_id: the public price.
        valid: full UTC hours, half-open; never overlaps another row of the same price and subscription.
        fee_next_at: start of the next fee interval that is not yet entered, or the end of the item, at which unused
            time is given back; null when no more fees fall due.
        is_replaced: another item begins where this one ends, and pays for that day.
        changed_from: the units before, where this one was opened to change them; for the audit log alone.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    subscription = models.ForeignKey(
        Subscription,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    price_id = models.BigIntegerField()
    quantity = models.DecimalField(max_digits=38, decimal_places=12, default=1)
    valid = DateTimeRangeField()
    fee_next_at = models.DateTimeField(null=True)
    is_replaced = models.BooleanField(default=False)
    changed_from = models.DecimalField(max_digits=38, decimal_places=12, null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "usage_subscription_item"
        constraints = [
            models.CheckConstraint(
                condition=Q(quantity__gt=0), name="usage_subscription_item_quantity"
            )
        ]
        indexes = [
            models.Index(fields=["provider_id", "subscription"], name="usage_item_subscription"),
            models.Index(fields=["provider_id", "price_id"], name="usage_item_price"),
            models.Index(
                fields=["provider_id", "tenant_id", "fee_next_at"],
                condition=Q(fee_next_at__isnull=False),
                name="usage_item_fee_due",
            ),
        ]

    def __str__(self) -> str:
        return f"item {self.pk} of subscription {self.subscription_id}"


class RateSegment(models.Model):
    """The price of one meter (or of one fee item) of a subscription for one stretch of time; totals count per segment.

    Attributes:
        meter_id: null on the segment of a fee, whose total holds exact minor units.
        price_id: the price that rates it: the tenant's own when it has one.
        continues_id: the earlier segment whose quantity the tiers go on counting from.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    subscription_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    meter_id = models.BigIntegerField(null=True)
    price_id = models.BigIntegerField()
    valid = DateTimeRangeField()
    continues_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "usage_rate_segment"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "meter_id"], name="usage_rate_segment_meter"
            ),
            models.Index(fields=["provider_id", "item_id"], name="usage_rate_segment_item"),
            models.Index(fields=["provider_id", "price_id"], name="usage_rate_segment_price"),
        ]

    def __str__(self) -> str:
        return f"rate segment {self.pk} of tenant {self.tenant_id}"


class PriceOverride(models.Model):
    """A tenant's own price in place of a public one, for a stretch of time; the tenant sees only the price itself."""

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    price_id = models.BigIntegerField(help_text="The public price.")
    own_price_id = models.BigIntegerField(help_text="The tenant's own price row.")
    valid = DateTimeRangeField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "usage_price_override"
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "price_id"], name="usage_override_price"
            )
        ]

    def __str__(self) -> str:
        return f"override of price {self.price_id} for tenant {self.tenant_id}"
