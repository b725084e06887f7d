"""Rates of exchange that the provider stored: on which day, and who says so. No row is changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class ExchangeRate(models.Model):
    """One unit of a currency in another one on a day; of several for a day the last one holds.

    Attributes:
        base, quote: one unit of `base` was worth `rate` units of `quote`.
        valid_on: the day for which it was published.
        source: who published it, for instance `ECB`.
        created_by: number of the user who stored it.
    """

    provider_id = models.BigIntegerField()
    base = models.CharField(max_length=3)
    quote = models.CharField(max_length=3)
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    valid_on = models.DateField()
    source = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "tax_exchange_rate"
        constraints = [
            models.CheckConstraint(
                condition=Q(base__regex=r"^[A-Z]{3}$", quote__regex=r"^[A-Z]{3}$", rate__gt=0)
                & ~Q(base=F("quote"))
                & ~Q(source=""),
                name="tax_exchange_rate_words",
            )
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "base", "quote", "-valid_on", "-id"],
                name="tax_exchange_rate_newest",
            ),
            models.Index(fields=["provider_id", "-valid_on", "-id"], name="tax_exchange_rate_days"),
        ]

    def __str__(self) -> str:
        return f"1 {self.base} = {self.rate} {self.quote} on {self.valid_on}"
