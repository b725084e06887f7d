"""Returns of transfers: which payment came back, by what the bank or a person says, and what follows for documents."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from invoicing.services.references import references_of
from invoicing.services.unsettling import take_documents_back, take_part_back
from payments.enums_bank import LineReason, LineState
from payments.selectors.bank_returns import returnable_lines
from payments.services.bank_returns import book_return

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.selectors.bank_lines import BankLineView
    from payments.selectors.bank_returns import Returnable
    from payments.services.bank_lines import Decision

T = TypeVar("T")


def return_line(
    *, provider_id: int, line_id: int, source_ids: Sequence[int], decision: Decision
) -> None:
    """Book a return: the opposite of what the credits posted, and proformas and documents are undone as far as it goes.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: the line of the return.
        source_ids: the lines that had come in.
        decision: who decided.

    Raises:
        LineDecided, BankLineNotFound, ReturnDiffers: as `book_return`.
    """
    done = book_return(
        provider_id=provider_id, line_id=line_id, source_ids=source_ids, decision=decision
    )
    for each in done:
        if each.part.amount == each.credit.amount:
            take_documents_back(
                provider_id=provider_id,
                credit=each.credit,
                reason=decision.reason,
                now=decision.now,
            )
        else:
            take_part_back(
                provider_id=provider_id, returned=each, reason=decision.reason, now=decision.now
            )


def match_outgoing(
    provider_id: int, line: BankLineView, decision: Decision
) -> tuple[LineState, LineReason]:
    """Book a return that names one payment of its amount; else say where money that went out belongs, and why.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line: money that went out.
        decision: who decides; nobody when the bank names the payment.
    """
    found = _returned(provider_id, line)
    if len(found) == 1:
        return_line(
            provider_id=provider_id,
            line_id=line.id,
            source_ids=[found[0].line.id],
            decision=replace(decision, reason=decision.reason or line.return_reason),
        )
        return LineState.RETURNED, LineReason.NONE
    if line.is_return:
        return LineState.OPEN, LineReason.RETURN
    return LineState.OUTGOING, LineReason.NONE


def _returned(provider_id: int, line: BankLineView) -> list[Returnable]:
    """Return what a return takes back as far as the bank names it and the amount is all of it.

    Money out alone names nothing, and neither does a batch of which the bank does not say what is in it.
    """
    if not line.is_return or line.is_batch:
        return []
    whole = [one for one in returnable_lines(provider_id, line) if one.left == -line.amount]
    return named_payments(
        line, [(one, one.line, one.credit.reference if one.credit else "") for one in whole]
    )


def named_payments(back: BankLineView, came: Sequence[tuple[T, BankLineView, str]]) -> list[T]:
    """Return those of some payments that a return names: by a reference, else by the bank's own name of the payment.

    Args:
        back: the return.
        came: what the caller calls a payment, its line, and the reference of what it pays, or "".
    """
    named = references_of(back)
    by_reference = [one for one, line, paid in came if named & references_of(line) or paid in named]
    if by_reference or not back.end_to_end:
        return by_reference
    return [one for one, line, _ in came if line.end_to_end == back.end_to_end]
