"""FOCUS rows become events; two prices of one sku find two meters or an override."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.usage.importers.focus_file import focus_file, row
from usage.importers.focus import BadRow, FocusRow, NotFocusError, PriceBook, read_rows, to_event
from usage.intake.verdicts import Reason


def read(*rows: dict[str, Any]) -> list[FocusRow | BadRow]:
    return list(read_rows(io.StringIO(focus_file(*rows))))


def good(*rows: dict[str, Any]) -> list[FocusRow]:
    return [item for item in read(*rows) if isinstance(item, FocusRow)]


class TestReadRows:
    def test_it_reads_a_row(self) -> None:
        (item,) = good(row(PricingQuantity="-0.000000000001", ListUnitPrice="0.0000000001"))

        assert (item.event_id, item.tenant, item.tenant_name, item.sku) == (
            "1",
            "1001",
            "Acme",
            "SKU1",
        )
        assert item.quantity == Decimal("-0.000000000001")
        assert item.unit_price == Decimal("0.0000000001")
        assert item.at == datetime(2026, 10, 5, 14, tzinfo=UTC)
        assert item.period_start == datetime(2026, 10, 1, tzinfo=UTC)

    def test_null_means_empty(self) -> None:
        (item,) = good(row(ResourceId="NULL", SubAccountName="NULL"))

        assert (item.resource, item.tenant_name) == ("", "1001")

    @pytest.mark.parametrize(
        "time", ["2026-10-05T14:00:00Z", "2026-10-05T16:00:00+02:00", "2026-10-05 14:00:00"]
    )
    def test_times_are_utc(self, time: str) -> None:
        (item,) = good(row(ChargePeriodStart=time))

        assert item.at == datetime(2026, 10, 5, 14, tzinfo=UTC)

    @pytest.mark.parametrize(
        ("changes", "reason"),
        [
            ({"Id": "NULL"}, Reason.INVALID_ID),
            ({"SubAccountId": "NULL"}, Reason.INVALID_TENANT),
            ({"SkuPriceId": ""}, Reason.INVALID_TYPE),
            ({"PricingQuantity": "NULL"}, Reason.INVALID_QUANTITY),
            ({"PricingQuantity": "NaN"}, Reason.INVALID_QUANTITY),
            ({"PricingQuantity": "1e30"}, Reason.TOO_LARGE),
            ({"ListUnitPrice": "NULL"}, Reason.INVALID_QUANTITY),
            ({"ChargePeriodStart": "yesterday"}, Reason.INVALID_TIME),
            ({"BillingCurrency": "usd"}, Reason.INVALID_DATA),
            ({"SubAccountName": "x" * 10_000}, Reason.TOO_LONG),
            ({"SubAccountName": "a\0b"}, Reason.INVALID_TENANT),
        ],
    )
    def test_a_bad_row_never_loses_the_rest(self, changes: dict[str, Any], reason: Reason) -> None:
        items = read(row(**changes), row(Id="2"))

        assert isinstance(items[0], BadRow)
        assert items[0].reason == reason
        assert isinstance(items[1], FocusRow)

    def test_a_short_line_is_one_bad_row(self) -> None:
        items = list(read_rows(io.StringIO(focus_file(row()) + "only,three,cells\n")))

        assert [type(item) for item in items] == [FocusRow, BadRow]

    def test_a_file_without_the_columns_is_refused(self) -> None:
        with pytest.raises(NotFocusError, match="SubAccountId"):
            list(read_rows(io.StringIO("Id,Cost\n1,2\n")))


class TestPriceBook:
    def codes(self, *rows: dict[str, Any]) -> tuple[PriceBook, list[str]]:
        book, items = PriceBook(), good(*rows)
        for item in items:
            book.learn(item)
        return book, [book.meter_code(item) for item in items]

    def test_one_price_is_the_list_price(self) -> None:
        book, codes = self.codes(row(), row(SubAccountId="1002", ListUnitPrice="0.1000"))

        assert codes == ["SKU1", "SKU1"]
        assert book.overrides() == {}

    def test_another_tenants_price_is_an_override(self) -> None:
        book, codes = self.codes(row(), row(SubAccountId="1002", ListUnitPrice="0.12"))

        assert codes == ["SKU1", "SKU1"]
        assert book.overrides() == {("1002", "SKU1", "USD"): Decimal("0.12")}

    def test_a_tenants_second_price_is_a_second_meter(self) -> None:
        book, codes = self.codes(row(), row(ListUnitPrice="0.1200"), row())

        assert codes == ["SKU1", "SKU1@0.12", "SKU1"]
        assert book.base[("SKU1@0.12", "USD")] == Decimal("0.12")

    def test_an_override_and_a_second_meter_meet(self) -> None:
        rows = (row(), row(SubAccountId="1002", ListUnitPrice="0.12"), row(SubAccountId="1002"))
        book, codes = self.codes(*rows)

        assert codes == ["SKU1", "SKU1", "SKU1@0.1"]
        assert book.overrides() == {("1002", "SKU1", "USD"): Decimal("0.12")}

    def test_currencies_have_prices_of_their_own(self) -> None:
        book, codes = self.codes(
            row(), row(SubAccountId="1002", BillingCurrency="EUR", ListUnitPrice="0.2")
        )

        assert codes == ["SKU1", "SKU1"]
        assert book.overrides() == {}


class TestToEvent:
    def test_the_digest_does_not_depend_on_the_meter(self) -> None:
        (item,) = good(row())

        assert to_event(item, "SKU1").digest == to_event(item, "SKU1@0.1").digest

    @pytest.mark.parametrize(
        "changes", [{"PricingQuantity": "2"}, {"ListUnitPrice": "0.2"}, {"ResourceId": "b"}]
    )
    def test_another_row_has_another_digest(self, changes: dict[str, Any]) -> None:
        first, second = good(row(), row(**changes))

        assert to_event(first, "SKU1").digest != to_event(second, "SKU1").digest
