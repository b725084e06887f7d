"""What people decide about lines of bank statements; each with a reason, each once. Called by the provider's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.scope import provider_scope
from invoicing.errors_bank import TargetUnknown
from invoicing.models import BankOrder
from invoicing.services.bank_matching import credit_order, match_told_apart
from invoicing.services.bank_returns import return_line
from invoicing.services.references import compact
from invoicing.services.unsettling import take_documents_back
from payments.enums_bank import LineReason, LineState
from payments.errors_bank import LineDecided, MatchReasonMissing
from payments.selectors.bank_lines import line_by_public_id
from payments.services.bank_lines import Decision, locked_line, set_line_aside, take_line_up
from payments.services.bank_money import Purpose, credit_line, take_back_credit
from payments.services.bank_requests import (
    approve_request,
    ask_for_match,
    check_no_match_waits,
    decline_request,
)
from tenants.errors import TenantNotFoundError
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.selectors.settings import get_setting
from tenants.selectors.tenants import tenant_by_external_id, tenant_by_public_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from payments.selectors.bank_lines import BankLineView
    from tenants.types import TenantView


def match_by_hand(*, provider_id: int, line: str, target: str, decision: Decision) -> bool:
    """Credit a line to an order or to a client; above the provider's limit a second person approves it first.

    Args:
        provider_id: whose; no scope needs to be open.
        line: public id of the line.
        target: an order's reference, its proforma's number, or a client's id, the provider's own or ours.
        decision: who decided, and why.

    Returns:
        Whether it is credited; False when it waits for a second person.

    Raises:
        BankLineNotFound: the provider has no such line.
        TargetUnknown: nothing of the provider has this number or id.
        MatchReasonMissing: no reason.
        LineDecided: somebody decided before.
        MatchWaits: a match of it waits for a second person.

    Idempotency: a line is credited once.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        order = _order(provider_id, target)
        tenant_id = order.tenant_id if order else _client(provider_id, target).id
        limit: int = get_setting(provider_id, APPROVAL_LIMIT_MINOR)
        if limit and found.amount.amount_minor > limit:
            ask_for_match(
                provider_id=provider_id,
                line_id=found.id,
                tenant_id=tenant_id,
                target=order.reference if order else "",
                decision=decision,
            )
            return False
        locked_line(provider_id, found.id)
        check_no_match_waits(provider_id, found.id)
        _credit(provider_id, found, order, tenant_id, decision)
        return True


def approve_match(*, provider_id: int, line: str, user_id: int, now: datetime) -> None:
    """Approve a match that somebody else asked for, and make it, in one transaction.

    Args:
        provider_id: whose; no scope needs to be open.
        line: public id of the line.
        user_id: who approves; not who asked.
        now: the present moment.

    Raises:
        BankLineNotFound: the provider has no such line.
        NoMatchRequest: nothing waits; somebody decided before.
        SameMatchPerson: who asked cannot approve.

    Idempotency: a request is decided once, a line is credited once.
    """
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        asked = approve_request(provider_id=provider_id, line_id=found.id, user_id=user_id, now=now)
        order = _order(provider_id, asked.target)
        decision = Decision(now=now, user_id=asked.requested_by, reason=asked.reason)
        _credit(provider_id, found, order, asked.tenant_id, decision)


def decline_match(*, provider_id: int, line: str, user_id: int, now: datetime) -> None:
    """Decline a match that waits, or withdraw one's own; the line waits as before.

    Args, raises: as `approve_match`, but anybody may.
    """
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        decline_request(provider_id=provider_id, line_id=found.id, user_id=user_id, now=now)


def take_match_back(*, provider_id: int, line: str, decision: Decision) -> None:
    """Take a match back by a reversal, with what it settled; the line waits again.

    Args:
        provider_id: whose; no scope needs to be open.
        line: public id of the line.
        decision: who decided, and why.

    Raises:
        BankLineNotFound: the provider has no such line.
        NothingToTakeBack: it is not credited, or was returned.
        PartlyReturned: the bank took a part back.
        MatchReasonMissing: no reason.

    Idempotency: a credit ends once.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        credit = take_back_credit(provider_id=provider_id, line_id=found.id, decision=decision)
        take_documents_back(
            provider_id=provider_id, credit=credit, reason=decision.reason, now=decision.now
        )


def return_by_hand(
    *, provider_id: int, line: str, credited: Sequence[str], decision: Decision
) -> None:
    """Book a return that the bank did not name, or not wholly: a part of one payment, or several payments at once.

    Args:
        provider_id: whose; no scope needs to be open.
        line: public id of the line of the return.
        credited: public ids of the lines that had come in; of one a part may go back, of several all that is left.
        decision: who decided, and why.

    Raises:
        BankLineNotFound: the provider has no such lines.
        LineDecided: they are of another account, or somebody decided before.
        ReturnDiffers: they do not come to what went out.
        MatchReasonMissing: no reason.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        return_line(
            provider_id=provider_id,
            line_id=line_by_public_id(provider_id, line).id,
            source_ids=[line_by_public_id(provider_id, each).id for each in credited],
            decision=decision,
        )


def set_aside(*, provider_id: int, line: str, decision: Decision) -> None:
    """Say that a line is no payment of a client, or the same one as an equal line of another file.

    Args, raises: as `take_match_back`; LineDecided: it does not wait; MatchWaits: a match of it waits.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        locked_line(provider_id, found.id)
        check_no_match_waits(provider_id, found.id)
        set_line_aside(provider_id=provider_id, line_id=found.id, decision=decision)


def say_same(*, provider_id: int, line: str, decision: Decision) -> None:
    """Say that a possible duplicate is the same payment as the equal line of another file, and nothing else.

    Args, raises: as `take_match_back`; LineDecided: nobody asks, or somebody answered before.

    Idempotency: a question is answered once.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        row = locked_line(provider_id, found.id)
        if row.state != LineState.OPEN or row.reason != LineReason.DUPLICATE:
            raise LineDecided
        set_line_aside(provider_id=provider_id, line_id=found.id, decision=decision)


def tell_apart(*, provider_id: int, line: str, decision: Decision) -> None:
    """Say that a possible duplicate is another payment; it is matched by its reference, or waits for a match by hand.

    Args, raises: as `take_match_back`; LineDecided: nobody asks, or somebody answered before.

    Idempotency: a question is answered once.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        match_told_apart(provider_id=provider_id, line_id=found.id, decision=decision)


def take_up(*, provider_id: int, line: str, decision: Decision) -> None:
    """Put a line that was set aside back into the queue; this needs no reason.

    Raises:
        BankLineNotFound: the provider has no such line.
        LineDecided: it was not set aside.
    """
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        take_line_up(provider_id=provider_id, line_id=found.id, decision=decision)


def _credit(
    provider_id: int,
    line: BankLineView,
    order: BankOrder | None,
    tenant_id: int,
    decision: Decision,
) -> None:
    if order is not None:
        credit_order(provider_id=provider_id, line=line, order=order, decision=decision)
        return
    purpose = Purpose(tenant_id=tenant_id)
    credit_line(provider_id=provider_id, line_id=line.id, purpose=purpose, decision=decision)


def _check_reason(decision: Decision) -> None:
    if not decision.reason.strip():
        raise MatchReasonMissing


def _order(provider_id: int, target: str) -> BankOrder | None:
    wanted = compact(target)
    if not wanted:
        return None
    rows = BankOrder.objects.filter(provider_id=provider_id)
    return rows.filter(reference=wanted).first() or rows.filter(number_key=wanted).first()


def _client(provider_id: int, target: str) -> TenantView:
    wanted = target.strip()
    try:
        return tenant_by_public_id(provider_id, wanted)
    except TenantNotFoundError:
        pass
    try:
        return tenant_by_external_id(provider_id, wanted)
    except TenantNotFoundError as error:
        raise TargetUnknown from error
