"""What the bank took back of transfers: which line of a return took how much of which line that had come in."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id


def new_return_id() -> str:
    """Return a public id of what a return took back; credit notes name it."""
    return new_public_id("brt")


class BankReturn(models.Model):
    """What one line of a return takes back of one transfer, whole or in part. It never changes.

    A trigger holds that no more goes back than came in, and no more than the line of the return took.

    Attributes:
        line_id: the line of the return.
        source_id: the line that had come in.
        credit_id: the credit of that line, None for money that was nobody's.
        amount_minor: minor units of both lines' currency.
        tax_parts: what of it was tax, one per tax of the top-up; empty for none.
        posting_id: the posting that took it, None for money that was nobody's.
        decided_by: number of the user who said so, None when the bank named the payment.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_return_id)
    provider_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    source_id = models.BigIntegerField()
    credit_id = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    tax_parts = models.JSONField(default=list, blank=True)
    posting_id = models.BigIntegerField(null=True)
    decided_by = models.BigIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        db_table = "payments_bank_return"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_bank_return_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "line_id", "source_id"], name="payments_bank_return_once"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "posting_id"], name="payments_bank_return_posting"
            ),
            # Money that was nobody's goes back as it came, and nothing is posted.
            models.UniqueConstraint(
                fields=["provider_id", "source_id"],
                condition=Q(credit_id__isnull=True),
                name="payments_bank_return_of_nobody",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0)
                & (
                    Q(credit_id__isnull=True, posting_id__isnull=True)
                    | Q(credit_id__isnull=False, posting_id__isnull=False)
                ),
                name="payments_bank_return_amount",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "credit_id"], name="payments_bank_return_of_credit")
        ]

    def __str__(self) -> str:
        return f"bank return {self.public_id}"
