"""The provider's bank accounts: which one documents name, whose statements are known, and how its bank writes CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count

from payments.models import BankAccount, BankStatement
from payments.statements.csv_profile import CsvProfile
from tenants.selectors.providers import legal_identity

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class PayInto:
    """The account that a document asks to pay into."""

    holder: str
    iban: str
    bic: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountView:
    """An account of the provider; the fields as of `BankAccount`.

    Attributes:
        is_company: it is the one of the company's page, which documents of all other currencies name.
        statements: how many files were imported.
    """

    iban: str
    holder: str
    bic: str
    currency: str
    is_default: bool
    is_company: bool
    has_profile: bool
    statements: int


def account_for(provider_id: int, currency: str) -> PayInto | None:
    """Return the account that documents of a currency name, None where the provider has none.

    Args:
        provider_id: whose; its scope is open.
        currency: of the document.
    """
    rows = BankAccount.objects.filter(provider_id=provider_id, currency=currency, is_default=True)
    row = rows.first()
    if row is not None:
        return PayInto(row.holder, row.iban, row.bic)
    company = legal_identity(provider_id)
    if not company.bank_iban:
        return None
    return PayInto(company.bank_holder, company.bank_iban, company.bank_bic)


def transfer_currencies(provider_id: int, currencies: Sequence[str]) -> list[str]:
    """Return those currencies whose documents name an account, in their order, by two queries.

    Args:
        provider_id: whose; its scope is open, since customers do not see the accounts.
        currencies: of which.
    """
    if legal_identity(provider_id).bank_iban:
        return list(currencies)
    rows = BankAccount.objects.filter(provider_id=provider_id, is_default=True)
    named = set(rows.values_list("currency", flat=True))
    return [each for each in currencies if each in named]


def list_accounts(provider_id: int) -> list[AccountView]:
    """Return the provider's accounts by three queries: the company's first, then by currency, defaults before others.

    Args:
        provider_id: whose; its scope is open.
    """
    company = legal_identity(provider_id)
    rows = {row.iban: row for row in BankAccount.objects.filter(provider_id=provider_id)}
    counted = BankStatement.objects.filter(provider_id=provider_id).values("account_id")
    files = {row["account_id"]: row["count"] for row in counted.annotate(count=Count("pk"))}
    if company.bank_iban:
        # The company's page says who holds it; its row may be known by statements only, or not be there yet.
        row = rows.setdefault(
            company.bank_iban, BankAccount(provider_id=provider_id, iban=company.bank_iban)
        )
        row.holder = row.holder or company.bank_holder
        row.bic = row.bic or company.bank_bic
    return sorted(
        (
            _view(row, files.get(row.pk, 0), is_company=iban == company.bank_iban)
            for iban, row in rows.items()
        ),
        key=lambda one: (
            not one.is_company,
            not one.currency,
            one.currency,
            not one.is_default,
            one.iban,
        ),
    )


def known_ibans(provider_id: int) -> list[str]:
    """Return the provider's accounts: the one of the company's page, then the others, the newest first.

    Args:
        provider_id: whose; its scope is open.
    """
    rows = BankAccount.objects.filter(provider_id=provider_id).order_by("-pk")
    present = legal_identity(provider_id).bank_iban
    return list(
        dict.fromkeys([*([present] if present else []), *rows.values_list("iban", flat=True)])
    )


def profile_of(provider_id: int, iban: str) -> CsvProfile | None:
    """Return how the bank of an account writes CSV; None until somebody said so.

    Args:
        provider_id: whose; its scope is open.
        iban: of the account.
    """
    row = BankAccount.objects.filter(provider_id=provider_id, iban=iban).first()
    return CsvProfile.of(row.csv_profile) if row and row.csv_profile else None


def _view(row: BankAccount, statements: int, *, is_company: bool) -> AccountView:
    return AccountView(
        iban=row.iban,
        holder=row.holder,
        bic=row.bic,
        currency=row.currency,
        is_default=row.is_default,
        is_company=is_company,
        has_profile=bool(row.csv_profile),
        statements=statements,
    )
