"""Texts and figures as XML takes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from decimal import Decimal

# What XML 1.0 has no way to write.
_UNWRITABLE: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def plain(text: object) -> str:
    """Return a text without signs that XML cannot hold; None is nothing."""
    return _UNWRITABLE.sub("", str(text or "")).strip()


def amount(money: Money) -> str:
    """Return an amount in major units with its currency's places."""
    return minor(money.amount_minor, money.currency)


def minor(amount_minor: int, currency: str) -> str:
    """Return minor units of a currency as an amount in major units."""
    return f"{Money(amount_minor, currency).to_major():f}"


def figure(value: Decimal) -> str:
    """Return an exact figure without zeros at its end."""
    return f"{value.normalize():f}"
