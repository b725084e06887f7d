"""What meters earned by day: kept beside the ledger, which knows wallets and not meters. Written by the hourly job."""

from __future__ import annotations

from django.db import models

from usage.models.fields import ExactField


class ClosedRevenue(models.Model):
    """What a meter's closed periods came to, as they were closed and (negative) opened again; written by a trigger.

    Attributes:
        amount_minor: exact minor units.
    """

    provider_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    meter_id = models.BigIntegerField()
    amount_minor = ExactField()

    class Meta:
        db_table = "usage_closed_revenue"
        indexes = [
            models.Index(
                fields=["provider_id", "currency", "meter_id"], name="usage_closed_revenue_meter"
            )
        ]

    def __str__(self) -> str:
        return f"closed revenue of meter {self.meter_id}"


class RevenueDay(models.Model):
    """A local day of a provider whose revenue was told apart by meter; the insert of this row decides who does it.

    Attributes:
        through: the hour that was charged up to when the day ended; usage from then on counts for the next day.
    """

    pk = models.CompositePrimaryKey("provider_id", "day")
    provider_id = models.BigIntegerField()
    day = models.DateField()
    through = models.DateTimeField()

    class Meta:
        db_table = "usage_revenue_day"

    def __str__(self) -> str:
        return f"revenue of provider {self.provider_id} on {self.day}"


class MeterRevenue(models.Model):
    """What one meter earned on one day; append-only.

    Attributes:
        amount_minor: exact minor units: what all charged periods come to now, less what they came to before.
        standing_minor: what all charged periods come to now.
    """

    pk = models.CompositePrimaryKey("provider_id", "day", "currency", "meter_id")
    provider_id = models.BigIntegerField()
    day = models.DateField()
    currency = models.CharField(max_length=3)
    meter_id = models.BigIntegerField()
    amount_minor = ExactField()
    standing_minor = ExactField()

    class Meta:
        db_table = "usage_meter_revenue"
        indexes = [
            models.Index(
                fields=["provider_id", "currency", "meter_id", "-day"],
                name="usage_meter_revenue_last",
            )
        ]

    def __str__(self) -> str:
        return f"revenue of meter {self.meter_id} on {self.day}"
