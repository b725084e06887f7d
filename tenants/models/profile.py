"""What a tenant says of itself: the company as documents name it, and who else gets its billing mails."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from tenants.models.provider import Provider
from tenants.models.tenant import Tenant


class TenantProfile(models.Model):
    """A tenant's company data; a tenant without a row has none yet.

    Attributes:
        billing_emails: further recipients of billing mails, besides those who administer the tenant.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    legal_name = models.CharField(max_length=200, default="", blank=True)
    address = models.CharField(max_length=500, default="", blank=True)
    country = models.CharField(max_length=2, default="", blank=True)
    tax_id = models.CharField(max_length=40, default="", blank=True)
    billing_emails = ArrayField(models.EmailField(max_length=254), default=list)
    updated_at = models.DateTimeField()

    class Meta:
        db_table = "tenants_tenant_profile"
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "tenant"], name="tenants_tenant_profile_one"
            ),
            models.CheckConstraint(
                condition=models.Q(country="") | models.Q(country__regex=r"^[A-Z]{2}$"),
                name="tenants_tenant_profile_country",
            ),
        ]

    def __str__(self) -> str:
        return f"profile of tenant {self.tenant_id}"
