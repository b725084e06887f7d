"""Memberships: a user's role in a provider or in a tenant."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.enums import ProviderRole, TenantRole
from tenants.models.provider import Provider
from tenants.models.tenant import Tenant
from tenants.models.user import User


class ProviderMember(models.Model):
    """A user's role in a provider."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=ProviderRole)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "tenants_provider_member"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "user"], name="tenants_provider_member_user"
            ),
            models.CheckConstraint(
                condition=Q(role__in=ProviderRole.values), name="tenants_provider_member_role"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} is {self.role} of provider {self.provider_id}"


class TenantMember(models.Model):
    """A user's role in a tenant."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, choices=TenantRole)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "tenants_tenant_member"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "tenant", "user"], name="tenants_tenant_member_user"
            ),
            models.CheckConstraint(
                condition=Q(role__in=TenantRole.values), name="tenants_tenant_member_role"
            ),
        ]

    def __str__(self) -> str:
        return f"user {self.user_id} is {self.role} of tenant {self.tenant_id}"
