"""The provider's bank accounts: those whose statements are imported, and those that documents of a currency name."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class BankAccount(models.Model):
    """An account of the provider; it stays known when the provider changes banks.

    Documents name the default of their currency, and without one the account of the company's page.

    Attributes:
        holder, bic: as documents print them; empty of one that is only known by its statements.
        currency: in which customers pay into it, "" for one that no document names.
        csv_profile: how this bank writes CSV, as `CsvProfile.as_json`; empty until somebody said so.
    """

    provider_id = models.BigIntegerField()
    iban = models.CharField(max_length=34)
    holder = models.CharField(max_length=70, blank=True, default="", db_default="")
    bic = models.CharField(max_length=11, blank=True, default="", db_default="")
    currency = models.CharField(max_length=3, blank=True, default="", db_default="")
    is_default = models.BooleanField(default=False, db_default=False)
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
            models.UniqueConstraint(
                fields=["provider_id", "currency"],
                condition=Q(is_default=True),
                name="payments_bank_account_default",
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^([A-Z]{3})?$")
                & Q(bic__regex=r"^([A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?)?$")
                & (Q(is_default=False) | (~Q(currency="") & ~Q(holder=""))),
                name="payments_bank_account_named",
            ),
        ]

    def __str__(self) -> str:
        return f"bank account {self.iban}"
