"""A customer's own limits of one top-up, beside its provider's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q


class TopupLimit(models.Model):
    """What a tenant's people allow themselves per top-up; minor units of its currency.

    Attributes:
        least_minor, most_minor: None for no limit of its own.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    least_minor = models.BigIntegerField(null=True)
    most_minor = models.BigIntegerField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "payments_topup_limit"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "currency"], name="payments_topup_limit_once"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$")
                & (Q(least_minor__isnull=True) | Q(least_minor__gt=0))
                & (Q(most_minor__isnull=True) | Q(most_minor__gt=0)),
                name="payments_topup_limit_amounts",
            ),
            models.CheckConstraint(
                condition=Q(least_minor__isnull=True)
                | Q(most_minor__isnull=True)
                | Q(least_minor__lte=F("most_minor")),
                name="payments_topup_limit_order",
            ),
        ]

    def __str__(self) -> str:
        return f"limits of tenant {self.tenant_id} in {self.currency}"
