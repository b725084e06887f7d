"""What was measured: hourly rows, running totals, first occurrences, resource intervals, and marks of what changed."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from usage.models.fields import ExactField


class UsageHour(models.Model):
    """The quantity of one meter of one tenant in one UTC hour; every total can be rebuilt from these rows.

    Attributes:
        quantity: sum, count or seconds; for max the highest, for latest the last value in the hour; for unique the
            first occurrences that fell into it.
        last_at: time of the value that `latest` kept; null for the other aggregations.
    """

    pk = models.CompositePrimaryKey("provider_id", "tenant_id", "meter_id", "hour")
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    meter_id = models.BigIntegerField()
    hour = models.DateTimeField()
    quantity = ExactField()
    events = models.BigIntegerField()
    last_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_hour"
        indexes = [
            models.Index(fields=["provider_id", "hour", "tenant_id"], name="usage_hour_by_hour")
        ]

    def __str__(self) -> str:
        return f"meter {self.meter_id} of tenant {self.tenant_id} at {self.hour}"


class UsageTotal(models.Model):
    """The running quantity of one rate segment in one billing period, of current and late periods only.

    Attributes:
        quantity: what F is asked for. For a segment that continues another it includes `start`.
        start: the quantity of the segments it continues, in the same period; 0 for nearly all.
        less_minor: F(start) in exact minor units, subtracted from the segment's amount; 0 for nearly all.
    """

    pk = models.CompositePrimaryKey("provider_id", "tenant_id", "period_id", "segment_id")
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    price_id = models.BigIntegerField()
    quantity = ExactField()
    start = ExactField(db_default=0)
    less_minor = ExactField(db_default=0)

    class Meta:
        db_table = "usage_total"

    def __str__(self) -> str:
        return f"total of segment {self.segment_id} in period {self.period_id}"


class UsageUnique(models.Model):
    """The first occurrence of an identity in one segment and billing period: one unit of a unique meter."""

    pk = models.CompositePrimaryKey(
        "provider_id", "tenant_id", "segment_id", "period_id", "identity_hash"
    )
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    identity_hash = models.UUIDField()
    first_at = models.DateTimeField()

    class Meta:
        db_table = "usage_unique"

    def __str__(self) -> str:
        return f"identity {self.identity_hash} in segment {self.segment_id}"


class ResourceInterval(models.Model):
    """A stretch of time in which a resource ran at one size; a running one has no end and is accrued by the hourly job.

    Attributes:
        size: units that run; the quantity is size times seconds.
        accrued_through: the time up to which its seconds stand in the hourly rows.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    meter_id = models.BigIntegerField()
    resource = models.CharField(max_length=1000)
    size = models.DecimalField(max_digits=38, decimal_places=18, default=1)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True)
    accrued_through = models.DateTimeField()

    class Meta:
        db_table = "usage_resource_interval"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "meter_id", "resource", "starts_at"],
                name="usage_resource_interval_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at")),
                name="usage_resource_interval_bounds",
            ),
            models.CheckConstraint(condition=Q(size__gte=0), name="usage_resource_interval_size"),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "accrued_through"],
                condition=Q(ends_at__isnull=True) | Q(accrued_through__lt=F("ends_at")),
                name="usage_interval_running",
            )
        ]

    def __str__(self) -> str:
        return f"interval {self.pk} of resource {self.resource}"


class UsageMark(models.Model):
    """Which tenants' totals a transaction changed; the hourly job reads totals of marked tenants only.

    A row is never updated: what commits after a run's snapshot is read by the next run, because the run remembers the
    oldest transaction that was still open (`ChargeChunk.seen_xid`), not a time.

    Attributes:
        bucket: tenant_id / 1024, so that one row per batch and bucket is enough.
        xid: the writing transaction, `pg_current_xact_id()`.
    """

    id = models.BigAutoField(primary_key=True)
    provider_id = models.BigIntegerField()
    bucket = models.BigIntegerField()
    tenant_ids = ArrayField(models.BigIntegerField())
    xid = models.BigIntegerField(
        db_default=0, help_text="Its default in the database is the current transaction."
    )

    class Meta:
        db_table = "usage_mark"
        indexes = [models.Index(fields=["provider_id", "bucket"], name="usage_mark_bucket")]

    def __str__(self) -> str:
        return f"mark {self.pk}"
