"""The last number given out in a series that may have no gaps."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Counter(models.Model):
    """One series of one provider; the row's lock is what makes its numbers gapless. Written by counters.py alone.

    Attributes:
        series: for instance `invoice/2026`.
        value: the last number given out.
    """

    provider_id = models.BigIntegerField()
    series = models.CharField(max_length=100)
    value = models.BigIntegerField()

    class Meta:
        db_table = "kernel_counter"
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "series"], name="kernel_counter_series"),
            models.CheckConstraint(condition=Q(value__gte=1), name="kernel_counter_value"),
            models.CheckConstraint(condition=~Q(series=""), name="kernel_counter_named"),
        ]

    def __str__(self) -> str:
        return f"{self.series} of provider {self.provider_id} at {self.value}"
