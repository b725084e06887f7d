"""What a provider has set away from the defaults of the settings registry."""

from __future__ import annotations

from django.db import models

from tenants.models.provider import Provider
from tenants.models.user import User


class SettingValue(models.Model):
    """One setting of a provider. Read through `tenants.selectors.settings`, written by `tenants.services.settings`."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=64)
    value = models.JSONField()
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        db_table = "tenants_setting"
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="tenants_setting_name")
        ]

    def __str__(self) -> str:
        return f"{self.name} of provider {self.provider_id}"
