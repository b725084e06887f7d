"""What is charged: chunks of the hourly job, fees, and the archived totals of closed periods."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from usage.enums import FeeKind
from usage.models.fields import ExactField


class ChargeChunk(models.Model):
    """A range of about 2,500 tenants that is charged in one transaction; its row lock is the claim.

    Attributes:
        t_from, t_to: tenant ids, half-open.
        charged_through: usage of hours before it has been charged, as far as it was ingested by then.
        seen_xid: marks of older transactions have been read.
        full_at: the hour up to which all totals were read last, marks or not.
        next_at: when the next billing period or fee of the range begins; null when that is not known.
    """

    pk = models.CompositePrimaryKey("provider_id", "no")
    provider_id = models.BigIntegerField()
    no = models.IntegerField()
    t_from = models.BigIntegerField()
    t_to = models.BigIntegerField()
    charged_through = models.DateTimeField()
    seen_xid = models.BigIntegerField(default=0)
    full_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "usage_charge_chunk"
        constraints = [
            models.CheckConstraint(
                condition=Q(t_from__lt=F("t_to")), name="usage_charge_chunk_range"
            )
        ]

    def __str__(self) -> str:
        return f"chunk {self.no} of provider {self.provider_id}"


class Fee(models.Model):
    """One fee that fell due, once per item, interval and kind; its exact amount stands in the total of its segment.

    Attributes:
        amount_minor: exact minor units, not rounded; negative for unused time.
        service_from, service_to: what it pays for, half-open.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    item_id = models.BigIntegerField()
    price_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    kind = models.CharField(max_length=16, choices=FeeKind)
    service_from = models.DateTimeField()
    service_to = models.DateTimeField(null=True)
    quantity = models.DecimalField(max_digits=38, decimal_places=12)
    amount_minor = ExactField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "item_id", "price_id", "service_from", "kind"],
                name="usage_fee_once",
            ),
            models.CheckConstraint(condition=Q(kind__in=FeeKind.values), name="usage_fee_kind"),
        ]
        indexes = [
            models.Index(fields=["provider_id", "tenant_id", "period_id"], name="usage_fee_period")
        ]

    def __str__(self) -> str:
        return f"fee {self.pk} of tenant {self.tenant_id}"


class PeriodLine(models.Model):
    """The archived total of one segment of a closed period, with its exact amount."""

    pk = models.CompositePrimaryKey("provider_id", "tenant_id", "period_id", "segment_id")
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    period_id = models.BigIntegerField()
    segment_id = models.BigIntegerField()
    price_id = models.BigIntegerField()
    quantity = ExactField()
    start = ExactField(db_default=0)
    less_minor = ExactField(db_default=0)
    amount_minor = ExactField(help_text="Exact minor units.")
    closed_at = models.DateTimeField()

    class Meta:
        db_table = "usage_period_line"

    def __str__(self) -> str:
        return f"line of segment {self.segment_id} in closed period {self.period_id}"
