"""Fees follow local days: month ends, clock changes and odd zones included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from billing_platform.kernel.periods import Period
from usage.enums import FeeAnchor, PricingModel
from usage.pricing.fees import FeeCalendar, covered_share, fee_amount, fee_interval, unused_share
from usage.pricing.spec import parse_spec


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def calendar(
    zone: str, anchor_day: int, starts: str, months: int = 1, anchor: str = FeeAnchor.PERIOD
) -> FeeCalendar:
    return FeeCalendar(zone, anchor_day, at(starts), months, anchor)


class TestFeeInterval:
    @pytest.mark.parametrize(
        ("zone", "day", "moment", "starts", "ends"),
        [
            ("UTC", 31, "2027-02-10T00:00Z", "2027-01-31T00:00Z", "2027-02-28T00:00Z"),
            ("UTC", 31, "2028-02-29T00:00Z", "2028-02-29T00:00Z", "2028-03-31T00:00Z"),
            ("Europe/Berlin", 1, "2026-10-25T12:00Z", "2026-09-30T22:00Z", "2026-10-31T23:00Z"),
            ("Asia/Kathmandu", 1, "2026-11-15T00:00Z", "2026-10-31T19:00Z", "2026-11-30T19:00Z"),
        ],
    )
    def test_it_is_the_billing_month(
        self, zone: str, day: int, moment: str, starts: str, ends: str
    ) -> None:
        found = fee_interval(at(moment), calendar(zone, day, "2026-01-01T00:00Z"))

        assert found == Period(at(starts), at(ends))

    def test_a_year_begins_with_the_month_of_the_contract(self) -> None:
        yearly = calendar("UTC", 1, "2026-03-15T00:00Z", months=12)

        assert fee_interval(at("2027-02-01T00:00Z"), yearly) == Period(
            at("2026-03-01T00:00Z"), at("2027-03-01T00:00Z")
        )

    def test_it_may_follow_the_contract_s_own_day(self) -> None:
        own = calendar("UTC", 1, "2026-01-31T09:00Z", anchor=FeeAnchor.SUBSCRIPTION)

        assert fee_interval(at("2026-03-01T00:00Z"), own) == Period(
            at("2026-02-28T00:00Z"), at("2026-03-31T00:00Z")
        )


class TestShares:
    MONTH = Period(at("2026-03-01T00:00+01:00"), at("2026-04-01T00:00+02:00"))

    def test_the_first_day_counts_whole(self) -> None:
        service = Period(at("2026-03-31T15:00Z"), self.MONTH.ends)

        assert covered_share(self.MONTH, service, "Europe/Berlin") == Fraction(1, 31)

    def test_a_day_of_23_hours_is_a_day(self) -> None:
        service = Period(at("2026-03-29T00:00+01:00"), self.MONTH.ends)

        assert covered_share(self.MONTH, service, "Europe/Berlin") == Fraction(3, 31)

    @pytest.mark.parametrize(
        ("end", "is_replaced", "share"),
        [
            ("2026-03-11T10:00Z", False, Fraction(20, 31)),
            ("2026-03-11T10:00Z", True, Fraction(21, 31)),
            ("2026-03-11T00:00+01:00", False, Fraction(21, 31)),
            ("2026-03-31T22:00Z", False, Fraction(0)),
        ],
    )
    def test_the_day_of_the_end_is_used_unless_something_replaces_it(
        self, end: str, is_replaced: bool, share: Fraction
    ) -> None:
        found = unused_share(
            self.MONTH, self.MONTH, at(end), "Europe/Berlin", is_replaced=is_replaced
        )

        assert found == share

    def test_what_was_paid_for_behind_the_end_is_not_used(self) -> None:
        service = Period(at("2026-03-11T15:00Z"), self.MONTH.ends)

        for end in ("2026-03-11T10:00Z", "2026-03-11T15:00Z"):
            for is_replaced in (True, False):
                found = unused_share(
                    self.MONTH, service, at(end), "Europe/Berlin", is_replaced=is_replaced
                )
                assert found == covered_share(self.MONTH, service, "Europe/Berlin")

    def test_shares_of_a_month_add_up(self) -> None:
        for day in range(1, 31):
            cut = self.MONTH.starts + timedelta(days=day, hours=5)
            later = covered_share(self.MONTH, Period(cut, self.MONTH.ends), "Europe/Berlin")
            unused = unused_share(self.MONTH, self.MONTH, cut, "Europe/Berlin", is_replaced=True)
            assert later == unused


class TestFeeAmount:
    def test_a_licence_may_have_tiers(self) -> None:
        spec = parse_spec(
            PricingModel.VOLUME, {"tiers": [{"up_to": "10", "unit": "5"}, {"unit": "4"}]}
        )

        assert fee_amount(spec, Decimal(20), Fraction(1), exponent=2) == 8000

    def test_a_share_keeps_twelve_places(self) -> None:
        spec = parse_spec(PricingModel.PER_UNIT, {"unit": "0.10"})

        assert fee_amount(spec, Decimal(1), Fraction(2, 3), exponent=2) == Decimal("6.666666666667")
