"""The registration of a document with a government's portal: entered once, printed with it, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Registration(models.Model):
    """What India's Invoice Registration Portal answered for a document.

    Attributes:
        irn: Invoice Reference Number, 64 hexadecimal digits.
        ack_number: of the acknowledgement.
        ack_at: when it was acknowledged.
        signed_code: the signed text of the QR code, as the portal gave it.
        created_by: number of the user who entered it.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    irn = models.CharField(max_length=64)
    ack_number = models.CharField(max_length=20)
    ack_at = models.DateTimeField()
    signed_code = models.CharField(max_length=2000)
    created_at = models.DateTimeField()
    created_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "invoicing_registration"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id"], name="invoicing_registration_once"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "irn"], name="invoicing_registration_irn"
            ),
            models.CheckConstraint(
                condition=Q(irn__regex=r"^[0-9a-f]{64}$", ack_number__regex=r"^[0-9]{1,20}$")
                & ~Q(signed_code=""),
                name="invoicing_registration_words",
            ),
        ]

    def __str__(self) -> str:
        return f"registration of document {self.document_id}"
