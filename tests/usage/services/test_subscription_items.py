"""A number of units is told its bounds where it is refused."""

from __future__ import annotations

from decimal import Decimal

import pytest

from usage.errors import SubscriptionConflictError
from usage.services.subscription_items import check_units


class TestCheckUnits:
    @pytest.mark.parametrize("units", ["0", "-1", "1000000000000000000", "Infinity"])
    def test_names_both_ends(self, units: str) -> None:
        with pytest.raises(SubscriptionConflictError) as refused:
            check_units(Decimal(units))

        assert refused.value.message == "A quantity is above 0 and below 10^18."

    def test_takes_what_lies_between(self) -> None:
        check_units(Decimal("0.000000000001"))
        check_units(Decimal("999999999999999999"))
