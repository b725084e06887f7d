"""The provider's bank accounts whose statements are imported."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BankAccount(models.Model):
    """An account that was the provider's when a statement of it came; it stays known when the provider changes banks.

    Attributes:
        csv_profile: how this bank writes CSV, as `CsvProfile.as_json`; empty until somebody said so.
    """

    provider_id = models.BigIntegerField()
    iban = models.CharField(max_length=34)
    csv_profile = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "payments_bank_account"
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "iban"], name="payments_bank_account_iban"
            ),
            models.CheckConstraint(
                condition=Q(iban__regex=r"^[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}$"),
                name="payments_bank_account_number",
            ),
        ]

    def __str__(self) -> str:
        return f"bank account {self.iban}"
