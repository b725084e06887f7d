"""Rows of hand-written SQL come as tuples or as dictionaries."""

from __future__ import annotations

import pytest

from billing_platform.kernel.rows import execute, fetch_all, fetch_dicts, fetch_one, text_array
from billing_platform.kernel.scope import (
    ScopeMissingError,
    provider_scope,
    require_provider,
    system_scope,
)

TWO_ROWS = "SELECT n AS number, -n AS mirror FROM generate_series(1, %s) AS n"


@pytest.mark.django_db
class TestRows:
    def test_tuples(self) -> None:
        assert fetch_all(TWO_ROWS, [2]) == [(1, -1), (2, -2)]
        assert fetch_one(TWO_ROWS, [2]) == (1, -1)
        assert fetch_one(TWO_ROWS, [0]) is None

    def test_dictionaries(self) -> None:
        assert fetch_dicts(TWO_ROWS, [1]) == [{"number": 1, "mirror": -1}]

    def test_the_count_of_a_statement(self) -> None:
        assert execute(TWO_ROWS, [2]) == 2


@pytest.mark.django_db
class TestTextArray:
    @pytest.mark.parametrize(
        "texts",
        [
            [],
            [""],
            ["acme"],
            ["acme", "b,{c}", "null"],
            ['"'],
            ['a","b', "c"],
            ["\\", "\\n"],
            ["a\n"],
        ],
    )
    def test_it_reads_back_as_it_was(self, texts: list[str]) -> None:
        assert fetch_one("SELECT %s::text[]", [text_array(texts)]) == (texts,)


@pytest.mark.django_db
class TestRequireProvider:
    def test_it_is_the_provider_of_the_scope(self) -> None:
        with provider_scope(4):
            assert require_provider() == 4

    def test_without_a_provider_it_refuses(self) -> None:
        with pytest.raises(ScopeMissingError):
            require_provider()
        with system_scope(), pytest.raises(ScopeMissingError):
            require_provider()
