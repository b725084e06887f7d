"""Take a login role inside a test: the tests' own login is a member of all four and starts as `app`."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterator

Role = Literal["owner", "app", "worker", "ops"]


def set_role(role: Role) -> None:
    """Become a role on this connection until told otherwise."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE billing_{role}")


@contextmanager
def as_role(role: Role) -> Iterator[None]:
    """Run a block as another role, inside the same transaction, and come back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        (before,) = cursor.fetchone() or ("billing_app",)
    set_role(role)
    try:
        yield
    finally:
        if not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute(f'SET ROLE "{before}"')
