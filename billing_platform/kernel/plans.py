"""Statements that are planned once and then run again and again, by jobs that repeat them chunk by chunk."""

from __future__ import annotations

import re
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.db import connection

from billing_platform.kernel.locks import require_atomic
from billing_platform.kernel.rows import fetch_dicts, fetch_one

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_PLACEHOLDER: Final = re.compile(r"%\((\w+)\)s|%%")
_TYPES: Final[dict[type, str]] = {
    bool: "boolean",
    int: "bigint",
    str: "text",
    Decimal: "numeric",
    datetime: "timestamptz",
}
# One look per transaction, for a pooler may lead each one to another session. Within the transaction every prepared
# statement keeps one plan, made without its parameters.
_OPEN: Final = """
SELECT array_agg(p.name), set_config('plan_cache_mode', 'force_generic_plan', true)
  FROM pg_prepared_statements p WHERE p.name LIKE 'billing\\_%'
"""

_known: ContextVar[set[str] | None] = ContextVar("billing_prepared", default=None)


@dataclass(frozen=True, slots=True)
class _Prepared:
    name: str
    prepare: str
    run: str


def forget_plans() -> None:
    """Let the statements that this session has prepared be planned anew, by the sizes that tables have now."""
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")


@contextmanager
def planned_once() -> Iterator[None]:
    """Let `fetch_planned` inside, and in later transactions of this session, use one plan per statement.

    The setting of the planner lasts until the end of the transaction.

    Raises:
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    names, _ = fetch_one(_OPEN) or (None, None)
    token = _known.set(set(names or ()))
    try:
        yield
    finally:
        _known.reset(token)


def fetch_planned(sql: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Run a statement and return its rows by column name; inside `planned_once` as a prepared one.

    Args:
        sql: with named placeholders. Where a parameter can be None or an empty list, and its type does not follow from
            its surroundings, the statement casts it.
        params: by name; those that the statement does not name are left out.
    """
    known = _known.get()
    if known is None:
        return fetch_dicts(sql, params)
    names = _names(sql)
    prepared = _prepared(sql, tuple(_type_of(params[name]) for name in names))
    if prepared.name not in known:
        with connection.cursor() as cursor:
            cursor.execute(prepared.prepare)
        known.add(prepared.name)
    return fetch_dicts(prepared.run, {name: params[name] for name in names})


@lru_cache(maxsize=64)
def _names(sql: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in _PLACEHOLDER.findall(sql) if name))


@lru_cache(maxsize=64)
def _prepared(sql: str, types: tuple[str, ...]) -> _Prepared:
    names = _names(sql)
    places = {name: f"${number}" for number, name in enumerate(names, 1)}
    body = _PLACEHOLDER.sub(lambda found: places[found[1]] if found[1] else "%", sql)
    signature = f"({', '.join(types)})" if types else ""
    values = f"({', '.join(f'%({name})s' for name in names)})" if names else ""
    name = f"billing_{sha256(f'{signature}{body}'.encode()).hexdigest()[:32]}"
    return _Prepared(name, f"PREPARE {name} {signature} AS {body}", f"EXECUTE {name} {values}")


def _type_of(value: object) -> str:
    if isinstance(value, list):
        return f"{_type_of(value[0])}[]" if value and value[0] is not None else "unknown"
    return next((name for kind, name in _TYPES.items() if isinstance(value, kind)), "unknown")
