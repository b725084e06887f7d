"""Downloads of lists: the same rows as CSV and as a workbook, which is read back here by another library."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import pytest
from django.test import RequestFactory
from openpyxl import load_workbook

from billing_platform.portal.csv_export import csv_lines, text_cell
from billing_platform.portal.list_files import list_file
from billing_platform.portal.templatetags.lists import as_workbook
from billing_platform.portal.xlsx_export import workbook_parts
from tenants.types import Membership

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from billing_platform.portal.list_cells import Cell
    from tenants.access import MemberRequest

HEAD = ["name", "amount", "day", "at", "number"]
ROW: Sequence[Cell] = [
    "Acme",
    Decimal("-12.50"),
    date(2026, 11, 21),
    datetime(2026, 11, 21, 13, 5, 7, tzinfo=ZoneInfo("Europe/Berlin")),
    1234,
]
# Whatever a spreadsheet could run, and what the writer itself would take for its own mark-up.
ATTACKS = [
    '=HYPERLINK("https://evil.example";"Pay")',
    "=1+1",
    "+49 30 1234",
    "-2+3",
    "@SUM(A1)",
    "\t=1+1",
    "{=1+1}",
    "https://evil.example/?a=1",
    "<r><t>bold</t></r>",
    "<r></is></c><c><f>1+1</f></c></r>",
    "a\x07b",
]


def sheets(body: bytes) -> Any:
    """Read a workbook back."""
    return load_workbook(BytesIO(body))


def table(rows: Sequence[Sequence[Cell]]) -> list[list[Any]]:
    """Write a list and read its cells back, the head first."""
    book = sheets(b"".join(workbook_parts(HEAD, iter(rows))))
    return [list(row) for row in book.worksheets[0].iter_rows()]


def asked(**query: str) -> MemberRequest:
    """Return the request of a list's file."""
    return cast("MemberRequest", RequestFactory().get("/x", query))


class TestListFile:
    def test_streams_csv(self) -> None:
        rows: list[list[Cell]] = [["1", 'say "hi", x'], ["2", "ü"]]

        response = list_file(asked(), "clients", ["a", "b"], lambda: rows)

        body = b"".join(response).decode()
        assert body.splitlines() == ["a,b", '1,"say ""hi"", x"', "2,ü"]
        assert response["Content-Disposition"] == 'attachment; filename="clients.csv"'
        assert response["Cache-Control"] == "private, no-store"

    def test_sends_a_workbook_where_the_address_asks_for_one(self) -> None:
        response = list_file(asked(file="xlsx"), "clients", ["a"], lambda: [["1"]])

        assert response["Content-Disposition"] == 'attachment; filename="clients.xlsx"'
        assert response["Content-Type"].endswith("spreadsheetml.sheet")
        assert [cell.value for cell in sheets(b"".join(response)).worksheets[0]["A"]] == ["a", "1"]

    def test_heavy_rows_are_let_go_before_they_fill_the_memory(self) -> None:
        request = cast("MemberRequest", RequestFactory().head("/x"))
        request.membership = Membership(1, "Nimbus", None, None, "owner")

        def rows() -> Iterator[Sequence[Cell]]:
            for _ in range(5_000):
                yield ["x" * 65_536]

        tracemalloc.start()
        try:
            response = list_file(request, "events", ["sent"], rows)
            highest = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

        assert response.status_code == 302
        assert highest < 48 * 1024 * 1024  # 312 MiB would be all of them

    def test_the_workbook_is_asked_for_beside_the_filters(self) -> None:
        assert as_workbook("/clients.csv") == "/clients.csv?file=xlsx"
        assert as_workbook("/clients.csv?q=a") == "/clients.csv?q=a&file=xlsx"


class TestCsv:
    def test_writes_each_kind_of_cell(self) -> None:
        rows: list[Sequence[Cell]] = [ROW, ["", None, None, None, Decimal("1E+3")]]

        lines = list(csv_lines(HEAD, rows))

        assert lines[1] == "Acme,-12.50,2026-11-21,2026-11-21T13:05:07+01:00,1234\r\n"
        assert lines[2] == ",,,,1000\r\n"

    def test_disarms_formulas(self) -> None:
        assert text_cell("=1+1") == "'=1+1"
        assert text_cell("@SUM(A1)") == "'@SUM(A1)"
        assert text_cell("Acme") == "Acme"
        assert list(csv_lines(["a"], [["=1+1"]]))[1] == "'=1+1\r\n"


class TestWorkbook:
    def test_amounts_are_numbers_with_their_decimals(self) -> None:
        _, (_, amount, _, _, number) = table([ROW])

        assert (amount.data_type, amount.value, amount.number_format) == ("n", -12.5, "0.00")
        assert (number.data_type, number.value, number.number_format) == ("n", 1234, "0")

    def test_days_and_moments_are_dates_of_their_zone(self) -> None:
        _, (_, _, day, at, _) = table([ROW])

        assert (day.is_date, day.value) == (True, datetime(2026, 11, 21))  # noqa: DTZ001 (a day)
        assert at.is_date
        assert at.value == datetime(2026, 11, 21, 13, 5, 7)  # noqa: DTZ001 (the zone is in the format)
        assert at.number_format == 'yyyy-mm-dd hh:mm:ss "+01:00"'

    def test_no_digit_is_lost(self) -> None:
        figures = [Decimal("12345678901234567.89"), Decimal("0.000000001200"), Decimal("3.10")]

        _, cells = table([[*figures, datetime(1, 1, 1, tzinfo=UTC), Decimal("1E+3")]])

        assert (cells[0].data_type, cells[0].value) == ("s", "12345678901234567.89")
        assert Decimal(str(cells[1].value)) == Decimal("0.0000000012")
        assert (cells[1].number_format, cells[2].number_format) == ("0.0000000000", "0.00")
        assert cells[3].value == "0001-01-01T00:00:00+00:00"
        assert cells[4].value == 1000

    @pytest.mark.parametrize("text", ATTACKS)
    def test_texts_are_never_run(self, text: str) -> None:
        body = b"".join(workbook_parts(["name"], iter([[text]])))

        cell = sheets(body).worksheets[0]["A2"]
        assert cell.data_type == "s"
        assert cell.value.rstrip() in {text, text.replace("\x07", "_x0007_")}
        assert cell.hyperlink is None
        names = ZipFile(BytesIO(body)).namelist()
        assert [name for name in names if "vba" in name.lower() or "external" in name] == []
        assert b"<f>" not in ZipFile(BytesIO(body)).read("xl/worksheets/sheet1.xml")

    def test_an_empty_list_has_its_head(self) -> None:
        assert [[cell.value for cell in row] for row in table([])] == [HEAD]

    def test_rows_that_no_sheet_holds_stand_in_the_next_one(self) -> None:
        told: list[list[Cell]] = [[str(number)] for number in range(5)]

        book = sheets(b"".join(workbook_parts(["a"], iter(told), most=2)))

        assert [[cell.value for cell in sheet["A"]] for sheet in book.worksheets] == [
            ["a", "0", "1"],
            ["a", "2", "3"],
            ["a", "4"],
        ]
        assert book.sheetnames == ["List", "List 2", "List 3"]

    def test_a_full_sheet_is_followed_by_none(self) -> None:
        book = sheets(b"".join(workbook_parts(["a"], iter([["0"], ["1"]]), most=2)))

        assert len(book.worksheets) == 1

    def test_lies_where_uploads_do_while_it_is_written(self, settings: Any, tmp_path: Path) -> None:
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
        seen: list[str] = []

        def rows() -> Iterator[Sequence[Cell]]:
            seen.extend(path.name for path in tmp_path.iterdir())
            yield ["1"]

        assert b"".join(workbook_parts(["a"], rows()))

        assert [name.startswith("billing-list-") for name in seen] == [True]
        assert list(tmp_path.iterdir()) == []

    def test_memory_does_not_grow_with_the_rows(self) -> None:
        few, many = peak(500), peak(5_000)

        assert many < few + 400_000


def peak(count: int) -> int:
    """Return the highest use of memory while a list is written and its parts are let go."""

    def rows() -> Iterator[Sequence[Cell]]:
        for number in range(count):
            yield [f"Client {number} with a name", Decimal(number), ROW[2], ROW[3], number]

    tracemalloc.start()
    try:
        for _ in workbook_parts(HEAD, rows()):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
