"""What a gateway told us, as it came: stored once, then worked off."""

from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q

from payments.enums import EventState

BODY_BYTES_MAX = 256 * 1024
# What is written of an event of test mode at a live connection, or the reverse.
OTHER_MODE: Final = "of the other mode"


class WebhookEvent(models.Model):
    """A verified delivery, or a change that was listed while catching up; a hint to fetch, never the truth.

    Attributes:
        event_id: the gateway's id, the same on every delivery.
        kind: the gateway's word.
        topic: what is fetched.
        object_id: the object of that topic.
        body: the raw bytes; None for a listed event, and when it has been forgotten.
        body_hash: SHA-256 of them.
        tries: how often it was begun.
        next_try_at: when it is worked off; None once that is done.
        attempt_id: the payment that it moved.
    """

    provider_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    event_id = models.CharField(max_length=255)
    kind = models.CharField(max_length=128)
    topic = models.CharField(max_length=16)
    object_id = models.CharField(max_length=128, blank=True, default="")
    body = models.BinaryField(null=True)
    body_hash = models.BinaryField()
    created_at = models.DateTimeField(help_text="When the gateway made it.")
    received_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=EventState, default=EventState.RECEIVED)
    tries = models.PositiveIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, blank=True, default="")
    attempt_id = models.BigIntegerField(null=True)

    class Meta:
        db_table = "payments_webhook_event"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "event_id", "body_hash"],
                name="payments_webhook_event_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=EventState.values), name="payments_webhook_event_state"
            ),
            models.CheckConstraint(
                condition=(Q(state=EventState.RECEIVED) & Q(next_try_at__isnull=False))
                | (~Q(state=EventState.RECEIVED) & Q(next_try_at__isnull=True)),
                name="payments_webhook_event_due",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "next_try_at"],
                condition=Q(next_try_at__isnull=False),
                name="payments_webhook_event_waiting",
            ),
            models.Index(
                fields=["provider_id", "-id"],
                condition=Q(state=EventState.FAILED),
                name="payments_webhook_event_failed",
            ),
            models.Index(
                fields=["provider_id", "attempt_id"],
                condition=Q(attempt_id__isnull=False),
                name="payments_webhook_event_moved",
            ),
            models.Index(
                fields=["provider_id", "received_at"],
                condition=Q(error=OTHER_MODE),
                name="payments_webhook_event_mode",
            ),
            models.Index(
                fields=["provider_id", "connection_id", "created_at"],
                condition=Q(body__isnull=True),
                name="payments_webhook_event_unheard",
            ),
            models.Index(
                fields=["provider_id", "connection_id", "created_at"],
                condition=Q(body__isnull=False),
                name="payments_webhook_event_heard",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.event_id}, {self.state}"
