"""What tests hold back is sent before whatever comes next, and nobody sees a difference."""

from __future__ import annotations

from io import StringIO
from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.rows import execute, fetch_all, fetch_one
from billing_platform.kernel.scope import provider_scope
from tenants.models import Provider
from tests.database import undone

if TYPE_CHECKING:
    from tests.cast import Cast

SCOPE = "SELECT current_setting('app.provider_id', true)"


@pytest.mark.django_db
class TestTogether:
    def test_each_statement_runs_in_the_scope_that_is_open(self) -> None:
        copied = StringIO()
        execute("CREATE TEMPORARY TABLE seen (scope text, word text)")
        with provider_scope(1):
            with provider_scope(2):
                assert fetch_one(SCOPE) == ("2",)
            with connection.cursor() as cursor:
                cursor.copy_expert(f"COPY ({SCOPE}) TO STDOUT", copied)
            with connection.cursor() as cursor:
                cursor.executemany(f"INSERT INTO seen {SCOPE}, %s", [("a",), ("b",)])
        assert fetch_one(SCOPE) == ("",)
        assert copied.getvalue() == "1\n"
        assert fetch_all("SELECT * FROM seen") == [("1", "a"), ("1", "b")]

    def test_rows_that_the_server_keeps_are_read_in_it_too(self, cast: Cast) -> None:
        with provider_scope(cast.nimbus):
            assert [row.pk for row in Provider.objects.iterator()] == [cast.nimbus]
            with provider_scope(cast.sonora):
                assert [row.pk for row in Provider.objects.iterator()] == [cast.sonora]

    def test_what_fails_behind_them_is_undone_with_its_scope(self) -> None:
        execute("CREATE TEMPORARY TABLE numbers (n int PRIMARY KEY)")
        with provider_scope(1):
            with pytest.raises(IntegrityError), provider_scope(2):
                execute("INSERT INTO numbers VALUES (1), (1)")
            with undone():
                execute("INSERT INTO numbers VALUES (2)")
            assert fetch_one(f"SELECT count(*), ({SCOPE}) FROM numbers") == (0, "1")

    def test_statements_are_told_as_they_were_asked(self) -> None:
        with CaptureQueriesContext(connection) as found, provider_scope(1):
            fetch_one("SELECT %s", ["%s"])

        told = [one["sql"] for one in found.captured_queries]
        words = [sql.split()[0] for sql in told]
        assert words == ["SAVEPOINT", "SELECT", "SELECT", "SELECT", "RELEASE"]
        assert told[2] == "SELECT '%s'"
