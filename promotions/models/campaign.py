"""Campaigns: a rule that gives bonus or discount, and what it gives in each currency."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from promotions.enums import BONUSES, PERCENTS, Benefit
from tenants.enums import TenantCategory

# Far beyond any campaign; what a posting may hold is checked by the ledger.
_AMOUNT_MINOR_MAX = 10**13
_GRANT_DAYS_MAX = 3650


def new_campaign_id() -> str:
    """Return a public id of a campaign."""
    return new_public_id("cmp")


class Campaign(models.Model):
    """A rule that gives bonus or discount; its terms stand once a code of it was used, held by a trigger.

    Attributes:
        name: customers read it.
        categories: of tenants; empty for all.
        grant_days: how long its bonus lasts, NULL for ever.
        uses: living uses of its codes; written by a trigger, and the limit is a constraint on it.
        request_key: of the form that made it, so that it makes one.
        ended_at: when somebody ended it.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_campaign_id)
    provider_id = models.BigIntegerField()
    name = models.CharField(max_length=100)
    benefit = models.CharField(max_length=24, choices=Benefit)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    categories = ArrayField(models.CharField(max_length=16), default=list)
    first_only = models.BooleanField(default=False)
    total_limit = models.IntegerField(null=True)
    tenant_limit = models.IntegerField(null=True)
    grant_days = models.IntegerField(null=True)
    uses = models.IntegerField(db_default=0)
    request_key = models.CharField(max_length=100)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="promotions_campaign_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "request_key"], name="promotions_campaign_request"
            ),
            models.CheckConstraint(
                condition=Q(benefit__in=Benefit.values)
                & ~Q(name="")
                & Q(categories__contained_by=TenantCategory.values),
                name="promotions_campaign_words",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="promotions_campaign_dates",
            ),
            models.CheckConstraint(
                condition=(Q(total_limit__isnull=True) | Q(total_limit__gt=0))
                & (Q(tenant_limit__isnull=True) | Q(tenant_limit__gt=0)),
                name="promotions_campaign_limits",
            ),
            models.CheckConstraint(
                condition=Q(grant_days__isnull=True)
                | Q(grant_days__gt=0, grant_days__lte=_GRANT_DAYS_MAX, benefit__in=BONUSES),
                name="promotions_campaign_expiry",
            ),
            models.CheckConstraint(
                condition=Q(uses__gte=0)
                & (Q(total_limit__isnull=True) | Q(uses__lte=F("total_limit"))),
                name="promotions_campaign_total_limit",
            ),
        ]
        indexes = [models.Index(fields=["provider_id", "-id"], name="promotions_campaign_newest")]

    def __str__(self) -> str:
        return f"campaign {self.public_id}"


class Terms(models.Model):
    """What a campaign gives in one currency, minor units of it.

    Attributes:
        benefit: the campaign's, held by a key, so that one row holds all that has to fit together.
        minimum_minor: the smallest top-up.
        cap_minor: the most that a percentage comes to, NULL for no cap.
    """

    provider_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    benefit = models.CharField(max_length=24, choices=Benefit)
    currency = models.CharField(max_length=3)
    minimum_minor = models.BigIntegerField()
    fixed_minor = models.BigIntegerField(null=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4, null=True)
    cap_minor = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "campaign_id", "currency"], name="promotions_terms_currency"
            ),
            models.CheckConstraint(
                condition=Q(minimum_minor__gt=0, minimum_minor__lte=_AMOUNT_MINOR_MAX)
                & Q(currency__regex=r"^[A-Z]{3}$"),
                name="promotions_terms_minimum",
            ),
            models.CheckConstraint(
                condition=Q(
                    benefit__in=PERCENTS,
                    percent__gt=0,
                    percent__lte=1000,
                    fixed_minor__isnull=True,
                )
                | Q(percent__isnull=True, cap_minor__isnull=True)
                & Q(fixed_minor__gt=0, fixed_minor__lte=_AMOUNT_MINOR_MAX)
                & ~Q(benefit__in=PERCENTS),
                name="promotions_terms_benefit",
            ),
            models.CheckConstraint(
                condition=Q(cap_minor__isnull=True)
                | Q(cap_minor__gt=0, cap_minor__lte=_AMOUNT_MINOR_MAX),
                name="promotions_terms_cap",
            ),
            # Something is always left to pay.
            models.CheckConstraint(
                condition=~Q(benefit=Benefit.DISCOUNT_FIXED)
                | Q(minimum_minor__gt=F("fixed_minor")),
                name="promotions_terms_discount_fixed",
            ),
            models.CheckConstraint(
                condition=~Q(benefit=Benefit.DISCOUNT_PERCENT) | Q(percent__lt=100),
                name="promotions_terms_discount_percent",
            ),
        ]

    def __str__(self) -> str:
        return f"terms of campaign {self.campaign_id} in {self.currency}"
