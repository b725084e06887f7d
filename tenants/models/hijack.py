"""Who looked at a customer's pages through that customer's eyes, and when."""

from __future__ import annotations

from django.db import models

from tenants.models.provider import Provider
from tenants.models.user import User


class Hijack(models.Model):
    """One look through a user's eyes, from its start to its end; an end that nobody made stays empty."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    hijacker = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    hijacked = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["provider", "-started_at"], name="tenants_hijack_newest")]

    def __str__(self) -> str:
        return f"user {self.hijacker_id} as user {self.hijacked_id} at provider {self.provider_id}"
