"""What a provider's people write down about a tenant; the tenant never reads it."""

from __future__ import annotations

from django.db import models

from tenants.models.provider import Provider
from tenants.models.tenant import Tenant
from tenants.models.user import User


class Note(models.Model):
    """A note about a tenant. Its text stays as it was written; only the pin moves."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    text = models.CharField(max_length=2000)
    is_pinned = models.BooleanField(default=False)
    key = models.CharField(max_length=40, help_text="Of the form, so that it writes one note.")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "tenant", "key"], name="tenants_note_key"),
            models.CheckConstraint(condition=~models.Q(text=""), name="tenants_note_text"),
        ]
        indexes = [models.Index(fields=["provider", "tenant", "-id"], name="tenants_note_newest")]

    def __str__(self) -> str:
        return f"note {self.pk} about tenant {self.tenant_id}"
