"""A tenant as a gateway knows it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Payer(models.Model):
    """The gateway's customer that stands for a tenant at a connection.

    Attributes:
        customer_id: the gateway's id, or "" while the answer is awaited.
        key: under which the gateway makes the customer once.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    connection_id = models.BigIntegerField()
    customer_id = models.CharField(max_length=128, blank=True, default="")
    key = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "tenant_id"], name="payments_payer_tenant"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "connection_id", "customer_id"],
                condition=~Q(customer_id=""),
                name="payments_payer_customer",
            ),
            models.UniqueConstraint(fields=["provider_id", "key"], name="payments_payer_key"),
        ]

    def __str__(self) -> str:
        return f"payer {self.customer_id or self.key}"
