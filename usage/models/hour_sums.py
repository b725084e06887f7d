"""What all tenants of a provider used together, by meter and hour. Written by triggers on the hourly rows.

A hundred thousand tenants have millions of hourly rows a day; the provider's pages read these instead. A batch of usage
adds rows of its own, so that no two batches wait for one row; a job folds them into one row per meter and hour. What is
shown is the sum of both, which is exact at any moment.
"""

from __future__ import annotations

from django.db import models

from usage.models.fields import ExactField


class HourSum(models.Model):
    """One meter in one UTC hour, as far as it was folded.

    Attributes:
        quantity: the sum of the tenants' hourly quantities, whatever the meter's aggregation.
        tenants: how many have an hourly row.
    """

    pk = models.CompositePrimaryKey("provider_id", "meter_id", "hour")
    provider_id = models.BigIntegerField()
    meter_id = models.BigIntegerField()
    hour = models.DateTimeField()
    quantity = ExactField()
    events = models.BigIntegerField()
    tenants = models.BigIntegerField()

    class Meta:
        db_table = "usage_hour_sum"
        indexes = [models.Index(fields=["provider_id", "hour"], name="usage_hour_sum_hour")]

    def __str__(self) -> str:
        return f"meter {self.meter_id} at {self.hour}"


class HourChange(models.Model):
    """What one statement changed of one meter's hour, until it is folded; figures may be negative."""

    provider_id = models.BigIntegerField()
    meter_id = models.BigIntegerField()
    hour = models.DateTimeField()
    quantity = ExactField()
    events = models.BigIntegerField()
    tenants = models.BigIntegerField()

    class Meta:
        db_table = "usage_hour_change"
        indexes = [models.Index(fields=["provider_id", "hour"], name="usage_hour_change_hour")]

    def __str__(self) -> str:
        return f"change of meter {self.meter_id} at {self.hour}"
