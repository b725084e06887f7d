"""What a price says, as its maker wrote it: read from JSON, checked, in major units. Called by the catalogue services.

The JSON of a price: `unit` (per unit, or per package), `package_size`, `tiers` (`[{"up_to", "unit", "flat"}, …]`,
the last one without `up_to`), `included` (free units), `discount_percent`, `minimum` and `cap` (amounts per period).
Decimals are strings.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from usage.enums import PricingModel
from usage.errors import InvalidPriceError
from usage.pricing.exact import INFINITY, QUANTITY_PLACES, cut, to_decimal

PLACES_MAX: Final = 18
AMOUNT_MAX: Final = Decimal(10) ** 15
_KEYS: Final = {"unit", "package_size", "tiers", "included", "discount_percent", "minimum", "cap"}


@dataclass(frozen=True, slots=True)
class TierSpec:
    """Units above the tier below, up to `up_to`, at `unit` each, and `flat` once reached (major units)."""

    up_to: Decimal
    unit: Decimal
    flat: Decimal


@dataclass(frozen=True, slots=True)
class PriceSpec:
    """The figures of one price.

    Attributes:
        unit: major units per unit or per package.
        package_size: units in a package; 1 for the other models.
        tiers: of graduated and volume prices; the last one is open.
        included: units that cost nothing; the first tier begins behind them.
        discount_percent: taken off every amount, 0 to 100.
        minimum, cap: least and most of a period, in major units; None for none.
        allows_negative: quantities below zero are charged back at `unit` instead of costing nothing.
    """

    model: PricingModel
    unit: Decimal = Decimal(0)
    package_size: Decimal = Decimal(1)
    tiers: tuple[TierSpec, ...] = ()
    included: Decimal = Decimal(0)
    discount_percent: Decimal = Decimal(0)
    minimum: Decimal | None = None
    cap: Decimal | None = None
    allows_negative: bool = False

    def prorated(self, fraction: Fraction) -> PriceSpec:
        """Return the price of a part of a period: included units, minimum and cap in proportion, cut to 12 places.

        Args:
            fraction: the part, above 0 and at most 1.
        """

        def part(value: Decimal) -> Decimal:
            return to_decimal(cut(Fraction(value) * fraction, 12))

        return replace(
            self,
            included=part(self.included),
            minimum=None if self.minimum is None else part(self.minimum),
            cap=None if self.cap is None else part(self.cap),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the figures as the JSON that `parse_spec` reads."""
        tiers = [
            {
                "up_to": None if tier.up_to == INFINITY else str(tier.up_to),
                "unit": str(tier.unit),
                "flat": str(tier.flat),
            }
            for tier in self.tiers
        ]
        optional = {"minimum": self.minimum, "cap": self.cap}
        return {
            "unit": str(self.unit),
            "package_size": str(self.package_size),
            "tiers": tiers,
            "included": str(self.included),
            "discount_percent": str(self.discount_percent),
            **{name: str(value) for name, value in optional.items() if value is not None},
        }


def parse_spec(
    model: PricingModel, figures: Mapping[str, Any], *, allows_negative: bool = False
) -> PriceSpec:
    """Read and check the figures of a price.

    Args:
        model: the pricing model.
        figures: the JSON of the price, amounts in major units as decimal strings.
        allows_negative: the meter takes quantities below zero.

    Raises:
        InvalidPriceError: a figure is missing, no decimal, has more than 18 places, or contradicts another.
    """
    unknown = set(figures) - _KEYS
    if unknown:
        raise InvalidPriceError(
            message=_("Unknown figures of a price: %(unknown)s.")
            % {"unknown": ", ".join(sorted(unknown))}
        )
    spec = PriceSpec(
        model=model,
        unit=_decimal(figures, "unit", Decimal(0)),
        package_size=_decimal(figures, "package_size", Decimal(1)),
        tiers=tuple(_tier(row) for row in figures.get("tiers") or ()),
        included=_decimal(figures, "included", Decimal(0)),
        discount_percent=_decimal(figures, "discount_percent", Decimal(0)),
        minimum=_optional(figures, "minimum"),
        cap=_optional(figures, "cap"),
        allows_negative=allows_negative,
    )
    _check_shape(spec)
    _check_signs(spec)
    return spec


def _check_shape(spec: PriceSpec) -> None:
    tiered = spec.model in (PricingModel.GRADUATED, PricingModel.VOLUME)
    if tiered != bool(spec.tiers):
        raise InvalidPriceError(
            message=_("Graduated and volume prices have tiers, the others have none.")
        )
    bounds = [tier.up_to for tier in spec.tiers]
    if tiered and (bounds[-1] != INFINITY or not _rises([Decimal(0), *bounds])):
        raise InvalidPriceError(message=_("Tiers rise from above 0, and the last one is open."))
    if spec.model is not PricingModel.PACKAGE and spec.package_size != 1:
        raise InvalidPriceError(message=_("Only a package price has a package size."))
    if spec.package_size <= 0:
        raise InvalidPriceError(message=_("A package holds more than 0 units."))
    if spec.allows_negative and (spec.model is not PricingModel.PER_UNIT or spec.included):
        raise InvalidPriceError(
            message=_(
                "A meter with quantities below zero has a price per unit without included units."
            )
        )


def _check_signs(spec: PriceSpec) -> None:
    bounded = spec.minimum is not None or spec.cap is not None
    plain_unit = spec.model is PricingModel.PER_UNIT and not bounded
    if spec.unit < 0 and not plain_unit:
        raise InvalidPriceError(message=_("Only a plain price per unit may be below zero."))
    if any(tier.unit < 0 or tier.flat < 0 for tier in spec.tiers) or spec.included < 0:
        raise InvalidPriceError(message=_("Tiers and included units are not below zero."))
    if not 0 <= spec.discount_percent <= 100:
        raise InvalidPriceError(message=_("A discount is 0 to 100 percent."))
    if (spec.minimum or 0) < 0 or (spec.cap is not None and spec.cap < (spec.minimum or 0)):
        raise InvalidPriceError(
            message=_("A minimum is not below zero and a cap not below the minimum.")
        )


def _rises(values: Sequence[Decimal]) -> bool:
    return all(low < high for low, high in itertools.pairwise(values))


def _tier(row: Any) -> TierSpec:
    if not isinstance(row, Mapping) or set(row) - {"up_to", "unit", "flat"}:
        raise InvalidPriceError(message=_("A tier has up_to, unit and flat."))
    up_to = INFINITY if row.get("up_to") is None else _decimal(row, "up_to", INFINITY)
    return TierSpec(up_to, _decimal(row, "unit", Decimal(0)), _decimal(row, "flat", Decimal(0)))


def _optional(figures: Mapping[str, Any], name: str) -> Decimal | None:
    return None if figures.get(name) is None else _decimal(figures, name, Decimal(0))


def _decimal(figures: Mapping[str, Any], name: str, default: Decimal) -> Decimal:
    value = figures.get(name)
    if value is None:
        return default
    if not isinstance(value, str | int | Decimal) or isinstance(value, bool):
        raise InvalidPriceError(
            message=_("%(name)s is written as a decimal string.") % {"name": name}
        )
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise InvalidPriceError(message=_("%(name)s is not a decimal.") % {"name": name}) from None
    if not number.is_finite() or abs(number) > AMOUNT_MAX:
        raise InvalidPriceError(message=_("%(name)s is out of range.") % {"name": name})
    if Fraction(number) * 10**QUANTITY_PLACES % 1:
        raise InvalidPriceError(
            message=_("%(name)s has more than %(places)s decimal places.")
            % {"name": name, "places": PLACES_MAX}
        )
    return number
