"""An amount in another currency at stored rates; pure. Called by `tax.selectors.exchange`."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tax.types_exchange import QuotedRate

# Central banks publish against the currency of their own; the European one against the euro.
PIVOT: Final = "EUR"


def way(rates: Sequence[QuotedRate], source: str, target: str) -> tuple[QuotedRate, ...]:
    """Return the rates that lead from one currency to another; empty when none do.

    Args:
        rates: the newest first.
        source: ISO 4217.
        target: another one.

    Returns:
        The newest rate between the two, or the newest two of one day against the euro when they are newer.

    Source: Directive 2006/112/EC, Art. 91(2): currencies other than the euro are converted by the euro rate of each.
    """
    direct = _newest(rates, source, target)
    crossed = _through(rates, source, target)
    if direct is None or (crossed and crossed[0].on > direct.on):
        return crossed
    return (direct,)


def converted(amount: Money, target: str, steps: Sequence[QuotedRate]) -> Money:
    """Return an amount in another currency, rounded once.

    Args:
        amount: any.
        target: ISO 4217.
        steps: of `way`; each leads from the currency that is reached to its other one.

    Raises:
        ValueError: the steps do not lead there.
    """
    here, exact = amount.currency, Fraction(amount.amount_minor, 10 ** exponent(amount.currency))
    for step in steps:
        if here not in {step.base, step.quote}:
            raise ValueError(f"A rate of {step.base} and {step.quote} does not convert {here}.")
        rate = Fraction(step.rate)
        exact, here = (exact * rate, step.quote) if here == step.base else (exact / rate, step.base)
    if here != target:
        raise ValueError(f"These rates lead to {here}, not to {target}.")
    return Money.from_fraction(exact * 10 ** exponent(target), target)


def _newest(rates: Sequence[QuotedRate], one: str, other: str) -> QuotedRate | None:
    return next((rate for rate in rates if {rate.base, rate.quote} == {one, other}), None)


def _through(rates: Sequence[QuotedRate], source: str, target: str) -> tuple[QuotedRate, ...]:
    if PIVOT in {source, target}:
        return ()
    for first in rates:
        if {first.base, first.quote} == {source, PIVOT}:
            second = _newest([rate for rate in rates if rate.on == first.on], PIVOT, target)
            if second is not None:
                return first, second
    return ()
