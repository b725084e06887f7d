"""The probes read this process's memory and the length of committed transactions."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from billing_platform.benchmarks.probes import TransactionWatch, rss_mb


def sleep(milliseconds: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(%s)", [milliseconds / 1000])


class TestRss:
    def test_is_that_of_a_python_process(self) -> None:
        assert 10 < rss_mb() < 10_000


class TestTransactionWatch:
    @pytest.fixture(autouse=True)
    def _own_database(self, committed_db: str) -> None:
        """Transactions end for real."""

    def test_measures_from_the_first_statement_to_the_commit(self) -> None:
        watch = TransactionWatch()

        with watch.watching():
            with transaction.atomic():
                sleep(20)
                sleep(20)
            with transaction.atomic():
                sleep(1)

        assert len(watch.lengths_ms) == 2
        assert watch.longest_ms >= 40
        assert watch.lengths_ms[1] < watch.lengths_ms[0]

    def test_counts_an_inner_block_as_part_of_the_outer_one(self) -> None:
        watch = TransactionWatch()

        with watch.watching(), transaction.atomic():
            sleep(1)
            with transaction.atomic():
                sleep(1)

        assert len(watch.lengths_ms) == 1

    def test_leaves_out_what_was_rolled_back_or_had_no_transaction(self) -> None:
        watch = TransactionWatch()

        with watch.watching():
            sleep(1)
            with transaction.atomic():
                sleep(1)
                transaction.set_rollback(True)
            with transaction.atomic():
                sleep(1)

        assert len(watch.lengths_ms) == 1
        assert TransactionWatch().longest_ms == 0
