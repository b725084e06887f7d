"""Transfers through django-hordak; a program of its own, run by the interpreter of its own environment.

Reads one request per line from standard input, as JSON, and answers each with one line: `{"accounts": n}` makes a bank
and n customers, `{"transfers": [places]}` credits those customers in turn and returns the seconds that it took,
`{"balances": true}` returns the customers' balances in minor units. `HORDAK_DSN` names database and schema.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

import django
from django.conf import settings
from django.core.management import call_command
from django.db import transaction

AMOUNT = "1.00"


def configure() -> None:
    """Set Django up for one schema of the benchmark's database, and make hordak's tables there."""
    dsn = json.loads(os.environ["HORDAK_DSN"])
    settings.configure(
        INSTALLED_APPS=["django.contrib.contenttypes", "mptt", "djmoney", "hordak"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                **dsn,
                "OPTIONS": {"options": "-c search_path=hordak -c timezone=UTC"},
            }
        },
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        DEFAULT_CURRENCY="USD",
        CURRENCIES=["USD"],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def answer(request: dict[str, Any], accounts: list[Any]) -> dict[str, Any]:
    """Do one request; the bank stands first among the accounts."""
    if "accounts" in request:
        accounts.extend(open_accounts(request["accounts"]))
        return {"accounts": len(accounts) - 1}
    if "transfers" in request:
        return {"seconds": transfer(accounts, request["transfers"])}
    balances = [account.get_balance()["USD"].amount for account in accounts[1:]]
    return {"balances": [int(abs(balance) * 100) for balance in balances]}


def open_accounts(count: int) -> list[Any]:
    """Make a bank and so many customers."""
    from hordak.models import Account, AccountType  # noqa: PLC0415 (needs the settings)

    usd = {"currencies": ["USD"]}
    bank = Account.objects.create(name="Bank", code="1", type=AccountType.asset, **usd)
    customers = [
        Account.objects.create(
            name=f"Customer {number}", code=str(1000 + number), type=AccountType.liability, **usd
        )
        for number in range(count)
    ]
    return [bank, *customers]


def transfer(accounts: list[Any], places: list[int]) -> float:
    """Credit customers in turn, a transaction each, and return the seconds."""
    from djmoney.money import Money  # noqa: PLC0415 (needs the settings)

    amount = Money(AMOUNT, "USD")
    started = time.perf_counter()
    for place in places:
        with transaction.atomic():
            accounts[1 + place].transfer_to(accounts[0], amount)
    return time.perf_counter() - started


def main() -> None:
    """Answer requests until standard input ends."""
    configure()
    accounts: list[Any] = []
    for line in sys.stdin:
        sys.stdout.write(json.dumps(answer(json.loads(line), accounts)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
