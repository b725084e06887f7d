"""The harness of the hourly benchmark, on a handful of tenants: equal sums or no figure. Nothing here is timed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from billing_platform.benchmarks.errors import OwnerUrlMissingError, SumsDifferError
from billing_platform.benchmarks.hourly import measure, prepared
from billing_platform.benchmarks.scratch import connect, owner_url, scratch_name

if TYPE_CHECKING:
    from collections.abc import Iterator

TENANTS = 25


@pytest.fixture(autouse=True)
def _real_commits(
    django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[None]:
    """The harness makes and drops a database of its own."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        yield


def is_scratch_left() -> bool:
    # This process's own: beside it others may measure on the same server.
    with connect() as raw, raw.cursor() as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [scratch_name()])
        return cursor.fetchone() is not None


class TestMeasure:
    def test_takes_every_kind_of_run_and_leaves_nothing_behind(
        self, template_database: str
    ) -> None:
        said: list[str] = []

        report = measure(
            tenants=TENANTS, pairs=2, tell=said.append, sparse=True, template=template_database
        )

        assert report.tenants == TENANTS
        assert [
            len(p.taken) for p in (report.full, report.rerun, report.sparse or report.full)
        ] == [
            2,
            2,
            2,
        ]
        assert report.max_lock_ms > 0
        assert "Every tenant changed:" in said
        assert not is_scratch_left()


class TestPrepared:
    def test_fills_both_sides_alike(self, template_database: str) -> None:
        with prepared(tenants=TENANTS, tell=lambda _: None, template=template_database) as bench:
            bench.owner.execute(
                "SELECT (SELECT count(*) FROM floor.wallet), (SELECT count(*) FROM accounts_wallet),"
                " (SELECT count(*) FROM floor.usage_total), (SELECT count(*) FROM usage_total),"
                " (SELECT count(*) FROM accounts_wallet WHERE period_posted > 0)"
            )
            counts = bench.owner.fetchone()

        assert counts == (TENANTS, TENANTS, 5 * TENANTS, 5 * TENANTS, TENANTS)

    def test_charges_on_both_sides_as_the_totals_say(self, template_database: str) -> None:
        with prepared(tenants=TENANTS, tell=lambda _: None, template=template_database) as bench:
            bench.pair(1, one_in=1)
            bench.pair(0, one_in=5)
            bench.owner.execute("SELECT sum(period_posted) FROM floor.wallet")
            (posted,) = bench.owner.fetchone() or (0,)
            bench.pair(1, one_in=None)
            bench.owner.execute("SELECT sum(period_posted) FROM accounts_wallet")
            (again,) = bench.owner.fetchone() or (0,)

        assert posted == again > 0

    @pytest.mark.parametrize(
        "damage",
        [
            "UPDATE floor.wallet SET balance = balance + 1 WHERE id = (SELECT min(id) FROM floor.wallet)",
            "UPDATE floor.wallet SET suspended_at = now() WHERE id = (SELECT min(id) FROM floor.wallet)",
            "UPDATE floor.entry SET amount = amount - 1 WHERE id = (SELECT min(id) FROM floor.entry)",
            "DELETE FROM floor.entry WHERE id = (SELECT min(id) FROM floor.entry WHERE tenant_id > 0)",
        ],
    )
    def test_fails_when_the_sides_differ(self, template_database: str, damage: str) -> None:
        with prepared(tenants=TENANTS, tell=lambda _: None, template=template_database) as bench:
            bench.owner.execute(damage)

            with pytest.raises(SumsDifferError):
                bench.pair(0, one_in=None)


class TestOwnerUrl:
    def test_is_refused_when_nobody_named_the_server(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("DATABASE_URL")

        with pytest.raises(OwnerUrlMissingError):
            owner_url("bench_1")

    def test_names_another_database_on_the_same_server(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://o:p@127.0.0.1:5/billing")

        assert owner_url("bench_1") == "postgres://o:p@127.0.0.1:5/bench_1"
