"""Invitations of people to a provider or to a tenant, by mail."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from tenants.enums import ProviderRole, TenantRole
from tenants.models.provider import Provider
from tenants.models.user import User


class Invitation(models.Model):
    """An open or used invitation. `tenant_id` 0 invites to the provider itself; the token is stored as a digest."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant_id = models.BigIntegerField(default=0)
    email = models.EmailField(max_length=254)
    role = models.CharField(max_length=16, choices=[*ProviderRole.choices, *TenantRole.choices])
    digest = models.BinaryField(max_length=32)
    invited_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="Accepted, withdrawn or replaced.")
    accepted_by = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest"], name="tenants_invitation_digest"),
            models.UniqueConstraint(
                fields=["provider", "tenant_id", "email"],
                condition=Q(closed_at__isnull=True),
                name="tenants_invitation_open",
            ),
            models.CheckConstraint(
                condition=Q(email=Lower("email")), name="tenants_invitation_email_lower"
            ),
            models.CheckConstraint(
                condition=Q(tenant_id=0, role__in=ProviderRole.values)
                | Q(tenant_id__gt=0, role__in=TenantRole.values),
                name="tenants_invitation_role",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk} to {self.role} of provider {self.provider_id}, tenant {self.tenant_id}"
