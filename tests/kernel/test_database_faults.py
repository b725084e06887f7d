"""Which faults of the database pass: by PostgreSQL's codes, those of its limits and of our triggers never."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, InternalError, OperationalError

from billing_platform.kernel.database_faults import is_of_the_server, retry_after_s


class Said(Exception):
    """What the driver raised."""

    def __init__(self, pgcode: str) -> None:
        super().__init__(pgcode)
        self.pgcode = pgcode


def fault(kind: type[Exception], code: str) -> Exception:
    """Return a database error as Django raises it."""
    error = kind("x")
    error.__cause__ = Said(code)
    return error


class TestFaults:
    @pytest.mark.parametrize(
        ("kind", "code", "after_s", "is_servers"),
        [
            (OperationalError, "", 1, True),
            (OperationalError, "53100", 1, True),
            (OperationalError, "57014", 30, True),
            (OperationalError, "40001", 1, False),
            (OperationalError, "55P03", 1, False),
            (OperationalError, "55000", None, False),
            (OperationalError, "54000", None, False),
            (InternalError, "25006", 30, False),
            (InternalError, "P0001", None, False),
            (IntegrityError, "23505", None, False),
        ],
    )
    def test_are_told_by_their_codes(
        self, kind: type[Exception], code: str, after_s: int | None, is_servers: bool
    ) -> None:
        error = fault(kind, code)

        assert retry_after_s(error) == after_s
        assert is_of_the_server(error) is is_servers
