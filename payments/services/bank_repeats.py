"""What is stored of a file's lines, for telling which of them are known. Called by the import."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from payments.enums_bank import LineReason, LineState
from payments.models import BankLine, BankStatement
from payments.statements.repeats import Kept, is_same_statement

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payments.models import BankAccount
    from payments.statements.values import Statement, StatementLine

# A line's day, amount in minor units and currency.
Twin = tuple[Any, ...]
_SAME_IN_ALL: Final = ("booked_on", "amount_minor", "currency")


def kept_lines(account: BankAccount, counts: Mapping[str, int]) -> dict[str, list[Kept]]:
    """Return the stored lines by digest, oldest first; those of one digest have keys with the numbers 1, 2, 3 …

    Args:
        account: locked, in its provider's scope.
        counts: how many lines of the file have a digest.
    """
    mine = {"provider_id": account.provider_id, "account_id": account.pk}
    found: dict[str, list[Kept]] = defaultdict(list)
    # One more than the file has tells whether there may be more; then twice as many are asked for.
    wanted = {digest: range(1, count + 2) for digest, count in counts.items()}
    while wanted:
        keys = [f"{digest}:{number}" for digest, span in wanted.items() for number in span]
        rows = BankLine.objects.filter(**mine, key__in=keys).order_by("pk")
        for row in rows.only("key", "statement_id", "equal_line_id", "state", "reason"):
            is_duplicate = row.reason == LineReason.DUPLICATE
            found[row.key.partition(":")[0]].append(
                Kept(
                    id=row.pk,
                    statement_id=row.statement_id,
                    equal_to=row.equal_line_id,
                    is_asked=row.state == LineState.NEW
                    or (is_duplicate and row.state == LineState.OPEN),
                    is_same=is_duplicate and row.state == LineState.ASIDE,
                )
            )
        wanted = {
            digest: range(span.stop, 2 * span.stop)
            for digest, span in wanted.items()
            if len(found.get(digest, ())) == span.stop - 1
        }
    return dict(found)


def same_statements(
    account: BankAccount, parts: Sequence[Statement], kept: Mapping[str, Sequence[Kept]]
) -> list[set[int]]:
    """Return per line of a file the stored files that hold its statement, as the bank names it.

    Args:
        account: in its provider's scope.
        parts: the file's statements of the account.
        kept: as `kept_lines`.
    """
    ids = {row.statement_id for rows in kept.values() for row in rows}
    stored = BankStatement.objects.filter(provider_id=account.provider_id, pk__in=ids)
    heads = list(stored.values_list("pk", "numbers", "opening_minor"))
    found: list[set[int]] = []
    for part in parts:
        same = {pk for pk, numbers, opening in heads if is_same_statement(part, numbers, opening)}
        found += [same] * len(part.lines)
    return found


def twins_of_other_formats(
    account: BankAccount, file_format: str, lines: Sequence[StatementLine]
) -> dict[Twin, list[int]]:
    """Return the stored lines that the bank may have told in another format, by day and amount, oldest first.

    Two formats give one payment other references and texts, so that nothing but its day and amount is the same in both.

    Args:
        account: locked, in its provider's scope.
        file_format: of the file that is read.
        lines: its lines of the account.
    """
    if not lines:
        return {}
    mine = {"provider_id": account.provider_id, "account_id": account.pk}
    days = {line.booked_on for line in lines}
    others = BankStatement.objects.filter(
        **mine, first_day__lte=max(days), last_day__gte=min(days)
    ).exclude(format=file_format)
    rows = BankLine.objects.filter(
        **mine, statement_id__in=list(others.values_list("pk", flat=True)), booked_on__in=days
    ).exclude(state=LineState.ASIDE, reason=LineReason.DUPLICATE)
    found: dict[Twin, list[int]] = defaultdict(list)
    for pk, *told in rows.order_by("pk").values_list("pk", *_SAME_IN_ALL):
        found[tuple(told)].append(pk)
    return found


def twin_of(line: StatementLine, twins: Mapping[Twin, list[int]]) -> int | None:
    """Take and return the stored line that a new one may be a second copy of; None where there is none.

    Money that went out and is no return is nobody's payment, and no question.
    """
    amount = line.amount
    pool = twins.get((line.booked_on, amount.amount_minor, amount.currency))
    if not pool or (amount.amount_minor < 0 and not line.is_return):
        return None
    return pool.pop(0)
