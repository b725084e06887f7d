"""Match lines of bank statements with payment orders: by reference alone; all else waits for a person.

Order of the rules: a possible duplicate waits; the structured reference; one, or a number, in the text; a person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from django.db import DataError, IntegrityError

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.enums import UNPAID_STATES
from invoicing.models import BankOrder, Document
from invoicing.services.bank_returns import match_outgoing
from invoicing.services.drafting import locked_document
from invoicing.services.references import numbers_in, references_of, written_in
from invoicing.services.second_payments import announce_second
from invoicing.services.settling import settle_document
from invoicing.services.standing import open_minor
from payments.enums_bank import LineReason, LineState
from payments.errors_bank import LineDecided
from payments.selectors.bank_lines import bank_line, new_lines
from payments.services.bank_lines import (
    Decision,
    leave_line,
    remark_line,
    tell_line_apart,
)
from payments.services.bank_money import Purpose, credit_line

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.bank_lines import BankLineView, CreditView

MARKERS: Final = ("match.settled", "match.done")
BATCH: Final = 200
# A shorter number could stand in any text by chance.
_NUMBER_LEAST: Final = 8


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of the lines of a round.

    Attributes:
        states: how many ended where.
        failed: how many were refused, by reason; they are looked at again.
    """

    states: dict[str, int] = field(default_factory=dict)
    failed: dict[str, int] = field(default_factory=dict)


def match_new_lines(*, provider_id: int, now: datetime) -> Matched:
    """Look at every line that is new, each in a transaction of its own.

    Args:
        provider_id: whose; no scope needs to be open.
        now: the present moment.

    Idempotency: a line is decided on once, whoever comes first; what is cut off is taken up by the next round.
    """
    done = Matched()
    after = 0
    while True:
        with provider_scope(provider_id):
            lines = new_lines(provider_id, after=after, limit=BATCH)
        if not lines:
            return done
        after = lines[-1]
        for line_id in lines:
            try:
                with provider_scope(provider_id):
                    state = match_line(provider_id=provider_id, line_id=line_id, now=now)
            except LineDecided:
                continue  # somebody else came first
            except DomainError as error:
                done.failed[error.code] = done.failed.get(error.code, 0) + 1
            except (DataError, IntegrityError):
                # One line that the database refuses must not hold back those behind it.
                done.failed["database"] = done.failed.get("database", 0) + 1
            else:
                done.states[state] = done.states.get(state, 0) + 1
                marker("match.done")


def match_line(*, provider_id: int, line_id: int, now: datetime) -> str:
    """Decide on a new line by what it says.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        now: the present moment.

    Returns:
        The state in which it is.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: somebody else decided on it at the same moment.
    """
    line = bank_line(provider_id, line_id)
    if line.state != LineState.NEW:
        return line.state
    if line.equal_line_id is not None:
        state, reason = LineState.OPEN, LineReason.DUPLICATE
    else:
        state, reason = _decide(provider_id, line, Decision(now=now))
    if state in (LineState.OPEN, LineState.OUTGOING):
        leave_line(provider_id=provider_id, line_id=line.id, state=state, reason=reason, now=now)
    return state


def match_told_apart(*, provider_id: int, line_id: int, decision: Decision) -> None:
    """Take a possible duplicate for another payment, and decide on it by what it says; else it waits for a person.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line_id: which.
        decision: who said so, and why.

    Raises:
        BankLineNotFound, LineDecided: as `tell_line_apart`.
    """
    tell_line_apart(provider_id=provider_id, line_id=line_id, decision=decision)
    state, reason = _decide(provider_id, bank_line(provider_id, line_id), decision)
    if state == LineState.OPEN:
        remark_line(provider_id=provider_id, line_id=line_id, reason=reason, now=decision.now)


def _decide(
    provider_id: int, line: BankLineView, decision: Decision
) -> tuple[LineState, LineReason]:
    """Credit or return a line by what it says; else return where it belongs, and why."""
    if line.amount.amount_minor <= 0:
        return match_outgoing(provider_id, line, decision)
    order, reason = _order_of(provider_id, line)
    if order is None:
        return LineState.OPEN, reason
    credit_order(provider_id=provider_id, line=line, order=order, decision=decision)
    return LineState.MATCHED, LineReason.NONE


def credit_order(
    *, provider_id: int, line: BankLineView, order: BankOrder, decision: Decision
) -> CreditView:
    """Credit a line to the customer of an order, and count it towards the proforma as far as that is open.

    Args:
        provider_id: whose; its scope is open in a transaction.
        line: money that came in.
        order: what it is for; money in another currency does not settle it.
        decision: who decided.

    Raises:
        LineDecided: somebody else decided on it.
    """
    is_same = _document_currency(order) == line.amount.currency
    purpose = Purpose(
        tenant_id=order.tenant_id,
        reference=order.reference,
        topup=order.topup if is_same else "",
    )
    credit = credit_line(
        provider_id=provider_id, line_id=line.id, purpose=purpose, decision=decision
    )
    # The wallet is locked before the document, here and where a match is taken back.
    document = locked_document(provider_id, order.document_id)
    left = open_minor(document) if is_same and document.state in UNPAID_STATES else 0
    settled = min(left, line.amount.amount_minor)
    if settled:
        settle_document(
            provider_id=provider_id,
            document_id=document.pk,
            amount=Money(settled, document.currency),
            key=f"payment/{credit.public_id}",
            posting_id=credit.posting_id,
            now=decision.now,
        )
    if not settled and is_same:
        announce_second(document, credit, now=decision.now)
    if settled < line.amount.amount_minor:
        remark_line(
            provider_id=provider_id, line_id=line.id, reason=LineReason.OVER, now=decision.now
        )
    marker("match.settled")
    return credit


def _order_of(provider_id: int, line: BankLineView) -> tuple[BankOrder | None, LineReason]:
    """Return the one order that a line names, or why it waits."""
    if line.is_return:
        return None, LineReason.OWN_RETURN
    if line.is_batch:
        return None, LineReason.BATCH
    found = _by_reference(provider_id, set(line.reference.split()))
    found = found or _by_reference(provider_id, written_in(line))
    found = found or _by_number(provider_id, line)
    if not found:
        is_named = bool(line.reference or references_of(line))
        return None, LineReason.UNKNOWN if is_named else LineReason.MISSING
    if len(found) > 1:
        return None, LineReason.AMBIGUOUS
    if _document_currency(found[0]) != line.amount.currency:
        return None, LineReason.CURRENCY
    return found[0], LineReason.NONE


def _by_reference(provider_id: int, references: set[str]) -> list[BankOrder]:
    if not references:
        return []
    rows = BankOrder.objects.filter(provider_id=provider_id, reference__in=references)
    return list(rows.order_by("pk")[:2])


def _by_number(provider_id: int, line: BankLineView) -> list[BankOrder]:
    lengths = range(_NUMBER_LEAST, 41)
    numbers = numbers_in(line.text, lengths) | numbers_in(line.end_to_end, lengths)
    if not numbers:
        return []
    rows = BankOrder.objects.filter(provider_id=provider_id, number_key__in=numbers)
    return list(rows.order_by("pk")[:2])


def _document_currency(order: BankOrder) -> str:
    rows = Document.objects.filter(provider_id=order.provider_id, pk=order.document_id)
    return str(rows.values_list("currency", flat=True).get())
