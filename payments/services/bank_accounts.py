"""The provider's bank accounts: added, named on documents of a currency, and how their banks write CSV."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.utils.translation import gettext as _
from stdnum import bic, iban
from stdnum.exceptions import ValidationError

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.locks import hold_name
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from payments.errors_bank import AccountUnknown, InvalidBankAccount
from payments.models import BankAccount
from payments.selectors.bank_accounts import known_ibans
from payments.services.transactions import own_transaction
from payments.statements.errors import ForeignAccount

if TYPE_CHECKING:
    from datetime import datetime

    from payments.statements.csv_profile import CsvProfile

_HOLDER_MAX: Final = 70
_LOCK: Final = "payments.bank_accounts"


@dataclass(frozen=True, kw_only=True)
class AccountTerms:
    """An account as it was typed in.

    Attributes:
        iban, bic: with or without spaces.
        currency: in which customers pay into it.
        is_default: whether documents of the currency name it.
    """

    iban: str
    holder: str
    currency: str
    bic: str = ""
    is_default: bool = True


def save_account(*, provider_id: int, terms: AccountTerms, now: datetime) -> str:
    """Add an account, or change one by its IBAN; documents that are issued stay as they are.

    Args:
        provider_id: whose; no scope needs to be open.
        terms: all of it.
        now: the present moment.

    Returns:
        The IBAN, compact.

    Raises:
        InvalidBankAccount: its code says what: `invalid_iban`, `invalid_bic`, `invalid_currency`, `invalid_holder`.

    Idempotency: by state. Two at the same time follow each other; of one currency one is the default, by a unique key.
    Source: ISO 13616 (IBAN), ISO 9362 (BIC), by python-stdnum.
    """
    number, bank = _checked(terms)
    with transaction.atomic(), provider_scope(provider_id):
        hold_name(_LOCK, provider_id)
        _made_account(provider_id, number, now)
        _lock_all(provider_id)
        if terms.is_default:
            _clear_default(provider_id, terms.currency)
        BankAccount.objects.filter(provider_id=provider_id, iban=number).update(
            holder=terms.holder.strip(),
            bic=bank,
            currency=terms.currency,
            is_default=terms.is_default,
        )
    return number


def set_default(*, provider_id: int, number: str, is_default: bool) -> None:
    """Let documents of an account's currency name it, or no longer; then the company's account stands there.

    Args:
        provider_id: whose; no scope needs to be open.
        number: its IBAN, compact.
        is_default: which of both.

    Raises:
        AccountUnknown: the provider has no such account, or it has no currency.

    Idempotency: by state.
    """
    with transaction.atomic(), provider_scope(provider_id):
        hold_name(_LOCK, provider_id)
        row = next((each for each in _lock_all(provider_id) if each.iban == number), None)
        if row is None or not row.currency:
            raise AccountUnknown
        if is_default:
            _clear_default(provider_id, row.currency)
        row.is_default = is_default
        row.save(update_fields=["is_default"])


def save_profile(*, provider_id: int, profile: CsvProfile, now: datetime, number: str = "") -> None:
    """Say how the bank of an account writes CSV; files that were imported stay as they are.

    Args:
        provider_id: whose; no transaction is open.
        profile: the whole of it.
        now: the present moment.
        number: the account's IBAN, "" for the one of the company's page.

    Raises:
        StatementUnreadable: nothing can be read by it.
        ForeignAccount: the provider has no account yet, or not this one.

    Idempotency: by state.
    """
    profile.check()
    with own_transaction(provider_id):
        row = locked_account(provider_id, chosen_iban(known_ibans(provider_id), number), now)
        row.csv_profile = profile.as_json()
        row.save(update_fields=["csv_profile"])


def chosen_iban(ibans: list[str], wanted: str) -> str:
    """Return the account that was chosen, without a choice the first one.

    Raises:
        ForeignAccount: the provider has no account yet, or not this one.
    """
    if not ibans:
        raise ForeignAccount(message=_("Enter your bank account on your company's page first."))
    if wanted and wanted not in ibans:
        raise ForeignAccount
    return wanted or ibans[0]


def locked_account(provider_id: int, number: str, now: datetime) -> BankAccount:
    """Return an account, made when there is none, locked: imports of one account follow each other."""
    _made_account(provider_id, number, now)
    rows = BankAccount.objects.select_for_update(no_key=True)
    return rows.get(provider_id=provider_id, iban=number)


def _made_account(provider_id: int, number: str, now: datetime) -> None:
    BankAccount.objects.get_or_create(
        provider_id=provider_id, iban=number, defaults={"created_at": now}
    )


def _lock_all(provider_id: int) -> list[BankAccount]:
    """Lock the accounts in the order in which an import locks those of its file."""
    rows = BankAccount.objects.select_for_update(no_key=True).filter(provider_id=provider_id)
    return list(rows.order_by("iban"))


def _clear_default(provider_id: int, currency: str) -> None:
    rows = BankAccount.objects.filter(provider_id=provider_id, currency=currency)
    rows.filter(is_default=True).update(is_default=False)


def _checked(terms: AccountTerms) -> tuple[str, str]:
    """Return IBAN and BIC, compact."""
    holder = terms.holder.strip()
    if not holder or len(holder) > _HOLDER_MAX or not holder.isprintable():
        raise InvalidBankAccount("invalid_holder", _("Name the holder, by 70 signs at most."))
    try:
        Money(0, terms.currency).to_major()
    except DomainError as error:
        raise InvalidBankAccount("invalid_currency", _("This is not a currency.")) from error
    try:
        number = str(iban.validate(terms.iban))
    except ValidationError as error:
        raise InvalidBankAccount("invalid_iban", _("This is not an IBAN.")) from error
    try:
        return number, str(bic.validate(terms.bic)) if terms.bic.strip() else ""
    except ValidationError as error:
        raise InvalidBankAccount("invalid_bic", _("This is not a BIC.")) from error
