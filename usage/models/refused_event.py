"""Events that were not taken: rejected ones, and those whose id stands for other content. Written by ingestion."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from usage.enums import OriginalForm, Outcome, RefusedVerdict, Via


class RefusedEvent(models.Model):
    """One refused content; sent again it is the same row, counted.

    Attributes:
        key: 16-byte hash of source, id, verdict and the whole of what was sent.
        reason: the stable word of the API's answer, as of the last time.
        original: what was sent, at most 65,536 bytes of it; `is_cut` when there was more.
        digest: content digest of an event that an importer made from a row.
        source, event_id, tenant_external_id, event_type, at: as far as they could be read.
        times: how often it was sent, from `received_at` to `last_seen_at`.
        tried_at, tried_by_id, tries: the last time that somebody tried it again.
        outcome: empty while it is open; `settled_at` and `settled_by_id` say when and by whom it left the list.
    """

    provider_id = models.BigIntegerField()
    key = models.UUIDField()
    verdict = models.CharField(max_length=16, choices=RefusedVerdict)
    reason = models.CharField(max_length=32)
    via = models.CharField(max_length=8, choices=Via, default="", blank=True)
    form = models.CharField(max_length=8, choices=OriginalForm)
    original = models.TextField()
    is_cut = models.BooleanField(default=False)
    digest = models.UUIDField(null=True)
    source = models.CharField(max_length=200, default="", blank=True)
    event_id = models.CharField(max_length=200, default="", blank=True)
    tenant_external_id = models.CharField(max_length=200, default="", blank=True)
    event_type = models.CharField(max_length=200, default="", blank=True)
    at = models.DateTimeField(null=True)
    received_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    times = models.BigIntegerField(default=1)
    tried_at = models.DateTimeField(null=True)
    tried_by_id = models.BigIntegerField(null=True)
    tries = models.IntegerField(default=0)
    outcome = models.CharField(max_length=16, choices=Outcome, default="", blank=True)
    settled_at = models.DateTimeField(null=True)
    settled_by_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "usage_refused_event"
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "key"], name="usage_refused_event_key"),
            models.CheckConstraint(
                condition=Q(verdict__in=RefusedVerdict.values), name="usage_refused_event_verdict"
            ),
            models.CheckConstraint(
                condition=Q(via__in=["", *Via.values]), name="usage_refused_event_via"
            ),
            models.CheckConstraint(
                condition=Q(form__in=OriginalForm.values), name="usage_refused_event_form"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True)
                | Q(outcome__in=Outcome.values, settled_at__isnull=False),
                name="usage_refused_event_outcome",
            ),
            models.CheckConstraint(condition=Q(times__gte=1), name="usage_refused_event_times"),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "verdict", "id"],
                condition=Q(settled_at__isnull=True),
                include=["reason"],
                name="usage_refused_event_waiting",
            ),
            models.Index(
                fields=["provider_id", "verdict", "id"],
                condition=Q(settled_at__isnull=False),
                name="usage_refused_event_settled",
            ),
            models.Index(
                fields=["provider_id", "tried_at"],
                condition=Q(tried_at__isnull=False),
                name="usage_refused_event_tried",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} event {self.event_id}"
