"""Money: whole minor units of one currency. Every amount that is stored, posted or shown passes through it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import total_ordering
from typing import TYPE_CHECKING, Final, Self

from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.errors import CurrencyMismatchError, InvalidAmountError
from billing_platform.kernel.rounding import round_to_minor, spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# PostgreSQL's bigint, in which every amount is stored.
AMOUNT_MINOR_MAX: Final = 2**63 - 1


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency.

    Attributes:
        amount_minor: whole minor units, −(2^63 − 1) to 2^63 − 1; negative is owed.
        currency: an active ISO 4217 code.
    """

    amount_minor: int
    currency: str

    def __post_init__(self) -> None:
        # A bool is an int to Python, and 3.0 == 3: neither is an amount.
        if type(self.amount_minor) is not int:
            raise TypeError(
                f"An amount is whole minor units, not {type(self.amount_minor).__name__}."
            )
        exponent(self.currency)
        if abs(self.amount_minor) > AMOUNT_MINOR_MAX:
            raise InvalidAmountError(message=_("This amount is too large."))

    @classmethod
    def zero(cls, currency: str) -> Self:
        """Return nothing, in a currency."""
        return cls(0, currency)

    @classmethod
    def from_major(cls, amount: Decimal, currency: str) -> Self:
        """Return the amount that a person wrote, for instance `Decimal("12.50")`, without rounding.

        Args:
            amount: major units, with no more places than the currency has.
            currency: an ISO 4217 code.

        Raises:
            InvalidAmountError: not finite, too large, or finer than the minor unit.
            UnknownCurrencyError: no such currency.
        """
        places = exponent(currency)
        if not amount.is_finite() or abs(amount.adjusted()) > 30:
            raise InvalidAmountError
        minor = Fraction(amount) * 10**places
        if minor.denominator != 1:
            raise InvalidAmountError(
                message=_("An amount in %(currency)s has at most %(places)s decimal places.")
                % {"currency": currency, "places": places}
            )
        return cls(minor.numerator, currency)

    @classmethod
    def from_exact(cls, exact_minor: Decimal, currency: str) -> Self:
        """Return a rated amount, rounded once, half away from zero.

        Args:
            exact_minor: an exact amount in minor units.
            currency: an ISO 4217 code.

        Raises:
            InvalidAmountError: not finite or too large.
            UnknownCurrencyError: no such currency.
        """
        return cls(round_to_minor(exact_minor), currency)

    @classmethod
    def from_fraction(cls, exact_minor: Fraction, currency: str) -> Self:
        """Return a converted amount, rounded once, half away from zero.

        Args:
            exact_minor: an exact amount in minor units; a division by a rate leaves no decimal.
            currency: an ISO 4217 code.

        Raises:
            InvalidAmountError: too large.
            UnknownCurrencyError: no such currency.
        """
        return cls(_round_fraction(exact_minor), currency)

    def to_major(self) -> Decimal:
        """Return the amount in major units, exact, with the currency's own number of places."""
        sign, digits = (
            (1 if self.amount_minor < 0 else 0),
            tuple(int(digit) for digit in str(abs(self.amount_minor))),
        )
        return Decimal((sign, digits, -exponent(self.currency)))

    def __str__(self) -> str:
        return f"{self.to_major():f} {self.currency}"

    def __bool__(self) -> bool:
        return self.amount_minor != 0

    def __add__(self, other: Money) -> Money:
        return Money(self.amount_minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.amount_minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.amount_minor, self.currency)

    def __abs__(self) -> Money:
        return Money(abs(self.amount_minor), self.currency)

    def __mul__(self, times: int) -> Money:
        if type(times) is not int:
            raise TypeError(
                "Money is multiplied by whole numbers only; rate exactly and round once instead."
            )
        return Money(self.amount_minor * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Money) -> bool:
        return self.amount_minor < self._same(other)

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"Money cannot be combined with {type(other).__name__}.")
        if other.currency != self.currency:
            raise CurrencyMismatchError(
                message=_("%(currency)s and %(currency2)s cannot be combined.")
                % {"currency": self.currency, "currency2": other.currency}
            )
        return other.amount_minor


def sum_money(amounts: Iterable[Money], currency: str) -> Money:
    """Return the sum of amounts, zero of the currency when there are none.

    Args:
        amounts: amounts of one currency.
        currency: the currency of the sum.

    Raises:
        CurrencyMismatchError: an amount is of another currency.
    """
    total = Money.zero(currency)
    for amount in amounts:
        total = total + amount
    return total


def split_money(total: Money, weights: Sequence[int | Decimal]) -> tuple[Money, ...]:
    """Split an amount in proportion to weights, by largest remainder in a stable order; no minor unit is lost.

    Args:
        total: the amount, any sign.
        weights: one per part, none negative, at least one above zero.

    Returns:
        One amount per weight, in order, adding up to `total`; a weight of zero gets zero.

    Raises:
        ValueError: no weights, a negative or not finite one, or all zero.
    """
    shares = [_weight(weight) for weight in weights]
    whole = sum(shares, Fraction(0))
    if whole == 0:
        raise ValueError("A split needs at least one weight above zero.")
    exacts = [total.amount_minor * share / whole for share in shares]
    return tuple(Money(part, total.currency) for part in spread(exacts, total.amount_minor))


def round_lines(exact_minor: Sequence[Decimal], currency: str) -> tuple[Money, ...]:
    """Round the exact amounts of a document's lines so that they add up to their sum rounded once.

    Args:
        exact_minor: exact amounts in minor units, any signs.
        currency: the currency of the document.

    Returns:
        One amount per line, in order, each less than one minor unit away from its exact amount.

    Raises:
        InvalidAmountError: an amount that is not finite or too large.
    """
    for exact in exact_minor:
        round_to_minor(exact)
    exacts = [Fraction(exact) for exact in exact_minor]
    total = _round_fraction(sum(exacts, Fraction(0)))
    return tuple(Money(part, currency) for part in spread(exacts, total))


def _weight(weight: int | Decimal) -> Fraction:
    if isinstance(weight, Decimal) and not weight.is_finite():
        raise ValueError("A weight must be finite.")
    if weight < 0:
        raise ValueError("A weight cannot be negative.")
    return Fraction(weight)


def _round_fraction(exact: Fraction) -> int:
    # Half away from zero without leaving exact arithmetic: the sum may have more digits than a decimal context keeps.
    whole = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return whole if exact >= 0 else -whole
