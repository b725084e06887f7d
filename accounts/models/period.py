"""A wallet's billing periods."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.enums import PeriodState


class Period(models.Model):
    """A billing period of a wallet, half-open, on full UTC hours; periods of a wallet never overlap.

    Attributes:
        posted: what was posted in it, in minor units, once it is no longer current (until then the wallet knows).
        state: next, current, late (over, still charged) or closed (archived; late usage makes it late again).
        is_charged: its dues are posted to the wallet; False for postpaid and trial periods, which only accrue.
        is_free: a trial's period: rated and posted 0.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    wallet_id = models.BigIntegerField()
    starts = models.DateTimeField()
    ends = models.DateTimeField()
    posted = models.BigIntegerField(db_default=0)
    state = models.CharField(max_length=8, choices=PeriodState)
    is_charged = models.BooleanField()
    is_free = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "wallet_id", "starts"], name="accounts_period_natural"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "wallet_id"],
                condition=Q(state="current"),
                name="accounts_period_one_current",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PeriodState.values), name="accounts_period_state"
            ),
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")), name="accounts_period_forward"
            ),
            models.CheckConstraint(
                condition=Q(is_charged=False) | Q(is_free=False), name="accounts_period_free"
            ),
            models.CheckConstraint(
                condition=Q(is_charged=True) | Q(posted=0), name="accounts_period_accrues"
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "tenant_id"], name="accounts_period_tenant"),
            models.Index(
                fields=["provider_id", "tenant_id", "ends"],
                condition=Q(state="late"),
                name="accounts_period_late",
            ),
            models.Index(
                fields=["provider_id", "tenant_id", "ends"],
                condition=Q(state="current"),
                name="accounts_period_running",
            ),
        ]

    def __str__(self) -> str:
        return f"period {self.pk} of wallet {self.wallet_id} ({self.starts:%Y-%m-%d}, {self.state})"
