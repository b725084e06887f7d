"""Which lines of a file are stored already, and which of them nobody can tell. Called by the import; decision 37."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from payments.statements.values import Statement, StatementLine

# Banks that do not number their statements write noughts, MT940 with a page behind them.
_UNNUMBERED = re.compile(r"0*(/.*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A line that is stored.

    Attributes:
        equal_to: the line of which it may be a second copy.
        is_asked: nobody said so far whether it is one.
        is_same: somebody said that it is one.
    """

    id: int
    statement_id: int
    equal_to: int | None = None
    is_asked: bool = False
    is_same: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is to be done with a line of a file.

    Attributes:
        is_known: it is stored, or was asked about; there is nothing to do.
        equal_to: it may be a second copy of this line; a person says.
    """

    is_known: bool = False
    equal_to: int | None = None


_KNOWN = Found(is_known=True)
_NEW = Found()


def is_same_statement(part: Statement, numbers: str, opening_minor: int | None) -> bool:
    """Return whether the bank names a statement as one that a stored file holds.

    Args:
        part: the statement.
        numbers: of the stored file's statements, with commas between.
        opening_minor: what stood before the first of them; two of one number that begin differently are two.
    """
    stored = numbers.split(", ")
    if _UNNUMBERED.fullmatch(part.number) or part.number not in stored:
        return False
    if len(stored) > 1 or part.opening is None or opening_minor is None:
        return True
    return part.opening.amount_minor == opening_minor


def sort_out(
    lines: Sequence[StatementLine],
    digests: Sequence[str],
    same: Sequence[Collection[int]],
    kept: Mapping[str, Sequence[Kept]],
) -> list[Found]:
    """Say for each line of a file whether it is stored.

    Equal lines of one file are different payments, so each stored line stands for one of them at most.

    Args:
        lines: all of the account in one file, in its order.
        digests: theirs, as `line_digest`.
        same: per line the stored files that hold its statement, as the bank names it.
        kept: what is stored, by digest, oldest first.
    """
    pools = {digest: sorted(rows, key=lambda row: row.is_same) for digest, rows in kept.items()}
    found: dict[int, Found] = {}
    # What the bank itself says to be known goes first: the rest is compared with what is left.
    for at, line in enumerate(lines):
        pool = pools.get(digests[at], [])
        named = (row for row in pool if line.bank_ref or row.statement_id in same[at])
        row = next(named, None)
        if row is not None:
            _take(pool, row)
            found[at] = _KNOWN
    for at, line in enumerate(lines):
        if at not in found:
            found[at] = _judge(line, pools.get(digests[at], []))
    return [found[at] for at in range(len(lines))]


def _judge(line: StatementLine, pool: list[Kept]) -> Found:
    """Return what becomes of a line that the bank does not name as known."""
    free = {row.id for row in pool}
    asked = (
        row for row in reversed(pool) if (row.is_same or row.is_asked) and row.equal_to in free
    )
    before = next(asked, None)
    if before is not None:
        _take(pool, before)
        return _KNOWN
    original = next((row for row in pool if not row.is_same), None)
    if original is None:
        return _NEW
    _take(pool, original)
    if line.amount.amount_minor < 0 and not line.is_return:
        return _KNOWN  # nobody's payment: fees of the bank are no question
    return Found(equal_to=original.id)


def _take(pool: list[Kept], row: Kept) -> None:
    """Take a stored line, and what it is a copy of, out of what other lines are compared with."""
    pool[:] = [
        each for each in pool if each != row and not (row.is_same and each.id == row.equal_to)
    ]
