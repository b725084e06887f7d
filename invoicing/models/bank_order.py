"""What a customer means to pay by bank transfer: a proforma and the reference by which its money is known."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BankOrder(models.Model):
    """An order to top up by bank transfer. It never changes; how it stands is how its proforma stands.

    Attributes:
        document_id: the proforma.
        reference: ISO 11649, compact; unique per provider.
        number_key: the proforma's number in letters and digits only, for payers who write that.
        topup: the public id of the top-up, opaque here.
        request_key: of the form that asked, so that it asks once.
        opened_by: number of the user.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    reference = models.CharField(max_length=25)
    number_key = models.CharField(max_length=40)
    topup = models.CharField(max_length=64, blank=True, default="")
    request_key = models.CharField(max_length=100)
    opened_by = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "invoicing_bank_order"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id"], name="invoicing_bank_order_document"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "reference"], name="invoicing_bank_order_reference"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "request_key"],
                name="invoicing_bank_order_request",
            ),
            models.CheckConstraint(
                condition=Q(reference__regex=r"^RF[0-9]{2}[A-Z0-9]{1,21}$") & ~Q(number_key=""),
                name="invoicing_bank_order_words",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="invoicing_bank_order_of_tenant"
            ),
            models.Index(fields=["provider_id", "number_key"], name="invoicing_bank_order_number"),
        ]

    def __str__(self) -> str:
        return f"bank order {self.reference}"
