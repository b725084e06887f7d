"""Seals over closed days and the roll-ups of the provider's accounts that are made with them; both append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Seal(models.Model):
    """The proof of one stretch of a provider's ledger, chained to the one before it.

    Attributes:
        number: 1, 2, 3 … per provider, without a gap.
        day: the provider's local day that it closes; what committed too late for it lies in the next seal.
        postings, entries: how many it covers.
        content_hash: SHA-256 over the covered postings and entries in order.
        previous_hash: the seal before, empty for the first.
        seal_hash: SHA-256 over all other columns.
    """

    provider_id = models.BigIntegerField()
    number = models.BigIntegerField()
    day = models.DateField()
    sealed_at = models.DateTimeField()
    postings = models.BigIntegerField()
    entries = models.BigIntegerField()
    content_hash = models.BinaryField()
    previous_hash = models.BinaryField()
    seal_hash = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider_id", "number"], name="accounts_seal_number"),
            models.UniqueConstraint(fields=["provider_id", "day"], name="accounts_seal_day"),
            models.CheckConstraint(condition=Q(number__gte=1), name="accounts_seal_counted"),
        ]

    def __str__(self) -> str:
        return f"seal {self.number} of provider {self.provider_id}"


class Rollup(models.Model):
    """One account of the provider over one seal: what moved, and the balance at its end.

    Attributes:
        amount_minor: sum of the entries that the seal covers.
        balance_minor: sum of all entries up to and with the seal.
        digest: SHA-256 over all other columns.
    """

    provider_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    seal_id = models.BigIntegerField()
    day = models.DateField()
    entries = models.BigIntegerField()
    amount_minor = models.BigIntegerField()
    balance_minor = models.BigIntegerField()
    digest = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "account_id", "seal_id"], name="accounts_rollup_natural"
            ),
        ]

    def __str__(self) -> str:
        return f"roll-up of account {self.account_id} on {self.day}"
