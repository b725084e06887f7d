"""The account's balance transactions: every movement of its balance, with Stripe's fee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.stripe.account import listing

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account
    from gateway_simulators.stripe.problems import Form, Object


ZERO_DECIMAL: Final = frozenset(
    (
        "bif",
        "clp",
        "djf",
        "gnf",
        "jpy",
        "kmf",
        "krw",
        "mga",
        "pyg",
        "rwf",
        "vnd",
        "vuv",
        "xaf",
        "xof",
        "xpf",
    )
)


def fee_of(amount: int, currency: str, *, is_bank: bool) -> int:
    """Return what Stripe keeps: 2.9 % and 30, of a bank debit 0.8 %, at most 500.

    Args:
        amount: of the charge, in Stripe's units.
        currency: two of them have no fractions although they are counted in hundredths.
        is_bank: a bank debit.
    """
    fee = min((amount * 8 + 500) // 1000, 500) if is_bank else (amount * 29 + 500) // 1000 + 30
    return fee // 100 * 100 if currency in {"isk", "ugx"} else fee


def move(
    account: Account, *, kind: str, category: str, amount: int, fee: int, source: Object
) -> Object:
    """Write one line.

    Args:
        account: whose balance.
        kind: Stripe's type.
        category: Stripe's reporting category.
        amount: positive when the balance rises.
        fee: what Stripe keeps besides, zero or more.
        source: the charge, refund or dispute behind it.
    """
    return account.add(
        "txn",
        "balance_transaction",
        type=kind,
        reporting_category=category,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=source["currency"],
        source=source["id"],
        status="available",
        available_on=account.now,
    )


def list_lines(account: Account, form: Form) -> Object:
    """List movements: `GET /v1/balance_transactions`."""
    found = account.all("balance_transaction")
    return listing("/v1/balance_transactions", form, found, filters=("type", "source", "currency"))


def amount_words(units: int, currency: str) -> str:
    """Return an amount as pages write it.

    Args:
        units: of the currency, as Stripe counts them.
        currency: in small letters.
    """
    if currency in ZERO_DECIMAL:
        return f"{units} {currency.upper()}"
    return f"{units // 100}.{units % 100:02d} {currency.upper()}"
