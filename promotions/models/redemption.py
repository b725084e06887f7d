"""Uses of codes, and what refunds took back of what they gave."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from promotions.enums import UseState


class Redemption(models.Model):
    """One top-up's use of a code: reserved with its payment, confirmed when the money came, or released.

    Attributes:
        source: the top-up's public id; it uses one code, once.
        name: the campaign's when it was used.
        amount_minor, discount_minor, bonus_minor: minor units of `currency`.
        is_first: it counts as the one use that is for a first top-up.
        discount_posting_id, bonus_posting_id: what gave it; each made a grant.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    campaign_id = models.BigIntegerField()
    code_id = models.BigIntegerField()
    source = models.CharField(max_length=64)
    name = models.CharField(max_length=100)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField()
    bonus_minor = models.BigIntegerField()
    is_first = models.BooleanField(default=False)
    state = models.CharField(max_length=16, choices=UseState, default=UseState.RESERVED)
    reserved_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    discount_posting_id = models.BigIntegerField(null=True)
    bonus_posting_id = models.BigIntegerField(null=True)
    bonus_expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "source"], name="promotions_redemption_source"
            ),
            # Whichever campaigns are for a first top-up, a client has one.
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id"],
                condition=Q(is_first=True) & ~Q(state=UseState.RELEASED),
                name="promotions_redemption_first",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, discount_minor__gte=0, bonus_minor__gte=0)
                & Q(discount_minor__lt=F("amount_minor"))
                & (Q(discount_minor__gt=0) | Q(bonus_minor__gt=0)),
                name="promotions_redemption_amounts",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UseState.values)
                & Q(currency__regex=r"^[A-Z]{3}$")
                & ~Q(source=""),
                name="promotions_redemption_words",
            ),
            # Given if and only if it is confirmed, all of it.
            models.CheckConstraint(
                condition=Q(state=UseState.CONFIRMED, confirmed_at__isnull=False)
                & (Q(discount_minor=0) ^ Q(discount_posting_id__isnull=False))
                & (Q(bonus_minor=0) ^ Q(bonus_posting_id__isnull=False))
                | ~Q(state=UseState.CONFIRMED)
                & Q(confirmed_at__isnull=True, discount_posting_id__isnull=True)
                & Q(bonus_posting_id__isnull=True),
                name="promotions_redemption_given",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "campaign_id", "-id"], name="promotions_redemption_own"
            ),
            models.Index(
                fields=["provider_id", "tenant_id", "campaign_id"],
                name="promotions_redemption_tenant",
            ),
        ]

    def __str__(self) -> str:
        return f"use of code {self.code_id} by {self.source}, {self.state}"


class BonusReturn(models.Model):
    """What one refund or dispute has taken back of a use, as it stands now.

    Attributes:
        key: of the refund or dispute.
        refunded_minor: what it gives back of the payment, 0 when it came to nothing.
        discount_minor, bonus_minor: what was taken back for it.
        discount_posting_id, bonus_posting_id: the postings that did, while they stand.
        moves: how often it was brought to another amount; makes the postings' keys.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    redemption_id = models.BigIntegerField()
    key = models.CharField(max_length=100)
    refunded_minor = models.BigIntegerField()
    discount_minor = models.BigIntegerField(default=0)
    bonus_minor = models.BigIntegerField(default=0)
    discount_posting_id = models.BigIntegerField(null=True)
    bonus_posting_id = models.BigIntegerField(null=True)
    moves = models.IntegerField(default=0)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "promotions_bonus_return"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "redemption_id", "key"], name="promotions_bonus_return_key"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__gte=0, discount_minor__gte=0, bonus_minor__gte=0)
                & ~Q(key=""),
                name="promotions_bonus_return_amounts",
            ),
            models.CheckConstraint(
                condition=(Q(discount_minor=0) ^ Q(discount_posting_id__isnull=False))
                & (Q(bonus_minor=0) ^ Q(bonus_posting_id__isnull=False)),
                name="promotions_bonus_return_posted",
            ),
        ]

    def __str__(self) -> str:
        return f"return {self.key} of use {self.redemption_id}"
