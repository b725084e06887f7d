"""A provider's logo as a picture that this installation made itself from what was uploaded."""

from __future__ import annotations

from django.db import models

from tenants.models.provider import Provider


class Logo(models.Model):
    """The content of a logo. Which one is shown, the provider's row names; its name says what it holds."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    name = models.CharField(max_length=80, help_text="Digest of the content, and its ending.")
    content = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "name"], name="tenants_logo_name")
        ]

    def __str__(self) -> str:
        return self.name
