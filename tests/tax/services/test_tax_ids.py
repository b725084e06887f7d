"""The form of tax numbers is checked at once, whatever somebody types."""

from __future__ import annotations

import pytest

from tax.errors import InvalidNumber
from tax.services.tax_ids import checked_number, vies_parts


class TestCheckedNumber:
    @pytest.mark.parametrize(
        ("country", "written", "compact"),
        [
            ("DE", "DE 136,695 976", "DE136695976"),
            ("DE", "136695976", "DE136695976"),
            ("FR", "fr 40 303265045", "FR40303265045"),
            ("GR", "EL 094259216", "EL094259216"),
            ("GR", "094259216", "EL094259216"),
            ("GB", "GB 980 7806 84", "980780684"),
            ("IN", "27aapfu0939f1zv", "27AAPFU0939F1ZV"),
            ("CH", "CHE-107.787.577 IVA", "CHE107787577IVA"),
            ("US", "12-3456789", "123456789"),
            ("AE", "100 123 456 700 003", "100123456700003"),
        ],
    )
    def test_makes_it_compact(self, country: str, written: str, compact: str) -> None:
        assert checked_number(country, written) == compact

    @pytest.mark.parametrize(
        ("country", "written"),
        [
            ("DE", "DE136695977"),  # check digit
            ("DE", "FR40303265045"),
            ("DE", ""),
            ("FR", "DE136695976"),
            ("IN", "27AAPFU0939F1ZX"),
            ("AE", "1"),
            ("AE", "<script>alert(1)</script>" * 3),
            ("US", "\x00\x00\x00"),
            ("US", "=HYPERLINK(1)" * 9),
            ("DE", "ＤＥ136695976"),
        ],
    )
    def test_refuses_what_the_country_never_gave(self, country: str, written: str) -> None:
        with pytest.raises(InvalidNumber):
            checked_number(country, written)


def test_vies_writes_greece_as_el() -> None:
    assert vies_parts("GR", "EL094259216") == ("EL", "094259216")
    assert vies_parts("DE", "DE136695976") == ("DE", "136695976")
