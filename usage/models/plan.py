"""What is sold: plans, their immutable versions, prices and the tiers that prices compile to."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usage.enums import FeeAnchor, PriceKind, PricingModel, VersionState
from usage.models.fields import ExactField


class Plan(models.Model):
    """Something a provider sells; its content stands in versions."""

    provider_id = models.BigIntegerField()
    code = models.CharField(max_length=100)
    name = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "code"], name="usage_plan_code")
        ]

    def __str__(self) -> str:
        return f"plan {self.code}"


class PlanVersion(models.Model):
    """One state of a plan. Once active it never changes again, except to `retired`; a trigger holds it."""

    provider_id = models.BigIntegerField()
    plan = models.ForeignKey(
        Plan, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    number = models.PositiveIntegerField()
    state = models.CharField(max_length=16, choices=VersionState, default=VersionState.DRAFT)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_plan_version"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "plan", "number"], name="usage_plan_version_number"
            ),
            models.CheckConstraint(
                condition=Q(state__in=VersionState.values), name="usage_plan_version_state"
            ),
            models.CheckConstraint(
                condition=Q(state=VersionState.DRAFT) ^ Q(activated_at__isnull=False),
                name="usage_plan_version_activated",
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.number} of plan {self.plan_id}"


class Price(models.Model):
    """One component of a plan version with its pricing model and currency, for a stretch of time.

    A row with a tenant is that tenant's own price (an override, or an allowance prorated for its first period);
    `based_on` names the public price it stands for, whose code it shares, so that the tenant sees no difference.

    Attributes:
        spec: the model's figures as decimal strings in major units: see `usage.pricing.spec`.
        valid_from, valid_to: full UTC hours, half-open; null means unbounded. Both equal: another price took its place
            before it held.
        interval_months: length of a recurring fee's interval; 0 for setup fees and usage.
        is_continuing: after a price change the tiers go on counting instead of beginning anew.
        is_allowance_prorated: included units are cut by day in a period that begins late.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(default=0)
    plan_version = models.ForeignKey(
        PlanVersion, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    based_on = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        null=True,
    )
    code = models.CharField(max_length=255)
    name = models.CharField(max_length=255)
    kind = models.CharField(max_length=16, choices=PriceKind)
    model = models.CharField(max_length=16, choices=PricingModel)
    meter_id = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    spec = models.JSONField()
    valid_from = models.DateTimeField(null=True)
    valid_to = models.DateTimeField(null=True)
    interval_months = models.PositiveSmallIntegerField(default=0)
    fee_anchor = models.CharField(max_length=16, choices=FeeAnchor, default=FeeAnchor.PERIOD)
    is_continuing = models.BooleanField(default=False)
    is_allowance_prorated = models.BooleanField(default=False)
    has_minimum = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    activated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PriceKind.values), name="usage_price_kind"),
            models.CheckConstraint(
                condition=Q(model__in=PricingModel.values), name="usage_price_model"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="usage_price_currency"
            ),
            models.CheckConstraint(
                condition=Q(kind=PriceKind.USAGE) ^ Q(meter_id__isnull=True),
                name="usage_price_meter_only_usage",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[PriceKind.RECURRING, PriceKind.LICENCE])
                ^ Q(interval_months=0),
                name="usage_price_interval_only_recurring",
            ),
            models.CheckConstraint(
                condition=Q(fee_anchor__in=FeeAnchor.values), name="usage_price_fee_anchor"
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_to__isnull=True)
                | Q(valid_from__lte=F("valid_to")),
                name="usage_price_validity",
            ),
            models.CheckConstraint(
                condition=Q(tenant_id=0) | Q(based_on__isnull=False),
                name="usage_price_own_has_base",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "plan_version", "code", "valid_from"],
                name="usage_price_component",
            ),
            models.Index(fields=["provider_id", "tenant_id", "based_on"], name="usage_price_own"),
        ]

    def __str__(self) -> str:
        return f"price {self.pk} ({self.code})"


class PriceTier(models.Model):
    """A compiled row of a price: in the tier `lo < q <= hi` the amount is `base + unit * x`, in minor units.

    x is `q - off`, or the number of begun packages of size `pkg`. The tiers of a price tile (−inf, +inf].
    """

    pk = models.CompositePrimaryKey("provider_id", "price_id", "lo")
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(default=0)
    price_id = models.BigIntegerField()
    lo = ExactField()
    hi = ExactField()
    off = ExactField()
    base = ExactField()
    unit = ExactField()
    pkg = ExactField(null=True)

    class Meta:
        db_table = "usage_price_tier"
        constraints = [
            models.CheckConstraint(condition=Q(lo__lt=F("hi")), name="usage_price_tier_bounds"),
            models.CheckConstraint(
                condition=Q(pkg__isnull=True) | Q(pkg__gt=0), name="usage_price_tier_package"
            ),
        ]

    def __str__(self) -> str:
        return f"tier ({self.lo}, {self.hi}] of price {self.price_id}"
