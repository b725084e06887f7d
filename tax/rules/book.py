"""The rates of one day and how the one that fits a place is found; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tax.enums import STANDARD
from tax.errors import RateMissing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal


@dataclass(frozen=True, slots=True)
class RateRow:
    """A rate that holds on the day.

    Attributes:
        country: ISO 3166, two letters.
        region: state or "" for the whole country.
        postcode_prefix: capital letters and digits, or "" for every postcode.
        category: of what is sold.
        percent: of the net amount.
        name: as documents name the tax.
    """

    country: str
    region: str
    postcode_prefix: str
    category: str
    percent: Decimal
    name: str


@dataclass(frozen=True, slots=True)
class RateBook:
    """All rates of a provider on one day."""

    rows: Sequence[RateRow] = ()

    def rate(self, country: str, category: str, *, region: str = "", postcode: str = "") -> RateRow:
        """Return the one rate of a place: that of the longest postcode prefix, then of the state, then of the country.

        Args:
            country: ISO 3166, two letters.
            category: of what is sold; one without a rate of its own there has the standard one.
            region: state.
            postcode: of the customer.

        Raises:
            RateMissing: there is none.
        """
        fitting = self._fitting(country, category, region, postcode)
        if not fitting:
            raise RateMissing
        return max(fitting, key=lambda row: (len(row.postcode_prefix), bool(row.region)))

    def levels(
        self, country: str, category: str, *, region: str, postcode: str
    ) -> tuple[RateRow, ...]:
        """Return the rates of a state that add up: the state's own and those of every fitting postcode prefix.

        Args:
            country: ISO 3166, two letters.
            category: of what is sold; one without a rate of the whole state has the standard ones, but where a postcode
                prefix has one of its own.
            region: state.
            postcode: of the customer.

        Raises:
            RateMissing: the state has none.
        """
        there = [row for row in self._there(country, region, postcode) if row.region]
        fitting = {row.postcode_prefix: row for row in there if row.category == category}
        if "" not in fitting:
            standard = {row.postcode_prefix: row for row in there if row.category == STANDARD}
            fitting = {**standard, **fitting}
        if not fitting:
            raise RateMissing
        return tuple(sorted(fitting.values(), key=lambda row: (len(row.postcode_prefix), row.name)))

    def _fitting(self, country: str, category: str, region: str, postcode: str) -> list[RateRow]:
        there = self._there(country, region, postcode)
        own = [row for row in there if row.category == category]
        return own or [row for row in there if row.category == STANDARD]

    def _there(self, country: str, region: str, postcode: str) -> list[RateRow]:
        plain = "".join(sign for sign in postcode.upper() if sign.isalnum())
        return [
            row
            for row in self.rows
            if row.country == country
            and row.region in {"", region}
            and plain.startswith(row.postcode_prefix)
        ]
