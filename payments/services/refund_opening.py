"""Open a refund: every rule is checked and every posting made under the payment's lock, before a gateway is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.errors import InsufficientFunds
from accounts.selectors.bonus import bonus_left
from billing_platform.kernel.ids import new_public_id
from billing_platform.kernel.money import Money
from payments.enums import AttemptState, NoWayBack, RefundDestination, RefundState
from payments.errors import (
    AmountRefused,
    FormReused,
    NotRefundable,
    NoWayToRefund,
    RefundNeedsSecond,
    RefundNotCovered,
    RefundTooLarge,
)
from payments.models import Attempt, Refund
from payments.models.refund import new_refund_id
from payments.selectors.refunds import given_back
from payments.services.balance_refunds import credit_balance
from payments.services.bonus_returns import bring_bonus
from payments.services.refund_outcomes import SOURCE, take, tax_parts
from payments.services.refund_ways import why_no_way_back
from payments.services.schedule import next_poll
from payments.services.settlement import locked_payment
from tenants.registry import APPROVAL_LIMIT_MINOR
from tenants.selectors.settings import get_setting

if TYPE_CHECKING:
    from datetime import datetime

    from payments.types import RefundTerms


def open_refund(
    *,
    provider_id: int,
    public_id: str,
    terms: RefundTerms,
    reason: str,
    request_key: str,
    user_id: int,
    now: datetime,
    is_seconded: bool = False,
) -> Refund:
    """Write a refund down with its postings; one to the balance is done by that, one to the gateway is to be sent.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        public_id: of the payment.
        terms: how much, and where.
        reason: a person's words.
        request_key: of the form or request, at most 150 characters.
        user_id: who asks.
        now: the present moment.
        is_seconded: a second person has approved it.

    Returns:
        The refund, or the one that this key has opened before.

    Raises:
        PaymentNotFound: the provider has no such payment.
        FormReused: the key stands for other terms.
        NotRefundable, AmountRefused, RefundTooLarge, RefundNeedsSecond, NoWayToRefund, RefundNotCovered: by the rules.

    Idempotency: by `request_key` per payment.
    """
    attempt = locked_payment(provider_id, public_id)
    rows = Refund.objects.filter(provider_id=provider_id, attempt_id=attempt.pk)
    before = rows.filter(request_key=request_key).first()
    if before is not None:
        asked = Money(before.amount_minor, before.currency)
        if (asked, before.destination) != (terms.amount, terms.destination):
            raise FormReused
        return before
    check_terms(attempt, terms, now=now, is_seconded=is_seconded)
    row = Refund(
        public_id=new_refund_id(),
        provider_id=provider_id,
        tenant_id=attempt.tenant_id,
        connection_id=attempt.connection_id,
        attempt_id=attempt.pk,
        destination=terms.destination,
        amount_minor=terms.amount.amount_minor,
        currency=terms.amount.currency,
        reason=reason[:500],
        key=new_public_id("key"),
        request_key=request_key,
        asked_by=user_id,
        created_at=now,
        state_at=now,
    )
    _post(row, attempt, terms, now)
    row.save(force_insert=True)
    return row


def check_terms(
    attempt: Attempt, terms: RefundTerms, *, now: datetime, is_seconded: bool = False
) -> None:
    """Refuse what cannot be given back of a payment, whatever its wallet holds.

    Args:
        attempt: the payment, locked.
        terms: how much, and where.
        now: the present moment.
        is_seconded: a second person has approved it.

    Raises:
        NotRefundable: nothing came in this currency.
        AmountRefused: nothing, or less.
        RefundTooLarge: more than what is left after all refunds, wherever they went.
        NoWayToRefund: the gateway cannot give it back, so only the balance can take it; or it is taxed, and the
            balance holds it without its tax.
        RefundNeedsSecond: more than one person may decide.
    """
    amount = terms.amount
    if attempt.state != AttemptState.SUCCEEDED or attempt.received_currency != amount.currency:
        raise NotRefundable
    if amount.amount_minor <= 0:
        raise AmountRefused(message=_("Give back more than nothing."))
    left = (attempt.received_minor or 0) - given_back(attempt.provider_id, attempt.pk)
    if amount.amount_minor > left:
        raise RefundTooLarge
    if terms.destination == RefundDestination.BALANCE and tax_parts(attempt, amount):
        raise NoWayToRefund(message=str(NoWayBack.TAXED.label))
    if terms.destination == RefundDestination.ORIGINAL:
        reason = why_no_way_back(attempt, now=now)
        if reason is not NoWayBack.NONE:
            raise NoWayToRefund(message=str(reason.label))
    if not is_seconded and needs_second(attempt.provider_id, amount):
        raise RefundNeedsSecond


def needs_second(provider_id: int, amount: Money) -> bool:
    """Return whether a refund is above what one person may decide.

    Args:
        provider_id: whose; its scope is open.
        amount: of the refund.
    """
    limit: int = get_setting(provider_id, APPROVAL_LIMIT_MINOR)
    return bool(limit) and amount.amount_minor > limit


def _post(row: Refund, attempt: Attempt, terms: RefundTerms, now: datetime) -> None:
    if terms.destination == RefundDestination.BALANCE:
        row.state = RefundState.SUCCEEDED
        row.posting_id, row.credit_id = credit_balance(
            attempt, row.public_id, terms.amount, now=now
        )
        return
    # Its share of the bonus first, from where it was given; then the money, from what was paid.
    key = f"{SOURCE}:{row.public_id}"
    bring_bonus(attempt.provider_id, attempt.pk, terms.amount, key, now)
    # Bonus credit is used, never paid out: so much has to stay, unless the balance may fall below zero anyway.
    kept = bonus_left(attempt.provider_id, attempt.tenant_id, terms.amount.currency)
    floor = None if terms.overdraws else kept
    try:
        row.tax_parts = list(tax_parts(attempt, terms.amount))
        row.posting_id = take(
            attempt,
            row.public_id,
            terms.amount,
            floor=floor,
            now=now,
            tax_minor=sum(row.tax_parts),
        )
    except InsufficientFunds as error:
        raise RefundNotCovered from error
    row.next_poll_at = next_poll(now, 0, now)
