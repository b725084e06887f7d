"""Postings and entries: the ledger itself, append-only; and the proof that nothing was changed since."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from accounts.enums import PostingKind


class Reason(models.Model):
    """Words of a person about a posting; kept apart, so that personal text can be erased and the ledger stays."""

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(db_default=0)
    text = models.CharField(max_length=500)

    def __str__(self) -> str:
        return f"reason {self.pk}"


class Posting(models.Model):
    """One balanced movement of value in one currency.

    Attributes:
        tenant_id: the one tenant it is about, 0 for many or none.
        effective_at: when it counts; `recorded_at`: when it was written down.
        idempotency_key: unique per provider; the same key is the same posting.
        payload_hash: of what was asked for, to tell a repeated call from another one under the same key.
        source_type, source_id: the thing that caused it.
        hours_from, hours_to: the usage hours that a bulk posting covers.
        reverses_id: the posting that it takes back, at most once.
        digest: over all other columns, made by a trigger; verify_ledger compares.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(db_default=0)
    kind = models.CharField(max_length=24, choices=PostingKind)
    currency = models.CharField(max_length=3)
    effective_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200)
    payload_hash = models.BinaryField(db_default=b"")
    source_type = models.CharField(max_length=32, db_default="")
    source_id = models.CharField(max_length=64, db_default="")
    hours_from = models.DateTimeField(null=True)
    hours_to = models.DateTimeField(null=True)
    reverses_id = models.BigIntegerField(null=True)
    reason_id = models.BigIntegerField(null=True)
    digest = models.BinaryField(db_default=b"")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "idempotency_key"], name="accounts_posting_key"
            ),
            models.UniqueConstraint(
                fields=["provider_id", "reverses_id"],
                condition=Q(reverses_id__isnull=False),
                name="accounts_posting_reversed_once",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=PostingKind.values), name="accounts_posting_kind"
            ),
            models.CheckConstraint(condition=~Q(idempotency_key=""), name="accounts_posting_keyed"),
            models.CheckConstraint(
                condition=Q(hours_from__isnull=True, hours_to__isnull=True)
                | Q(hours_from__lte=F("hours_to")),
                name="accounts_posting_hours",
            ),
            models.CheckConstraint(
                condition=Q(kind="reversal") ^ Q(reverses_id__isnull=True),
                name="accounts_posting_reversal",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "tenant_id", "id"], name="accounts_posting_tenant"),
        ]

    def __str__(self) -> str:
        return f"posting {self.pk} ({self.kind})"


class Entry(models.Model):
    """One line of a posting on one account.

    Attributes:
        tenant_id: the account's, 0 on the provider's accounts.
        period_id: the billing period that a charge belongs to.
        amount_minor: + in the account's favour (credit), − against it (debit); the lines of a posting sum to zero.
        balance_after_minor: the account's balance after it; NULL on the provider's accounts.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    account_id = models.BigIntegerField()
    period_id = models.BigIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    balance_after_minor = models.BigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="accounts_entry_amount"),
            models.CheckConstraint(
                condition=Q(tenant_id=0, balance_after_minor__isnull=True)
                | Q(tenant_id__gt=0, balance_after_minor__isnull=False),
                name="accounts_entry_balance",
            ),
        ]
        indexes = [
            models.Index(fields=["provider_id", "account_id", "id"], name="accounts_entry_account"),
        ]

    def __str__(self) -> str:
        return f"entry {self.pk} of posting {self.posting_id}"


class Proof(models.Model):
    """What a posting's entries were when they were written; made by the trigger on entries, one row per posting.

    Attributes:
        posting_id: the posting; also the key, so that nothing can be added to a posting later.
        first_entry_id, last_entry_id: the range of ids in which its entries lie.
        entries: how many they are.
        checksum: sum of the entries' hashes.
        weighted: sum of the entries' hashes times their ids; with `checksum` it names the one entry that changed.
        seal_id: the seal that covers the posting, NULL until then.
    """

    posting_id = models.BigIntegerField(primary_key=True)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    first_entry_id = models.BigIntegerField()
    last_entry_id = models.BigIntegerField()
    entries = models.IntegerField()
    checksum = models.DecimalField(max_digits=40, decimal_places=0)
    weighted = models.DecimalField(max_digits=60, decimal_places=0)
    seal_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["provider_id", "posting_id"],
                condition=Q(seal_id__isnull=True),
                name="accounts_proof_unsealed",
            ),
            models.Index(fields=["provider_id", "seal_id"], name="accounts_proof_seal"),
        ]

    def __str__(self) -> str:
        return f"proof of posting {self.posting_id}"
