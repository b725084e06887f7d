"""What paid a document; each a row for ever, undone by another one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Settlement(models.Model):
    """Money that settled a document, or its undoing.

    Attributes:
        amount_minor: minor units of the document's currency; negative undoes.
        key: names what paid, for instance `payment/pay_1`; once per document.
        posting_id: the posting that moved the money, None where it was moved before.
        undoes_id: the settlement that it undoes, once.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    document_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    key = models.CharField(max_length=150)
    posting_id = models.BigIntegerField(null=True)
    undoes_id = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "document_id", "key"], name="invoicing_settlement_key"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "undoes_id"],
                condition=Q(undoes_id__isnull=False),
                name="invoicing_settlement_undone_once",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, undoes_id__isnull=True)
                | Q(amount_minor__lt=0, undoes_id__isnull=False),
                name="invoicing_settlement_amount",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="invoicing_settlement_named"),
        ]

    def __str__(self) -> str:
        return f"settlement {self.key} of document {self.document_id}"
