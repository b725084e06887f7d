"""Customers' tax numbers, and the evidence of every check of one."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from billing_platform.kernel.ids import PUBLIC_ID_LENGTH_MAX, new_public_id
from tax.enums import CheckOutcome, CheckSource


def new_number_id() -> str:
    """Return a public id of a tax number."""
    return new_public_id("txn")


class TaxNumber(models.Model):
    """A customer's tax number, well-formed; what a register said of it last.

    Attributes:
        country: ISO 3166 (Greece GR), whatever the number begins with.
        number: compact, with the prefix where its country uses one.
        said: `valid` or `invalid`, by the last check that was answered; "" before.
        said_at: when that was.
        checked_at: when a register was asked last, answered or not.
        next_check_at: when it is asked again; None when no register is asked.
        tries: questions without an answer since the last one with.
        removed_at: since when the customer does not use it any more.
    """

    public_id = models.CharField(max_length=PUBLIC_ID_LENGTH_MAX, default=new_number_id)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    country = models.CharField(max_length=2)
    number = models.CharField(max_length=40)
    said = models.CharField(max_length=16, blank=True, default="")
    said_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True)
    next_check_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "tax_number"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "public_id"], name="tax_number_public_id"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "country", "number"],
                condition=Q(removed_at__isnull=True),
                name="tax_number_once",
            ),
            models.CheckConstraint(
                condition=Q(country__regex=r"^[A-Z]{2}$", number__regex=r"^[A-Z0-9.+*-]{2,40}$"),
                name="tax_number_words",
            ),
            models.CheckConstraint(
                condition=Q(said="", said_at__isnull=True)
                | Q(said__in=[CheckOutcome.VALID, CheckOutcome.INVALID], said_at__isnull=False),
                name="tax_number_said",
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True) | Q(next_check_at__isnull=True),
                name="tax_number_removed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="tax_number_due",
            )
        ]

    def __str__(self) -> str:
        return self.number


class NumberCheck(models.Model):
    """One question to a register and its answer, or a check by hand; never changed.

    Attributes:
        fault: why there was no answer, or "".
        requester: the provider's own number that asked, or "".
        consultation_number: the register's proof that it was asked, or "".
        name, address: of the trader as the register shows them, or "".
        raw: the answer as it came, cut.
        note: of a person who checked by hand.
        checked_by: number of that user.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    number_id = models.BigIntegerField()
    number = models.CharField(max_length=40)
    source = models.CharField(max_length=8, choices=CheckSource)
    outcome = models.CharField(max_length=16, choices=CheckOutcome)
    fault = models.CharField(max_length=64, blank=True, default="")
    requester = models.CharField(max_length=40, blank=True, default="")
    consultation_number = models.CharField(max_length=64, blank=True, default="")
    name = models.CharField(max_length=300, blank=True, default="")
    address = models.CharField(max_length=500, blank=True, default="")
    raw = models.TextField(blank=True, default="")
    note = models.CharField(max_length=300, blank=True, default="")
    asked_at = models.DateTimeField()
    checked_by = models.BigIntegerField(null=True)

    class Meta:
        db_table = "tax_number_check"
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=CheckOutcome.values, source__in=CheckSource.values),
                name="tax_number_check_words",
            ),
            models.CheckConstraint(
                condition=Q(outcome=CheckOutcome.UNAVAILABLE) | Q(fault=""),
                name="tax_number_check_fault",
            ),
        ]
        indexes = [
            models.Index(
                fields=["provider_id", "tenant_id", "-id"], name="tax_number_check_of_tenant"
            )
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.outcome}"
