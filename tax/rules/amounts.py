"""Tax of a group of lines, from net or gross amounts, rounded half away from zero; pure, whole minor units in and out.

One group holds the lines with the same treatment. Its tax is rounded once, and the lines get their shares of it by
largest remainder, so that they always add up; with `per_line` each line is a group of its own.

Source: EN 16931-1:2017, BR-CO-17 (tax of a group = its base × its rate, rounded) and BR-CO-14 (the document's tax = the
sum of the groups'); CJEU C-484/06 Ahold and C-302/07 Wetherspoon (the method of rounding is left to the member states).
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rounding import spread

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal

_HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class GroupAmounts:
    """The amounts of a group.

    Attributes:
        base: its net sum.
        taxes: one per tax, in the order of the rates.
        nets: one per line, adding up to `base`.
        line_taxes: one per line, adding up to the sum of `taxes`.
    """

    base: int
    taxes: tuple[int, ...]
    nets: tuple[int, ...]
    line_taxes: tuple[int, ...]


def group_amounts(
    amounts: Sequence[int],
    percents: Sequence[Decimal],
    *,
    includes_tax: bool,
    per_line: bool = False,
) -> GroupAmounts:
    """Return net amounts and taxes of a group of lines.

    Args:
        amounts: minor units of each line, any signs.
        percents: of each tax, 0 to 100; all on the same base.
        includes_tax: the amounts are gross.
        per_line: round on every line instead of once.

    Returns:
        Amounts that add up: the nets to the base, the lines' taxes to the taxes, and with `includes_tax` each
        line's net and tax to its amount.
    """
    if not per_line:
        return _once(amounts, percents, includes_tax=includes_tax)
    lines = [_once([amount], percents, includes_tax=includes_tax) for amount in amounts]
    return GroupAmounts(
        base=sum(line.base for line in lines),
        taxes=tuple(sum(line.taxes[at] for line in lines) for at in range(len(percents))),
        nets=tuple(line.base for line in lines),
        line_taxes=tuple(sum(line.taxes) for line in lines),
    )


def _once(
    amounts: Sequence[int], percents: Sequence[Decimal], *, includes_tax: bool
) -> GroupAmounts:
    total = sum(amounts)
    whole = Fraction(sum(Fraction(percent) for percent in percents), _HUNDRED)
    if not includes_tax:
        taxes = taxes_of(total, percents)
        exacts = [amount * whole for amount in amounts]
        return GroupAmounts(total, taxes, tuple(amounts), _shares(exacts, sum(taxes)))
    base, taxes = _out_of(total, percents, whole)
    nets = _shares([amount / (1 + whole) for amount in amounts], base)
    line_taxes = tuple(amount - net for amount, net in zip(amounts, nets, strict=True))
    return GroupAmounts(base, taxes, nets, line_taxes)


def taxes_of(base: int, percents: Sequence[Decimal]) -> tuple[int, ...]:
    """Return each tax on a base, rounded half away from zero.

    Args:
        base: minor units, any sign.
        percents: of each tax.
    """
    return tuple(_rounded(base * Fraction(percent) / _HUNDRED) for percent in percents)


def _out_of(
    gross: int, percents: Sequence[Decimal], whole: Fraction
) -> tuple[int, tuple[int, ...]]:
    """Return the base whose taxes make up the gross amount; where no base does, the nearest, its taxes shared out.

    Taxes of the same rate are the same then, too, and the base gives way: India's two halves are levied on one value
    at one rate (CGST Act 2017, s. 9; the states' SGST Acts, s. 9).
    """
    nearest = _rounded(gross / (1 + whole))
    for base in (nearest, nearest - 1, nearest + 1):
        taxes = taxes_of(base, percents)
        if base + sum(taxes) == gross:
            return base, taxes
    exacts = [gross / (1 + whole) * Fraction(percent) / _HUNDRED for percent in percents]
    if len(exacts) > 1 and len({*exacts}) == 1:
        halves = tuple(map(_rounded, exacts))
        return gross - sum(halves), halves
    return nearest, _shares(exacts, gross - nearest)


def _shares(exacts: Sequence[Fraction], total: int) -> tuple[int, ...]:
    """Share a total out by largest remainder; several taxes rounded apart may be more than half a unit away in sum."""
    off = total - _rounded(sum(exacts, Fraction(0)))
    shares = list(spread(exacts, total - off))
    step = 1 if off >= 0 else -1
    # What rounding taxes apart left over goes to the largest lines, the earlier first.
    order = sorted(range(len(exacts)), key=lambda at: (-abs(exacts[at]), at))
    for at in range(abs(off)):
        shares[order[at % len(order)]] += step
    return tuple(shares)


def _rounded(exact: Fraction) -> int:
    # Half away from zero, the same as the kernel's rounding of decimals.
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole
