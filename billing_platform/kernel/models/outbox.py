"""A message that leaves the database: written with the change it tells of, sent by the relay."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

PENDING = Q(sent_at__isnull=True, dead_at__isnull=True)


class OutboxMessage(models.Model):
    """One message. Producers insert, the relay alone updates; rows stay, so that a key counts for ever.

    Attributes:
        provider_id: the provider it belongs to, 0 for the platform.
        tenant_id: the tenant it belongs to, 0 for the provider itself.
        topic: which handler sends it.
        payload: what the handler needs; emptied some weeks after sending.
        dedupe_key: unique per provider and topic unless empty.
        available_at: not to be sent before; while a relay holds it, the end of its claim.
        attempts: claims so far; it is also the fencing token of the newest claim.
        sent_at: when the handler succeeded.
        dead_at: when the relay gave up.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(db_default=0)
    topic = models.CharField(max_length=64)
    payload = models.JSONField()
    dedupe_key = models.CharField(max_length=200, db_default="")
    created_at = models.DateTimeField()
    available_at = models.DateTimeField()
    attempts = models.IntegerField(db_default=0)
    last_error = models.CharField(max_length=500, db_default="")
    sent_at = models.DateTimeField(null=True)
    dead_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "kernel_outbox"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "topic", "dedupe_key"],
                condition=~Q(dedupe_key=""),
                name="kernel_outbox_dedupe",
            ),
            models.CheckConstraint(condition=~Q(topic=""), name="kernel_outbox_topic"),
            models.CheckConstraint(condition=Q(attempts__gte=0), name="kernel_outbox_attempts"),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=True) | Q(dead_at__isnull=True),
                name="kernel_outbox_one_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "topic", "available_at", "id"],
                condition=PENDING,
                name="kernel_outbox_pending",
            ),
            models.Index(
                fields=["provider_id", "dead_at"],
                condition=Q(dead_at__isnull=False),
                name="kernel_outbox_dead",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} message {self.pk} of provider {self.provider_id}"
