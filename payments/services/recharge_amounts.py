"""How much a recharge buys and charges; pure, called under the locks of a claim."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING

from payments.enums import Hindrance, RechargeMode

if TYPE_CHECKING:
    from payments.models import RechargeRule
    from payments.selectors.quotes import Quote


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be bought and charged at once, minor units.

    Attributes:
        least, most: of the amount, by the provider; None for no limit.
        day, month: what is left of the customer's caps, tax included; None where it set none.
    """

    least: int | None = None
    most: int | None = None
    day: int | None = None
    month: int | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """What an amount that is bought gives and costs, per unit of it.

    Attributes:
        credit: what the balance rises by; less than 1 where prices include tax.
        price: what is charged; more than 1 where tax comes on top.
    """

    credit: Fraction = Fraction(1)
    price: Fraction = Fraction(1)

    @classmethod
    def of(cls, quote: Quote) -> Rates:
        """Return the rates of a quote.

        Args:
            quote: of any amount above 0.
        """
        amount = quote.amount.amount_minor
        return cls(
            Fraction(quote.credit.amount_minor, amount), Fraction(quote.total.amount_minor, amount)
        )


def amount_to_buy(
    rule: RechargeRule, *, expected: int, limits: Limits, rates: Rates
) -> tuple[int, Hindrance]:
    """Return what is to be bought, minor units; 0 with the reason when nothing is.

    One charge is enough, however far the balance has fallen, unless a limit makes it smaller. What a limit leaves is
    bought as long as it is no less than the provider's minimum.

    Args:
        rule: of the wallet.
        expected: what is available and on its way, minor units; may be below 0.
        limits: what may be bought and charged.
        rates: what an amount gives and costs.
    """
    if expected >= rule.threshold_minor:
        return 0, Hindrance.ENOUGH
    wanted = ceil((rule.amount_minor - expected) / rates.credit)
    if rule.mode == RechargeMode.AMOUNT:
        missing = rule.threshold_minor - expected
        wanted = ceil(missing / (rule.amount_minor * rates.credit)) * rule.amount_minor
    least = limits.least or 1
    amount = max(wanted, least)
    if limits.most is not None:
        amount = min(amount, limits.most)
    for cap, why in ((limits.day, Hindrance.DAILY_CAP), (limits.month, Hindrance.MONTHLY_CAP)):
        if cap is None:
            continue
        # The tax of a smaller amount may be rounded up: the caller looks at the price once more.
        amount = min(amount, floor(cap / rates.price))
        if amount < least:
            return 0, why
    return amount, Hindrance.NONE
