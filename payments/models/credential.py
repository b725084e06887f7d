"""The secrets of a connection: written once, encrypted, read by the services that call the gateway and nobody else."""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import models
from django.db.models import Q

_MARK_LENGTH: Final = 32


class Credential(models.Model):
    """Encrypted secrets of one connection, and the opaque address of its webhooks.

    Attributes:
        sealed: the credentials, encrypted JSON.
        key_id: which key of the environment's list sealed all secrets of this row.
        hints: what may be shown of each field: a public value whole, a secret's last four characters.
        webhook_token: the unguessable part of the webhooks' address.
        webhook_id: the gateway's id of the registered address, or "".
        secret_sealed: what deliveries are signed with, encrypted, or "".
        is_secret_made: whether it was made here; what was typed may be mistyped.
        previous_sealed: the secret before it, encrypted, or ""; counts until `previous_until`.
    """

    provider_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    sealed = models.TextField()
    key_id = models.CharField(max_length=32)
    hints = models.JSONField(default=dict)
    updated_at = models.DateTimeField()
    webhook_token = models.CharField(max_length=64)
    webhook_id = models.CharField(max_length=128, blank=True, default="")
    webhook_url = models.CharField(max_length=500, blank=True, default="")
    secret_sealed = models.TextField(blank=True, default="")
    secret_hint = models.CharField(max_length=8, blank=True, default="")
    is_secret_made = models.BooleanField(default=False, db_default=False)
    previous_sealed = models.TextField(blank=True, default="")
    previous_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "connection_id"], name="payments_credential_connection"
            ),
            models.UniqueConstraint(fields=["webhook_token"], name="payments_credential_token"),
            models.CheckConstraint(
                condition=Q(webhook_token__regex=r"^[A-Za-z0-9_-]{32,64}$"),  # noqa: S106 - a shape
                name="payments_credential_token_opaque",
            ),
            models.CheckConstraint(
                condition=Q(previous_sealed="", previous_until__isnull=True)
                | (~Q(previous_sealed="") & Q(previous_until__isnull=False)),
                name="payments_credential_overlap",
            ),
        ]

    def __str__(self) -> str:
        return f"secrets of connection {self.connection_id}"

    @property
    def secret_mark(self) -> str:
        """Return what stands for the webhooks' secret in a form and tells nothing of it; another one has another."""
        digest = hashlib.sha256(self.secret_sealed.encode()).hexdigest()
        return digest[:_MARK_LENGTH] if self.secret_sealed else ""
