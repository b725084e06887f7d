"""The scope decides which rows the database shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.test.utils import CaptureQueriesContext

from billing_platform.kernel.scope import current_scope, provider_scope, system_scope
from tenants.models import Provider
from tests.roles import as_role

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def make_provider(slug: str) -> int:
    with as_role("worker"), system_scope():
        return Provider.objects.create(slug=slug, name=slug, currency="USD", created_at=NOW).pk


@pytest.mark.django_db
class TestScope:
    def test_tests_run_as_app_without_bypass(self, current_user: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolbypassrls OR rolsuper FROM pg_roles WHERE rolname = current_user"
            )
            assert cursor.fetchone() == (False,)

        assert current_user == "billing_app"

    def test_it_shows_one_provider(self) -> None:
        first, second = make_provider("first"), make_provider("second")

        with provider_scope(first):
            assert list(Provider.objects.values_list("pk", flat=True)) == [first]
        with provider_scope(second):
            assert list(Provider.objects.values_list("pk", flat=True)) == [second]

    def test_no_scope_is_an_error_in_tests(self) -> None:
        make_provider("first")  # an empty table may be answered without asking for the scope

        with pytest.raises(ProgrammingError, match="no scope"), transaction.atomic():
            Provider.objects.count()

    def test_app_sees_nothing_in_system_scope(self) -> None:
        make_provider("first")

        with system_scope():
            assert Provider.objects.count() == 0

    def test_one_of_its_own_is_refused_within_another_transaction(self) -> None:
        first = make_provider("first")

        with provider_scope(first, durable=True):
            assert list(Provider.objects.values_list("pk", flat=True)) == [first]
            with pytest.raises(RuntimeError), provider_scope(first, durable=True):
                pass
        assert current_scope() is None
        with pytest.raises(ProgrammingError, match="no scope"), transaction.atomic():
            Provider.objects.count()

    def test_it_restores_the_outer_scope_after_a_failure(self) -> None:
        first, second = make_provider("first"), make_provider("second")

        with provider_scope(first):
            with pytest.raises(ZeroDivisionError), provider_scope(second):
                raise ZeroDivisionError
            assert list(Provider.objects.values_list("pk", flat=True)) == [first]
        assert current_scope() is None

    def test_the_same_one_again_is_not_said_again(self) -> None:
        first = make_provider("first")

        with provider_scope(first), CaptureQueriesContext(connection) as asked:
            with provider_scope(first):
                assert list(Provider.objects.values_list("pk", flat=True)) == [first]
            assert list(Provider.objects.values_list("pk", flat=True)) == [first]

        assert [row for row in asked.captured_queries if "set_config" in row["sql"]] == []

    def test_one_that_was_left_is_said_again(self) -> None:
        first, second = make_provider("first"), make_provider("second")

        with provider_scope(first), provider_scope(second):
            with provider_scope(first):
                assert list(Provider.objects.values_list("pk", flat=True)) == [first]
            assert list(Provider.objects.values_list("pk", flat=True)) == [second]
        with transaction.atomic(), provider_scope(first):
            assert list(Provider.objects.values_list("pk", flat=True)) == [first]
