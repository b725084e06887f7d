"""Credit with a priority or an expiry, and what was taken from it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class CreditGrant(models.Model):
    """Part of a wallet's balance that expires, is promotional, or is used in another order than paid credit.

    Attributes:
        posting_id: the posting that gave it.
        priority: lower is used first; paid credit without a row counts as 100.
        expires_at: the first moment at which it is gone, NULL for never.
        is_paid: False for promotional credit, which is used before paid credit of the same priority and expiry.
        granted, remaining: minor units.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    priority = models.SmallIntegerField(db_default=50)
    expires_at = models.DateTimeField(null=True)
    is_paid = models.BooleanField(db_default=False)
    granted = models.BigIntegerField()
    remaining = models.BigIntegerField()
    granted_at = models.DateTimeField()

    class Meta:
        db_table = "accounts_credit_grant"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "posting_id"], name="accounts_credit_grant_posting"
            ),
            models.CheckConstraint(
                condition=Q(granted__gt=0) & Q(remaining__gte=0) & Q(remaining__lte=F("granted")),
                name="accounts_credit_grant_remaining",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "wallet_id"],
                condition=Q(remaining__gt=0),
                name="accounts_credit_grant_live",
            ),
            models.Index(
                fields=["provider_id", "expires_at"],
                condition=Q(remaining__gt=0, expires_at__isnull=False),
                name="accounts_credit_grant_expiry",
            ),
        ]

    def __str__(self) -> str:
        return f"grant {self.pk} of wallet {self.wallet_id}"


class GrantConsumption(models.Model):
    """What a posting took from a grant (+) or gave back to it (−); append-only.

    Attributes:
        period_id: the billing period that was charged, NULL for other postings.
        posting_id: the posting that took or gave.
        amount_minor: the grant's `remaining` is what was granted less the sum of these.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    grant_id = models.BigIntegerField()
    period_id = models.BigIntegerField(null=True)
    posting_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()

    class Meta:
        db_table = "accounts_grant_consumption"
        constraints = [
            models.CheckConstraint(
                condition=~Q(amount_minor=0), name="accounts_grant_consumption_amount"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "wallet_id", "id"], name="accounts_grant_consumption_use"
            ),
        ]

    def __str__(self) -> str:
        return f"consumption {self.pk} of grant {self.grant_id}"
