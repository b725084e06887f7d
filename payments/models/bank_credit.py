"""Transfers that were credited to a client: which line, by which posting, and how that ended."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from payments.enums_bank import CreditEnd


def new_credit_id() -> str:
    """Return a public id of a credited transfer; documents and postings name it."""
    return new_public_id("bcr")


class BankCredit(models.Model):
    """A line that was credited. It ends once at most: taken back by somebody, or returned by the bank to the last cent.

    What the bank took back of it, and when, stands in `BankReturn`.

    Attributes:
        reference: what it is for, as whoever matched it named it; never read here.
        topup: the public id of the top-up that it pays, "" for none.
        posting_id: the posting that credited it.
        matched_by: number of the user who matched it, None when its reference did; then with `reason`.
        end: how it ended; end_posting_id: the posting that took it back; end_line_id: the line of the last return.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_credit_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    line_id = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    reference = models.CharField(max_length=64, blank=True, default="")
    topup = models.CharField(max_length=64, blank=True, default="")
    posting_id = models.BigIntegerField()
    matched_by = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=500, blank=True, default="")
    matched_at = models.DateTimeField()
    end = models.CharField(max_length=16, choices=CreditEnd, blank=True, default="")
    end_posting_id = models.BigIntegerField(null=True)
    end_line_id = models.BigIntegerField(null=True)
    ended_by = models.BigIntegerField(null=True)
    end_reason = models.CharField(max_length=500, blank=True, default="")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "payments_bank_credit"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="payments_bank_credit_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "posting_id"], name="payments_bank_credit_posting"
            ),
            # Money comes in once: a line has one credit, besides those that were taken back.
            models.UniqueConstraint(
                fields=["provider_id", "line_id"],
                condition=~Q(end=CreditEnd.UNMATCHED),
                name="payments_bank_credit_line",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0) & Q(currency__regex=r"^[A-Z]{3}$"),
                name="payments_bank_credit_amount",
            ),
            models.CheckConstraint(
                condition=Q(
                    end="",
                    end_posting_id__isnull=True,
                    end_line_id__isnull=True,
                    ended_at__isnull=True,
                )
                | Q(
                    end=CreditEnd.UNMATCHED,
                    end_posting_id__isnull=False,
                    end_line_id__isnull=True,
                    ended_at__isnull=False,
                )
                | Q(
                    end=CreditEnd.RETURNED,
                    end_posting_id__isnull=False,
                    end_line_id__isnull=False,
                    ended_at__isnull=False,
                ),
                name="payments_bank_credit_end",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="payments_bank_credit_of_tenant"
            ),
            models.Index(fields=["provider_id", "reference"], name="payments_bank_credit_for"),
        ]

    def __str__(self) -> str:
        return f"bank credit {self.public_id}"
