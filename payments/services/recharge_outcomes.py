"""What became of a recharge's payment: its end, and what its refusal means for the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from payments.enums import (
    CREDITED,
    FAILED_STATES,
    GIVEN_UP,
    AttemptKind,
    AttemptState,
    MethodState,
    RechargeState,
)
from payments.gateways.declines import DeclineClass
from payments.gateways.errors import KEY_CODES
from payments.gateways.refusals import decline_class
from payments.models import Attempt, Method, Recharge
from payments.selectors.topups import topup_of_attempt
from payments.services.recharge_claims import arm, locked_breaker, request_key_of
from payments.services.recharge_notices import announce_decline
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.models import Breaker

MARKERS: Final = ("recharge.judged",)
# After a day, two and four; the fourth decline in a row is the last one: well below the 15 in 30 days that Visa allows.
FIRST_WAIT: Final = timedelta(days=1)
DECLINES_MAX: Final = 4
# Nobody's no: the gateway was never reached, so that the next scan begins anew.
_NEVER_ASKED: Final = ("never_started", GIVEN_UP, *KEY_CODES)


def judge_recharge(*, provider_id: int, recharge_id: int, now: datetime) -> str:
    """Follow a recharge's payment to where it stands; a refusal is counted once, whoever comes first.

    Args:
        provider_id: whose; no transaction is open.
        recharge_id: which.
        now: the present moment.

    Returns:
        The recharge's state after it.

    Idempotency: by the recharge's state, under the lock of the tenant's breaker.
    """
    with own_transaction(provider_id):
        rows = Recharge.objects.filter(provider_id=provider_id)
        tenant_id = rows.values_list("tenant_id", flat=True).get(pk=recharge_id)
        breaker = locked_breaker(provider_id, tenant_id)
        row = rows.get(pk=recharge_id)
        attempt = Attempt.objects.filter(
            provider_id=provider_id,
            tenant_id=row.tenant_id,
            request_key=request_key_of(row.public_id),
        ).first()
        if attempt is None:
            _forget_refusal(row, now)
        if row.state == RechargeState.DONE or attempt is None:
            return row.state
        row.attempt_id, row.amount_minor = attempt.pk, _bought(attempt)
        row.state = RechargeState.CHARGING
        if attempt.state in CREDITED:
            _end(row, "", now)
            arm(breaker)
        elif attempt.state in FAILED_STATES or _asks_customer(attempt):
            _refused(row, attempt, breaker, now)
        row.save()
    marker("recharge.judged")
    return row.state


def _forget_refusal(row: Recharge, now: datetime) -> None:
    """Forget why no payment could be opened: a wallet that is still low is told why anew by the same scan."""
    if row.state == RechargeState.CLAIMED and row.code and row.claimed_until <= now:
        row.code = ""
        row.save(update_fields=["code"])


def _bought(attempt: Attempt) -> int:
    topup = topup_of_attempt(attempt.provider_id, attempt.pk)
    return topup.amount.amount_minor if topup else attempt.amount_minor


def _asks_customer(attempt: Attempt) -> bool:
    is_charge = attempt.kind == AttemptKind.CHARGE
    return is_charge and attempt.state == AttemptState.REQUIRES_ACTION


def _refused(row: Recharge, attempt: Attempt, breaker: Breaker, now: datetime) -> None:
    _end(row, attempt.failure_code, now)
    if attempt.failure_code in _NEVER_ASKED:
        return
    kind = decline_class(attempt.failure_code)
    if _asks_customer(attempt):
        kind = DeclineClass.CUSTOMER
    if _is_gone(attempt):
        # Whatever its gateway called that.
        kind = DeclineClass.NEVER
    row.decline = kind
    breaker.decline, breaker.code = kind, row.code
    breaker.method_mark, breaker.declined_at = row.method_mark, now
    breaker.retry_at = breaker.paused_at = None
    if kind is DeclineClass.FAULT:
        breaker.retry_at = now + FIRST_WAIT
        breaker.save()
        return
    breaker.declines += 1
    if kind is DeclineClass.LATER and breaker.declines < DECLINES_MAX:
        breaker.retry_at = now + FIRST_WAIT * 2 ** (breaker.declines - 1)
    else:
        breaker.paused_at = now
    breaker.save()
    if breaker.declines == 1 or breaker.paused_at:
        announce_decline(row, breaker, now=now)


def _is_gone(attempt: Attempt) -> bool:
    rows = Method.objects.filter(
        provider_id=attempt.provider_id, connection_id=attempt.connection_id
    )
    gone = rows.filter(tenant_id=attempt.tenant_id, state=MethodState.GONE)
    return gone.filter(method_id=attempt.method_id).exists()


def _end(row: Recharge, code: str, now: datetime) -> None:
    row.state, row.decided_at, row.code = RechargeState.DONE, now, code
