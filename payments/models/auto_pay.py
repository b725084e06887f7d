"""Whether a tenant's default method is charged without being asked each time."""

from __future__ import annotations

from django.db import models


class AutoPay(models.Model):
    """A tenant's choice; a tenant without a row has not made one, which is off.

    Attributes:
        changed_at: since when it is so.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    is_on = models.BooleanField()
    changed_at = models.DateTimeField()

    class Meta:
        db_table = "payments_auto_pay"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id"], name="payments_auto_pay_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"auto-pay of tenant {self.tenant_id}: {'on' if self.is_on else 'off'}"
