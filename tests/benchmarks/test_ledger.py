"""The harness of the ledger benchmark, on a handful of accounts: equal balances or no figure. Nothing here is timed."""

from __future__ import annotations

import io
import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from billing_platform.benchmarks import ledger
from billing_platform.benchmarks.errors import SumsDifferError
from billing_platform.benchmarks.ledger import ROUNDS, measure_ledger, require_equal_balances
from billing_platform.benchmarks.rivals.hordak_process import Hordak, RivalError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class OtherLedger:
    """Stands in for the other ledger, whose installation needs a network: it only counts."""

    def __init__(self, step: int) -> None:
        self.step = step
        self.balances: list[int] = []

    def open_accounts(self, count: int) -> None:
        self.balances = [0] * count

    def transfer(self, places: Sequence[int]) -> float:
        for place in places:
            self.balances[place] += self.step
        return 0.5

    def balances_minor(self) -> list[int]:
        return self.balances


@pytest.fixture(autouse=True)
def _real_commits(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The harness makes and drops a database of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def put_beside(monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    @contextmanager
    def other(*_: Any) -> Iterator[OtherLedger]:
        yield OtherLedger(step)

    monkeypatch.setattr(ledger, "hordak", other)


class TestMeasureLedger:
    def test_both_ledgers_end_with_equal_balances(
        self, template_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_beside(monkeypatch, ledger.AMOUNT_MINOR)

        report = measure_ledger(
            accounts=3, postings=2 * ROUNDS, tell=lambda _: None, template=template_database
        )

        assert (report.postings, report.accounts) == (2 * ROUNDS, 3)
        assert report.hordak_many_per_s == 4
        assert set(report.as_json()) == {
            "postings",
            "accounts",
            "many_per_s",
            "hot_per_s",
            "hordak_many_per_s",
            "hordak_hot_per_s",
        }

    def test_gives_no_figure_when_the_balances_differ(
        self, template_database: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        put_beside(monkeypatch, ledger.AMOUNT_MINOR + 1)

        with pytest.raises(SumsDifferError, match="2 balances differ"):
            measure_ledger(
                accounts=2, postings=2 * ROUNDS, tell=lambda _: None, template=template_database
            )


class TestRequireEqualBalances:
    def test_refuses_a_comparison_of_nothing(self) -> None:
        with pytest.raises(SumsDifferError):
            require_equal_balances([0, 0], [0, 0])


class TestHordak:
    def test_asks_and_reads_line_by_line(self) -> None:
        requests = io.StringIO()

        other = Hordak(requests, io.StringIO('{"accounts": 2}\n{"seconds": 1.5}\n'))
        other.open_accounts(2)

        assert other.transfer([1, 0]) == 1.5
        asked = [json.loads(line) for line in requests.getvalue().splitlines()]
        assert asked == [{"accounts": 2}, {"transfers": [1, 0]}]

    def test_says_when_the_other_ledger_ended(self) -> None:
        with pytest.raises(RivalError, match="ended without an answer"):
            Hordak(io.StringIO(), io.StringIO("")).open_accounts(1)
