"""Faults of the database that pass by themselves, told by PostgreSQL's own codes. Asked by who answers or repeats.

Source: PostgreSQL, appendix A, error codes.
"""

from __future__ import annotations

from typing import Final

from django.db import InternalError, OperationalError

SERIALIZATION: Final = "40001"
DEADLOCK: Final = "40P01"
LOCK_TIMEOUT: Final = "55P03"
READ_ONLY: Final = "25006"

TOO_LONG: Final = "57014"

_COLLISIONS: Final = frozenset({SERIALIZATION, DEADLOCK, LOCK_TIMEOUT})
# Limits of the program, for instance a row that no index can hold, and what our triggers refuse: the same call fails
# for ever.
_LASTING: Final = ("54", "55000")
_SOON_S: Final = 1
_LATER_S: Final = 30


def code_of(error: BaseException | None) -> str:
    """Return the code that the server gave a database error, empty where the connection was lost."""
    return getattr(getattr(error, "__cause__", None), "pgcode", None) or ""


def is_collision(error: BaseException | None) -> bool:
    """Say whether two transactions stood in each other's way: this one was undone whole and may be repeated at once."""
    return code_of(error) in _COLLISIONS


def retry_after_s(error: BaseException | None) -> int | None:
    """Return after how many seconds the same call makes sense again; None for a fault that does not pass.

    Args:
        error: what was raised.
    """
    code = code_of(error)
    if isinstance(error, InternalError) and code == READ_ONLY:
        return _LATER_S
    if isinstance(error, OperationalError) and not code.startswith(_LASTING):
        return _LATER_S if code == TOO_LONG else _SOON_S
    return None


def is_of_the_server(error: BaseException) -> bool:
    """Say whether the server cannot work just now, whatever it is asked: no connection, no room on its disk."""
    is_passing = isinstance(error, OperationalError) and not code_of(error).startswith(_LASTING)
    return is_passing and not is_collision(error)
