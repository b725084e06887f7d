"""What a tenant wants to spend in a billing period, as it says itself; nothing is refused because of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Budget(models.Model):
    """A tenant's budget of each of its billing periods in one currency, minor units."""

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()
    changed_at = models.DateTimeField()
    changed_by_id = models.BigIntegerField()

    class Meta:
        db_table = "usage_budget"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "currency"], name="usage_budget_once"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$", amount_minor__gt=0),
                name="usage_budget_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"budget of tenant {self.tenant_id} in {self.currency}"
