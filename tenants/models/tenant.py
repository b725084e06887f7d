"""A tenant: an individual or an organisation that buys from exactly one provider."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from tenants.enums import BillingPlan, ContractType, TenantCategory, TenantStatus
from tenants.models.provider import Provider


def new_tenant_id() -> str:
    """Return a public id of a tenant."""
    return new_public_id("ten")


class Tenant(models.Model):
    """A customer of a provider. `status` and `epoch` are written by the suspension services only."""

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    public_id = models.CharField(
        max_length=PUBLIC_ID_LENGTH_MAX, default=new_tenant_id, help_text="What URLs show."
    )
    external_id = models.CharField(
        max_length=200, help_text="The provider's own name for this tenant."
    )
    name = models.CharField(max_length=200)
    category = models.CharField(
        max_length=16, choices=TenantCategory, default=TenantCategory.ORGANISATION
    )
    status = models.CharField(max_length=16, choices=TenantStatus, default=TenantStatus.ACTIVE)
    time_zone = models.CharField(max_length=64, default="UTC")
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=8, default="en")
    billing_plan = models.CharField(max_length=16, choices=BillingPlan, default=BillingPlan.PREPAID)
    contract_type = models.CharField(max_length=16, choices=ContractType, default=ContractType.PAYG)
    anchor_day = models.PositiveSmallIntegerField(
        default=1, validators=[MinValueValidator(1), MaxValueValidator(31)]
    )
    credit_limit_minor = models.BigIntegerField(
        default=0,
        validators=[MinValueValidator(0)],
        help_text="How far below 0 a wallet may fall, minor units of `currency`.",
    )
    trial_ends_at = models.DateTimeField(null=True, blank=True)
    epoch = models.PositiveIntegerField(
        default=0, help_text="Grows with every suspension and every return."
    )
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider", "id"],
                condition=Q(status="trial"),
                name="tenants_tenant_on_trial",
            ),
            models.Index(fields=["provider", "status", "id"], name="tenants_tenant_by_status"),
            models.Index(fields=["provider", "name", "id"], name="tenants_tenant_by_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "public_id"], name="tenants_tenant_public_id"
            ),
            models.CheckConstraint(
                condition=~Q(external_id=""), name="tenants_tenant_external_id_set"
            ),
            models.CheckConstraint(
                condition=Q(credit_limit_minor__gte=0), name="tenants_tenant_credit_limit"
            ),
            models.UniqueConstraint(
                fields=["provider", "external_id"], name="tenants_tenant_external_id"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="tenants_tenant_currency"
            ),
            models.CheckConstraint(
                condition=Q(anchor_day__range=(1, 31)), name="tenants_tenant_anchor_day"
            ),
            models.CheckConstraint(
                condition=Q(status__in=TenantStatus.values), name="tenants_tenant_status"
            ),
            models.CheckConstraint(
                condition=Q(category__in=TenantCategory.values), name="tenants_tenant_category"
            ),
            models.CheckConstraint(
                condition=Q(billing_plan__in=BillingPlan.values), name="tenants_tenant_billing_plan"
            ),
            models.CheckConstraint(
                condition=Q(contract_type__in=ContractType.values),
                name="tenants_tenant_contract_type",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.external_id} ({self.name})"
