"""What a price says it is for."""

from __future__ import annotations

from decimal import Decimal

import pytest

from billing_platform.portal.units import singular, unit_price


class TestUnitPrice:
    @pytest.mark.parametrize(
        ("unit", "one", "many", "said"),
        [
            ("hours", "", None, "1 EUR per hour"),
            ("GB-months", "", None, "1 EUR per GB-month"),
            ("Stunden", "Stunde", None, "1 EUR per Stunde"),
            ("requests", "", Decimal(10000), "1 EUR per 10,000 requests"),
            ("requests", "", Decimal(1), "1 EUR per request"),
            ("", "", None, "1 EUR"),
        ],
    )
    def test_names_one_unit_or_as_many_as_a_package_holds(
        self, unit: str, one: str, many: Decimal | None, said: str
    ) -> None:
        assert unit_price("1 EUR", unit, one=one, many=many) == said


class TestSingular:
    @pytest.mark.parametrize(
        ("unit", "one"),
        [
            ("seconds", "second"),
            ("IPs", "IP"),
            ("addresses", "address"),
            ("boxes", "box"),
            ("services", "service"),
            ("entries", "entry"),
        ],
    )
    def test_a_plural_loses_its_end(self, unit: str, one: str) -> None:
        assert singular(unit) == one

    @pytest.mark.parametrize("unit", ["GB", "ms", "kbps", "IOPS", "status", "bus", "unit"])
    def test_what_is_no_plural_stays(self, unit: str) -> None:
        assert singular(unit) == unit
