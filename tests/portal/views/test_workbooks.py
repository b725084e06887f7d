"""Every list as a workbook: the same head, rows and filters as its CSV, and nobody else's."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import URLPattern, get_resolver, reverse
from openpyxl import load_workbook

if TYPE_CHECKING:
    from tests.portal.views.conftest import AsPerson, World

pytestmark = pytest.mark.django_db

LISTS = sorted(
    str(route.name)
    for route in get_resolver("billing_platform.portal.urls").url_patterns
    if isinstance(route, URLPattern)
    and str(route.name).endswith("-csv")
    and not route.pattern.regex.groupindex
)
NEEDS_A_LINE = "billing-line-csv"


def person_of(name: str) -> str:
    """Return who may have the list."""
    return "paula" if name.startswith("provider-") else "alice"


def read(body: bytes) -> list[list[Any]]:
    """Read the cells of a workbook's only sheet."""
    (sheet,) = load_workbook(BytesIO(body)).worksheets
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


class TestWorkbooks:
    def test_there_is_one_for_each_list(self) -> None:
        assert {"provider-clients-csv", "billing-ledger-csv", "provider-audit-csv"} < set(LISTS)

    @pytest.mark.parametrize("name", [name for name in LISTS if name != NEEDS_A_LINE])
    def test_have_the_columns_and_rows_of_the_csv(
        self, world: World, as_person: AsPerson, name: str
    ) -> None:
        browser = as_person(person_of(name))

        lines = b"".join(browser.get(reverse(name))).decode().splitlines()
        answer = browser.get(reverse(name), {"file": "xlsx"})
        cells = read(b"".join(answer))

        assert answer["Content-Disposition"].endswith('.xlsx"')
        assert ",".join(map(str, cells[0])) == lines[0]
        assert len(cells) == len(lines)
        assert "Canary-Aria" not in str(cells)

    def test_follow_the_filter_and_hold_numbers(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("paula").get("/provider/clients.csv", {"q": "acme", "file": "xlsx"})

        head, row = read(b"".join(answer))

        assert row[head.index("name")] == "Acme Canary-Acme"
        assert Decimal(str(row[head.index("balance")])) == 40

    def test_hold_moments_as_moments(self, world: World, as_person: AsPerson) -> None:
        answer = as_person("alice").get(reverse("billing-ledger-csv"), {"file": "xlsx"})

        head, row, *_ = read(b"".join(answer))

        assert isinstance(row[head.index("posted_at")], date)
        assert isinstance(row[head.index("amount")], int | float)

    @pytest.mark.parametrize(("person", "status"), [("alice", 403), ("mallory", 404)])
    def test_are_for_whom_the_list_is(
        self, world: World, as_person: AsPerson, person: str, status: int
    ) -> None:
        answer = as_person(person).get("/provider/clients.csv", {"file": "xlsx"})

        assert answer.status_code == status
