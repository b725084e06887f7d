"""Accounts of the ledger and the cached balances of the tenants' ones."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from accounts.enums import TENANT_KINDS, AccountKind

BALANCE_MINOR_MAX = 10**18


class Account(models.Model):
    """A ledger account, never a login. Written once: rows are neither changed nor deleted.

    Attributes:
        provider_id: whose books.
        tenant_id: whose account, 0 for the provider's own.
        kind: what it holds.
        currency: ISO 4217; an account never changes it.
    """

    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField(db_default=0)
    kind = models.CharField(max_length=24, choices=AccountKind)
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["provider_id", "tenant_id", "kind", "currency"],
                name="accounts_account_natural",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="accounts_account_kind"
            ),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="accounts_account_currency"
            ),
            models.CheckConstraint(
                condition=Q(tenant_id=0, kind__in=[k for k in AccountKind if k not in TENANT_KINDS])
                | Q(tenant_id__gt=0, kind__in=TENANT_KINDS),
                name="accounts_account_owner",
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk} ({self.kind} {self.currency} of tenant {self.tenant_id})"


class TenantBalance(models.Model):
    """The cached balance of a tenant's account that is no wallet; written by the posting service only.

    Attributes:
        account_id: the account; also the key.
        balance: minor units; + is in the tenant's favour, − is owed by it.
    """

    account_id = models.BigIntegerField(primary_key=True)
    provider_id = models.BigIntegerField()
    tenant_id = models.BigIntegerField()
    balance = models.BigIntegerField(db_default=0)

    class Meta:
        db_table = "accounts_tenant_balance"
        constraints = [
            models.CheckConstraint(
                condition=Q(balance__range=(-BALANCE_MINOR_MAX, BALANCE_MINOR_MAX)),
                name="accounts_tenant_balance_range",
            ),
        ]

    def __str__(self) -> str:
        return f"balance of account {self.account_id}"
