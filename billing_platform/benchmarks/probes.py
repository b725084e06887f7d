"""What is watched beside the clock: the worker's memory, and the longest transaction, which bounds every lock."""

from __future__ import annotations

import os
import resource
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

STATUS = Path("/proc/self/statm")


def rss_mb() -> float:
    """Return this process's resident memory in MiB; where the system tells only the peak, the peak."""
    if STATUS.exists():
        pages = int(STATUS.read_text(encoding="ascii").split()[1])
        return round(pages * os.sysconf("SC_PAGE_SIZE") / 2**20, 1)
    unit = 1 if sys.platform == "darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 2**20, 1)


@dataclass
class TransactionWatch:
    """The length in milliseconds of each transaction that was committed on the alias `default` while it watched.

    A lock is held at most from the first statement of its transaction to its commit, so the longest transaction
    is an upper bound of the longest lock.
    """

    lengths_ms: list[float] = field(default_factory=list)

    @property
    def longest_ms(self) -> float:
        """The longest transaction so far, 0 when there was none."""
        return round(max(self.lengths_ms, default=0.0), 1)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch the statements of a block."""
        with connection.execute_wrapper(self._on_statement):
            yield

    def _on_statement(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: object,
        many: bool,  # noqa: FBT001 Django's signature
        context: dict[str, Any],
    ) -> Any:
        pending = any(
            getattr(function, "func", None) == self._finish
            for function in (entry[1] for entry in connection.run_on_commit)
        )
        if connection.in_atomic_block and not pending:
            transaction.on_commit(partial(self._finish, time.perf_counter()))
        return execute(sql, params, many, context)

    def _finish(self, started: float) -> None:
        self.lengths_ms.append((time.perf_counter() - started) * 1000)
