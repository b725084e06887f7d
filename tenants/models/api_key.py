"""A provider's keys for the API, as digests: the key itself is shown once and never stored."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from tenants.models.provider import Provider


class ApiKey(models.Model):
    """A key of a provider. Two keys of one name may live at once, in slots 1 and 2, for a change-over."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=64)
    slot = models.PositiveSmallIntegerField()
    prefix = models.CharField(
        max_length=16, help_text="The first signs of the key, to tell keys apart in lists."
    )
    digest = models.BinaryField(max_length=32, help_text="SHA-256 of the whole key.")
    scopes = ArrayField(models.CharField(max_length=32))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True, help_text="To the minute.")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tenants_api_key"
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="tenants_api_key_digest"),
            models.UniqueConstraint(
                fields=["provider", "name", "slot"],
                condition=Q(revoked_at__isnull=True),
                name="tenants_api_key_two_live",
            ),
            models.CheckConstraint(condition=Q(slot__in=(1, 2)), name="tenants_api_key_slot"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}… of provider {self.provider_id}"
