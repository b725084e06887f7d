"""What is measured: meters and the sources that send events. Written by the catalogue services, read by ingestion."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usage.enums import Aggregation, Identity


class Meter(models.Model):
    """One thing that is measured. An event counts for every meter whose event type and filters it meets.

    Attributes:
        unit_name: what several units are called; `unit_one` what one is, empty where it follows from the other.
        filters: list of `{"property": name, "values": [text, …]}`; all must hold.
        value_property: the property of the event that holds the quantity; empty means `quantity`.
        increment: the quantity of each event is rounded up to a multiple of it.
        increment_first: the least quantity of an event (a first minute), before increments.
        identity: how a unique meter reads the event's subject (or `identity_property`).
    """

    provider_id = models.BigIntegerField()
    code = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    description = models.CharField(max_length=500, default="", blank=True)
    unit_name = models.CharField(max_length=40, default="unit")
    unit_one = models.CharField(max_length=40, default="", blank=True)
    event_type = models.CharField(max_length=255)
    aggregation = models.CharField(max_length=16, choices=Aggregation)
    value_property = models.CharField(max_length=100, default="", blank=True)
    filters = models.JSONField(default=list)
    increment = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    increment_first = models.DecimalField(max_digits=38, decimal_places=18, null=True)
    allows_negative = models.BooleanField(default=False)
    identity = models.CharField(max_length=16, choices=Identity, default=Identity.RAW)
    identity_property = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "code"], name="usage_meter_code"),
            models.CheckConstraint(
                condition=Q(aggregation__in=Aggregation.values), name="usage_meter_aggregation"
            ),
            models.CheckConstraint(
                condition=Q(identity__in=Identity.values), name="usage_meter_identity"
            ),
            models.CheckConstraint(
                condition=Q(allows_negative=False) | Q(aggregation=Aggregation.SUM),
                name="usage_meter_negative_only_sum",
            ),
            models.CheckConstraint(
                condition=Q(increment__isnull=True) | Q(increment__gt=0),
                name="usage_meter_increment",
            ),
            models.CheckConstraint(
                condition=Q(increment_first__isnull=True) | Q(increment_first__gt=0),
                name="usage_meter_increment_first",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "event_type"], name="usage_meter_event_type")
        ]

    def __str__(self) -> str:
        return f"meter {self.code}"


class EventSource(models.Model):
    """Who sends events; event ids are unique within it. `property_map` turns its words into ours.

    Attributes:
        property_map: `{our property: {"from": their property, "values": {their word: our word}}}`, for
            direction and user class.
    """

    provider_id = models.BigIntegerField()
    code = models.CharField(max_length=255)
    property_map = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "code"], name="usage_event_source_code")
        ]
        db_table = "usage_event_source"

    def __str__(self) -> str:
        return f"event source {self.code}"
