"""Savepoints and scopes of a test go to the server with the statement behind them, not on trips of their own.

A test runs in a transaction that is undone, so each transaction of the product is a savepoint within it: it is marked
and given its scope, it is released and its scope taken away. These four were more than half of all that tests sent,
and nobody reads their answers. They are held until the next statement of the connection, whichever it is, and sent
before it in the same message, in their order. Outside of a transaction nothing is held: who commits for real sends what
the product sends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg2 import extensions

if TYPE_CHECKING:
    from psycopg2.extensions import connection

HELD: Final = ("SAVEPOINT ", "RELEASE SAVEPOINT ", "SELECT set_config('app.scope'")


def send_together(raw: connection) -> None:
    """Let a connection hold back what the next statement can carry."""
    held: list[bytes] = []

    def made(of: connection, name: str | bytes | None) -> extensions.cursor:
        return ServerCursor(held, of, name) if name else Cursor(held, of)

    raw.cursor_factory = made


class Cursor(extensions.cursor):
    """One cursor of a connection; all of them share what it holds."""

    def __init__(self, held: list[bytes], of: connection, name: str | bytes | None = None) -> None:
        super().__init__(of, name)
        self._held = held
        self._asked: bytes | None = None

    @property
    def query(self) -> bytes | None:
        """Return the last statement as it was asked for, without what was sent before it."""
        return self._asked

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - the library's name
        """Hold a statement, or send it behind what is held."""
        self._asked = asked = self.mogrify(query, vars)
        if self._is_open() and isinstance(query, str) and query.startswith(HELD):
            self._held.append(asked)
        else:
            super().execute(b";".join([*self._take(), asked]))

    def executemany(self, query: Any, vars_list: Any) -> None:
        """Send one statement for each row behind what is held."""
        self._catch_up()
        super().executemany(query, vars_list)

    def callproc(self, procname: Any, parameters: Any = None) -> None:
        """Call a function behind what is held."""
        self._catch_up()
        super().callproc(procname, parameters)

    def copy_expert(self, sql: Any, file: Any, size: int = 8192) -> None:
        """Copy rows behind what is held."""
        self._catch_up()
        super().copy_expert(sql, file, size)

    def _is_open(self) -> bool:
        return self.connection.get_transaction_status() == extensions.TRANSACTION_STATUS_INTRANS

    def _take(self) -> list[bytes]:
        # What a transaction held when it ended, ended with it.
        taken = [*self._held] if self._is_open() else []
        self._held.clear()
        return taken

    def _catch_up(self) -> None:
        if taken := self._take():
            extensions.cursor(self.connection).execute(b";".join(taken))


class ServerCursor(Cursor):
    """One whose rows stay with the server, as those of `iterator()`: to read some is a statement too."""

    def execute(self, query: Any, vars: Any = None) -> None:  # noqa: A002 - the library's name
        """Open it behind what is held."""
        self._catch_up()
        self._asked = self.mogrify(query, vars)
        extensions.cursor.execute(self, query, vars)

    def fetchmany(self, size: int | None = None) -> list[tuple[Any, ...]]:
        """Read some rows behind what is held."""
        self._catch_up()
        return super().fetchmany(size)
