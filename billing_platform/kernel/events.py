"""Typed events that go up: a lower app says what happened, an upper one listens. Wired in `apps.py.ready()`.

After-commit events are only for latency: they may be lost with the process, and a periodic sweep does the same work
by looking at state.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import transaction

from billing_platform.kernel.locks import require_atomic

if TYPE_CHECKING:
    from collections.abc import Callable

    _Receivers = defaultdict[type["DomainEvent"], list[Callable[[Any], None]]]


@dataclass(frozen=True, kw_only=True)
class DomainEvent:
    """What happened, in ids and values; every event is a frozen dataclass below this one.

    Attributes:
        may_join_transaction: whether receivers may run inside the sender's transaction; at most three events may.
        provider_id: the provider it happened to.
        tenant_id: the tenant it happened to, 0 when it is the provider's own matter.
    """

    may_join_transaction: ClassVar[bool] = False

    provider_id: int
    tenant_id: int = 0


E = TypeVar("E", bound=DomainEvent)


class Dispatcher:
    """Knows who listens to which event; one instance, `dispatcher`, serves the program."""

    def __init__(self) -> None:
        self._inside: _Receivers = defaultdict(list)
        self._after: _Receivers = defaultdict(list)

    def join_transaction(self, event: type[E], receiver: Callable[[E], None]) -> None:
        """Run a receiver inside the sender's transaction; its failure aborts the sender. Database work only.

        Args:
            event: the event's class, which must allow it.
            receiver: one line that calls a service; registering it again changes nothing.

        Raises:
            TypeError: the event does not allow it, or is no frozen dataclass.
        """
        if not event.may_join_transaction:
            raise TypeError(f"{event.__name__} is delivered after commit only.")
        _add(self._inside, event, receiver)

    def after_commit(self, event: type[E], receiver: Callable[[E], None]) -> None:
        """Run a receiver once the sender's transaction has committed; its failure is logged and hurts nobody else.

        Args:
            event: the event's class.
            receiver: one line that opens its own scope or sends a task; registering it again changes nothing.

        Raises:
            TypeError: the event is no frozen dataclass.
        """
        _add(self._after, event, receiver)

    def send(self, event: DomainEvent) -> None:
        """Deliver an event: first inside the transaction, then to the others after its commit (never after a rollback).

        Args:
            event: what happened.

        Raises:
            TransactionRequiredError: no transaction is open.
            Exception: whatever a receiver inside the transaction raised.
        """
        require_atomic()
        for receiver in tuple(self._inside[type(event)]):
            receiver(event)
        for receiver in tuple(self._after[type(event)]):
            transaction.on_commit(_delivery(receiver, event), robust=True)


def _delivery(receiver: Callable[[E], None], event: E) -> Callable[[], None]:
    # Django logs the failure of a robust callback by its name, which a partial does not have.
    @wraps(receiver)
    def deliver() -> None:
        receiver(event)

    return deliver


def _add(receivers: _Receivers, event: type[E], receiver: Callable[[E], None]) -> None:
    # A subclass that forgot @dataclass inherits its parent's parameters, hence the look at the class itself.
    parameters = vars(event).get("__dataclass_params__")
    if parameters is None or not parameters.frozen:
        raise TypeError(f"{event.__name__} must be a frozen dataclass.")
    if receiver not in receivers[event]:
        receivers[event].append(receiver)


dispatcher = Dispatcher()
