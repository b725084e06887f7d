"""Frozen values of rates of exchange that cross the border of tax."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from billing_platform.kernel.money import Money


@dataclass(frozen=True, slots=True, kw_only=True)
class QuotedRate:
    """One unit of `base` was worth `rate` units of `quote` on a day; `source` published it."""

    base: str
    quote: str
    rate: Decimal
    on: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NationalTax:
    """Tax in the currency of the state to which it is owed.

    Attributes:
        tax: in the document's currency.
        amount: the same in the state's.
        steps: the rates that led there.
        countries: whose tax it is, as they were asked about; none where it is asked again at known rates.
    """

    tax: Money
    amount: Money
    steps: tuple[QuotedRate, ...]
    countries: tuple[str, ...] = ()
