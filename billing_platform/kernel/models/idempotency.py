"""The answer that a request with an Idempotency-Key got, kept for its repetitions."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class IdempotencyRecord(models.Model):
    """One answered request. Inserted in the transaction that did the work, never changed.

    Attributes:
        key: the client's key, unique per provider and tenant.
        request_hash: SHA-256 of method, path and body, in hex.
        status: the answer's HTTP status, below 400.
        body: the answer's text.
        created_at: when it was given; rows are dropped after some weeks.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(db_default=0)
    key = models.CharField(max_length=255)
    request_hash = models.CharField(max_length=64)
    status = models.SmallIntegerField()
    content_type = models.CharField(max_length=100)
    body = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        db_table = "kernel_idempotency"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "key"], name="kernel_idempotency_key"
            ),
            models.CheckConstraint(
                condition=Q(status__gte=200, status__lt=400), name="kernel_idempotency_status"
            ),
        ]

    def __str__(self) -> str:
        return f"answer to {self.key} of provider {self.provider_id}"
