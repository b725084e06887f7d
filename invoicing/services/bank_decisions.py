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
from payments.errors_bank import MatchReasonMissing
from payments.selectors.bank_lines import line_by_public_id
from payments.services.bank_lines import set_line_aside, take_line_up
from payments.services.bank_money import Purpose, credit_line, take_back_credit
from tenants.errors import TenantNotFoundError
from tenants.selectors.tenants import tenant_by_external_id, tenant_by_public_id

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.services.bank_lines import Decision
    from tenants.types import TenantView


def match_by_hand(*, provider_id: int, line: str, target: str, decision: Decision) -> None:
    """Credit a line to an order or to a client.

    Args:
        provider_id: whose; no scope needs to be open.
        line: public id of the line.
        target: an order's reference, its proforma's number, or a client's id, the provider's own or ours.
        decision: who decided, and why.

    Raises:
        BankLineNotFound: the provider has no such line.
        TargetUnknown: nothing of the provider has this number or id.
        MatchReasonMissing: no reason.
        LineDecided: somebody decided before.

    Idempotency: a line is credited once.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
        order = _order(provider_id, target)
        if order is not None:
            credit_order(provider_id=provider_id, line=found, order=order, decision=decision)
            return
        purpose = Purpose(tenant_id=_client(provider_id, target).id)
        credit_line(provider_id=provider_id, line_id=found.id, purpose=purpose, decision=decision)


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

    Args, raises: as `take_match_back`; LineDecided: it does not wait.
    """
    _check_reason(decision)
    with provider_scope(provider_id):
        found = line_by_public_id(provider_id, line)
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
