"""Prices that hold from an hour on: the order, and how far the subscribers' own hours follow it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class PriceChange(models.Model):
    """A dated price of an active plan version, and what is left of bringing its subscribers in line with it.

    Attributes:
        code, currency: of the component; one order of it is worked off at a time.
        old_price_id: the price that held until then.
        price_id: the price that holds from `valid_from` on.
        key: of the form that asked, so that one form asks once.
        asked_by_id: who asked.
        clients: how many are to follow; null until the job has counted them.
        done: how many of them follow.
        behind_id: the tenant behind which the job goes on.
        finished_at: null while there is something to do.
    """

    provider_id = models.BigIntegerField()
    version_id = models.BigIntegerField()
    code = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    old_price_id = models.BigIntegerField()
    price_id = models.BigIntegerField()
    valid_from = models.DateTimeField()
    key = models.CharField(max_length=40)
    asked_by_id = models.BigIntegerField()
    asked_at = models.DateTimeField()
    clients = models.BigIntegerField(null=True)
    done = models.BigIntegerField(default=0)
    behind_id = models.BigIntegerField(default=0)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_price_change"
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "key"], name="usage_price_change_key"),
            models.UniqueConstraint(
                fields=["provider_id", "version_id", "code", "currency"],
                condition=Q(finished_at__isnull=True),
                name="usage_price_change_one_open",
            ),
            models.CheckConstraint(condition=Q(done__gte=0), name="usage_price_change_done"),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "version_id", "code"], name="usage_price_change_line"
            )
        ]

    def __str__(self) -> str:
        return f"change {self.pk} to price {self.price_id}"
