"""The benchmark of pages on a handful of tenants: every page of the resolver is asked and shows its rows."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import CommandError, call_command
from django.http import HttpResponse
from django.urls import path

from billing_platform.benchmarks import page_questions, page_routes
from billing_platform.benchmarks.management.commands import bench
from billing_platform.benchmarks.page_data import Customer, Scenery
from billing_platform.benchmarks.page_routes import (
    UnfilledRouteError,
    require_known_arguments,
    visits,
)
from billing_platform.benchmarks.pages import (
    PageFailedError,
    PagesReport,
    PageTimes,
    _Browsers,
    _take,
    measure_pages,
)
from tests.cast import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

CUSTOMER = Customer(1, "ten_1", "Acme", 1)
NAMES = (
    "key_id",
    "plan_id",
    "version_id",
    "price_id",
    "meter_id",
    "move_id",
    "line_id",
    "parked_id",
    "refused_id",
    "upload_id",
    "system_id",
    "folder_id",
)
NUMBERS = dict.fromkeys(NAMES, 1)
WORDS = dict.fromkeys(
    (
        *("payment", "document", "syntax", "method", "setup", "recharge", "recharge_token"),
        *("currency", "wanted", "dispute", "connection", "gateway", "line", "statement"),
        *("iban", "campaign"),
    ),
    "word",
)
SCENERY = Scenery(1, 1, (CUSTOMER, CUSTOMER), NOW, NOW, NUMBERS, (WORDS, WORDS), "token")


@pytest.fixture
def _real_commits(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The harness makes and drops a database of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


class TestMeasurePages:
    @pytest.mark.usefixtures("_real_commits")
    def test_asks_every_page_by_as_many_queries_for_every_customer(
        self, template_database: str
    ) -> None:
        report = measure_pages(
            tenants=200, entries=4000, repeat=2, tell=lambda _: None, template=template_database
        )

        asked = {page.page.partition("?")[0] for page in report.pages}
        assert {"provider-clients", "provider-client", "billing-line", "provider-dashboard"} < asked
        assert "set-theme" not in asked  # it only takes what is sent to it
        assert [page.page for page in report.pages if len(page.counts) > 1] == []
        assert set(report.as_json()[0]) == {"page", "queries", "p50_ms", "p95_ms"}


class TestVisits:
    def test_fail_when_an_address_cannot_be_filled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        view = SimpleNamespace(access=SimpleNamespace(kind="provider"))
        unknown = path("provider/<int:riddle>/", lambda _: HttpResponse(), name="riddle")
        unknown.callback = view  # type: ignore[assignment]
        monkeypatch.setattr(page_routes, "_patterns", lambda: [unknown])

        with pytest.raises(UnfilledRouteError, match="riddle"):
            require_known_arguments()

    def test_fill_every_argument_that_they_know(self) -> None:
        filled = set(page_routes._arguments(SCENERY, 0))

        assert filled == {*page_routes.ARGUMENTS, "recharge_token"}

    def test_name_only_pages_that_there_are(self) -> None:
        names = {visit.page.partition("?")[0] for visit in visits(SCENERY)}

        assert {name.partition("?")[0] for name in page_questions.MARKS} <= names
        assert set(page_questions.ASKED) <= names


class TestTake:
    @pytest.mark.parametrize(
        ("status", "body"), [(200, "nothing"), (404, "the row"), (500, "the row")]
    )
    def test_gives_no_figure_for_a_page_that_fails(self, status: int, body: str) -> None:
        visit = page_routes.Visit("page", "public", (("/", None, "the row"),))

        with pytest.raises(PageFailedError):
            _take(visit, fixed(HttpResponse(body, status=status)), 1)

    def test_leaves_out_what_only_takes(self) -> None:
        visit = page_routes.Visit("page", "public", (("/", None, ""),))

        assert _take(visit, fixed(HttpResponse(status=405)), 1) is None


class TestBenchPages:
    @pytest.mark.parametrize(
        ("page", "problem"),
        [
            (PageTimes("billing", frozenset({9}), (1.0,) * 19 + (500.0,)), None),
            (PageTimes("billing", frozenset({9}), (1.0,) * 18 + (101.0,) * 2), "billing: 101 ms"),
            (PageTimes("billing", frozenset({9, 7}), (1.0,)), "7, 9"),
            (PageTimes("billing-payments-csv", frozenset({9, 7}), (4999.0,)), None),
            (PageTimes("billing-payments-csv", frozenset({9}), (5001.0,)), "5001 ms"),
        ],
    )
    def test_prints_the_figures_and_fails_where_one_is_missed(
        self, monkeypatch: pytest.MonkeyPatch, page: PageTimes, problem: str | None
    ) -> None:
        monkeypatch.setattr(bench, "measure_pages", lambda **_: PagesReport((page,)))
        out = io.StringIO()

        if problem is None:
            call_command("bench", "pages", "--json", stdout=out)
        else:
            with pytest.raises(CommandError, match=problem):
                call_command("bench", "pages", "--json", stdout=out)

        (found,) = json.loads(out.getvalue())
        assert (found["page"], found["queries"]) == (page.page, 9)


def fixed(answer: HttpResponse) -> _Browsers:
    """Return browsers that get one answer whatever they ask for."""

    class Browser:
        def get(self, *_: Any, **__: Any) -> HttpResponse:
            return answer

    return _Browsers(known={None: Browser()})  # type: ignore[dict-item]
