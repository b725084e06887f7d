"""The scope of a transaction: whose rows the database shows.

Middleware, tasks and commands open it; row-level security reads it.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Iterator

ScopeKind = Literal["system", "provider", "tenant"]


@dataclass(frozen=True)
class Scope:
    """Whose rows a transaction may see: all (worker only), one provider's, or one tenant's."""

    kind: ScopeKind
    provider_id: int | None = None
    tenant_id: int | None = None


class ScopeMissingError(RuntimeError):
    """Code that needs a provider's scope ran outside of one."""


_current: ContextVar[Scope | None] = ContextVar("billing_scope", default=None)


def current_scope() -> Scope | None:
    """Return the scope of this transaction, or None outside of any."""
    return _current.get()


def require_provider() -> int:
    """Return the provider id of the current scope.

    Raises:
        ScopeMissingError: no provider's or tenant's scope is open.
    """
    scope = _current.get()
    if scope is None or scope.provider_id is None:
        raise ScopeMissingError("This needs the scope of a provider.")
    return scope.provider_id


@contextmanager
def system_scope() -> Iterator[Scope]:
    """Show every provider's rows to a worker; the web's role sees none in it."""
    with _open(Scope("system")) as scope:
        yield scope


@contextmanager
def provider_scope(provider_id: int, *, durable: bool = False) -> Iterator[Scope]:
    """Show one provider's rows, of all its tenants, inside a transaction.

    Args:
        provider_id: whose.
        durable: the block is a transaction of its own, that is committed at its end.

    Raises:
        RuntimeError: it is to be durable, and a transaction is open already.
    """
    with _open(Scope("provider", provider_id), durable=durable) as scope:
        yield scope


@contextmanager
def tenant_scope(provider_id: int, tenant_id: int) -> Iterator[Scope]:
    """Show one tenant's rows and what its provider shares with it, inside a transaction."""
    with _open(Scope("tenant", provider_id, tenant_id)) as scope:
        yield scope


@contextmanager
def _open(scope: Scope, *, durable: bool = False) -> Iterator[Scope]:
    outer = _current.get()
    is_outermost = not connection.in_atomic_block
    # What is said already in this transaction need not be said again, nor taken back.
    is_said = outer == scope and not is_outermost
    # A failing block rolls its savepoint back, and PostgreSQL restores the settings with it;
    # only a block that ends well has to put the outer scope back by hand, unless the transaction ends with it.
    with transaction.atomic(durable=durable):
        if not is_said:
            _apply(scope)
        token = _current.set(scope)
        try:
            yield scope
        finally:
            _current.reset(token)
        if not (is_outermost or is_said or connection.needs_rollback):
            _apply(outer)


def _apply(scope: Scope | None) -> None:
    values = (
        scope.kind if scope else "",
        str(scope.provider_id) if scope and scope.provider_id is not None else "",
        str(scope.tenant_id) if scope and scope.tenant_id is not None else "",
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.scope', %s, true), set_config('app.provider_id', %s, true),"
            " set_config('app.tenant_id', %s, true)",
            values,
        )
