"""Celery tasks with a scope: the two decorators that every task uses, and the kernel's own tasks.

A message of the queue may be lost, repeated, delayed and reordered; what a task does is safe to do twice.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from functools import wraps
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, Final, ParamSpec, cast

from celery import shared_task

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.heartbeats import JobIsRunningError, job_run
from billing_platform.kernel.idempotency import forget_answers
from billing_platform.kernel.job_history import forget_runs
from billing_platform.kernel.outbox import RELAY_TASK
from billing_platform.kernel.outbox_watch import forget_payloads
from billing_platform.kernel.relay import relay
from billing_platform.kernel.scope import provider_scope, system_scope, tenant_scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from celery.app.task import Task

P = ParamSpec("P")

# A task that dies with its worker runs again; nobody reads a task's result.
_SAFE: Final[dict[str, Any]] = {
    "acks_late": True,
    "reject_on_worker_lost": True,
    "ignore_result": True,
}
_RELAY_LIMIT: Final = 500
_KEEP_ANSWERS: Final = timedelta(days=45)
_KEEP_PAYLOADS: Final = timedelta(days=30)
_KEEP_RUNS: Final = timedelta(days=90)


class TaskScopeError(TypeError):
    """A task was written or called without saying whose rows it works on."""


def scoped_task(
    *, name: str, opens_scope: bool = True, **options: Any
) -> Callable[[Callable[P, None]], Task[P, None]]:
    """Make a task that works for one provider, or for one of its tenants when it takes a `tenant_id`.

    Args:
        name: the task's name on the queue, `<part>.<verb>_<noun>`; it outlives a rename of the function.
        opens_scope: False for work that opens several short transactions itself (jobs with chunks, calls to the world
            outside); the ids are demanded all the same.
        options: further options of Celery's `shared_task`, for instance the errors to retry.

    Returns:
        The decorator. The function takes keywords only, `provider_id` among them.

    Raises:
        TaskScopeError: the function takes no `provider_id`, or takes something by position; when called: an id is
            missing or no positive whole number.
    """

    def decorate(function: Callable[P, None]) -> Task[P, None]:
        ids = _declared_ids(function)

        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            values = _checked_ids(name, ids, kwargs)
            with _scope_of(values) if opens_scope else nullcontext():
                function(*args, **kwargs)

        return _shared(name, options)(run)

    return decorate


def platform_task(
    *, name: str, opens_scope: bool = True, **options: Any
) -> Callable[[Callable[P, None]], Task[P, None]]:
    """Make a task that works across providers, in the system's scope; only a worker's role sees rows in it.

    Args:
        name: the task's name on the queue.
        opens_scope: False for work that opens several short transactions itself.
        options: further options of Celery's `shared_task`.

    Returns:
        The decorator.
    """

    def decorate(function: Callable[P, None]) -> Task[P, None]:
        @wraps(function)
        def run(*args: P.args, **kwargs: P.kwargs) -> None:
            with system_scope() if opens_scope else nullcontext():
                function(*args, **kwargs)

        return _shared(name, options)(run)

    return decorate


def _shared(name: str, options: dict[str, Any]) -> Callable[[Callable[P, None]], Task[P, None]]:
    return cast(
        "Callable[[Callable[P, None]], Task[P, None]]",
        shared_task(name=name, **{**_SAFE, **options}),
    )


def _declared_ids(function: Callable[..., None]) -> tuple[str, ...]:
    parameters = signature(function).parameters
    by_position = [
        each.name for each in parameters.values() if each.kind is not Parameter.KEYWORD_ONLY
    ]
    if by_position or "provider_id" not in parameters:
        raise TaskScopeError("A scoped task takes keywords only, and provider_id among them.")
    return tuple(each for each in ("provider_id", "tenant_id") if each in parameters)


def _checked_ids(name: str, ids: tuple[str, ...], kwargs: dict[str, Any]) -> list[int]:
    values = [kwargs.get(each) for each in ids]
    checked = [value for value in values if type(value) is int and value >= 1]
    if len(checked) != len(ids):
        raise TaskScopeError(f"{name} must be called with {' and '.join(ids)}, as whole numbers.")
    return checked


def _scope_of(ids: list[int]) -> AbstractContextManager[Any]:
    if len(ids) == 1:
        return provider_scope(ids[0])
    return tenant_scope(ids[0], ids[1])


@platform_task(name=RELAY_TASK, opens_scope=False)
def relay_outbox() -> None:
    """Send what lies in the outbox; woken by a bell, and each minute by the schedule."""
    relay(clock=wall_clock, limit=_RELAY_LIMIT)


@platform_task(name="kernel.sweep_outbox", opens_scope=False)
def sweep_outbox() -> None:
    """Send what the bells left behind, with a heartbeat; each minute. Any number of relays may run beside it."""
    try:
        with job_run(job="outbox") as run:
            count = relay(clock=wall_clock, limit=_RELAY_LIMIT)
            run.counts.update(sent=count.sent, failed=count.failed, dead=count.dead)
    except JobIsRunningError:
        return  # the sweep before this one is still at it


@platform_task(name="kernel.tidy", opens_scope=False)
def tidy_kernel() -> None:
    """Forget what nobody needs any more: old answers, what old mails said, old runs; once a day."""
    with job_run(job="tidy") as run:
        at = wall_clock()
        run.counts["answers"] = forget_answers(before=at - _KEEP_ANSWERS)
        run.counts["payloads"] = forget_payloads(before=at - _KEEP_PAYLOADS)
        run.counts["runs"] = forget_runs(before=at - _KEEP_RUNS)
