"""Measured facts as they came in. `Event` is partitioned by month in SQL; `EventKey` remembers every id for ever."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from usage.enums import ParkedReason
from usage.models.fields import ExactField


class EventKey(models.Model):
    """The permanent memory of an event's id within its source: the insert of this row decides whether an event is new.

    Attributes:
        key: 16-byte hash of the event's id.
        digest: 16-byte hash of the canonical content, tenant included; another digest under the same key is a conflict.
    """

    pk = models.CompositePrimaryKey("provider_id", "source_id", "key")
    provider_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    key = models.UUIDField()
    digest = models.UUIDField()

    class Meta:
        db_table = "usage_event_key"

    def __str__(self) -> str:
        return f"event key {self.key}"


class Event(models.Model):
    """One accepted event; monthly partitions by `at`, hence no unique key of its own.

    Attributes:
        quantity: the event's own quantity before any meter's increment; null when it has none.
        properties: personal payload, emptied after the provider's retention.
        meter_ids: the meters it counted for.
    """

    pk = models.CompositePrimaryKey("provider_id", "source_id", "event_id", "at")
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    at = models.DateTimeField()
    received_at = models.DateTimeField()
    source_id = models.BigIntegerField()
    event_id = models.TextField()
    type = models.TextField()
    subject = models.TextField(default="")
    quantity = ExactField(null=True)
    properties = models.JSONField(null=True)
    meter_ids = ArrayField(models.BigIntegerField())

    class Meta:
        db_table = "usage_event"
        managed = False

    def __str__(self) -> str:
        return f"event {self.event_id} of tenant {self.tenant_id}"


class ParkedEvent(models.Model):
    """An event that cannot be counted yet; kept with its payload, shown, and replayed once it can be.

    Attributes:
        replayed_at: when it left the queue, counted or refused.
        refused_reason: why it could not be counted in the end; empty when it was counted.
    """

    provider_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    event_id = models.TextField()
    key = models.UUIDField()
    digest = models.UUIDField()
    tenant_external_id = models.CharField(max_length=200)
    event_type = models.CharField(max_length=255)
    at = models.DateTimeField()
    reason = models.CharField(max_length=32, choices=ParkedReason)
    payload = models.JSONField()
    received_at = models.DateTimeField()
    replayed_at = models.DateTimeField(null=True)
    refused_reason = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        db_table = "usage_parked_event"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "source_id", "key"], name="usage_parked_event_key"
            ),
            models.CheckConstraint(
                condition=Q(reason__in=ParkedReason.values), name="usage_parked_event_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_external_id"],
                condition=Q(replayed_at__isnull=True),
                name="usage_parked_event_open",
            ),
            models.Index(
                fields=["provider_id", "reason", "id"],
                condition=Q(replayed_at__isnull=True),
                name="usage_parked_event_why",
            ),
        ]

    def __str__(self) -> str:
        return f"parked event {self.event_id}"
