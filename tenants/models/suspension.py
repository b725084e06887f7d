"""One row per time that a tenant was suspended, and why."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from tenants.enums import SuspensionReason
from tenants.models.provider import Provider
from tenants.models.tenant import Tenant


class Suspension(models.Model):
    """One reason that suspended a tenant, from its start to its end; several may be open at once.

    `source` tells two open ones of the same reason apart (the currency of a wallet). Each row has an epoch of its own.
    """

    provider = models.ForeignKey(
        Provider, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    epoch = models.PositiveIntegerField()
    reason = models.CharField(max_length=16, choices=SuspensionReason)
    source = models.CharField(max_length=32, default="")
    note = models.CharField(max_length=500, default="")
    since = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider", "tenant", "epoch"], name="tenants_suspension_epoch"
            ),
            models.UniqueConstraint(
                fields=["provider", "tenant", "reason", "source"],
                condition=Q(lifted_at__isnull=True),
                name="tenants_suspension_open",
            ),
            models.CheckConstraint(
                condition=Q(reason__in=SuspensionReason.values), name="tenants_suspension_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"suspension {self.pk} of tenant {self.tenant_id}, epoch {self.epoch}"
