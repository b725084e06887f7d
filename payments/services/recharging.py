"""Top wallets up that have fallen below what their owners want: from the wallets' state, each time anew."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from celery import current_app
from django.utils.translation import override

from accounts.selectors.thresholds import below_thresholds
from accounts.types import ThresholdSelection
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.markers import marker
from payments.enums import Hindrance, RechargeState
from payments.models import Recharge
from payments.selectors.recharges import has_rules
from payments.services.payers import payer_of_tenant
from payments.services.recharge_claims import Claim, claim_recharge, request_key_of
from payments.services.recharge_notices import announce_missing_state
from payments.services.recharge_outcomes import judge_recharge
from payments.services.topups import charge_topup
from payments.services.transactions import own_transaction
from payments.types import TopupTerms
from tax.errors import StateMissing

if TYPE_CHECKING:
    from datetime import datetime

MARKERS: Final = ("recharge.claimed", "recharge.charged")
RECHARGE_TASK: Final = "payments.recharge_provider"
LIMIT: Final = 500
# The scan rings again.
_RING_EXPIRES_S: Final = 240
_RULES: Final = """
SELECT r.id AS mark, r.wallet_id, r.threshold_minor AS threshold FROM payments_recharge_rule r
 WHERE r.provider_id = %(provider)s AND r.is_on AND r.id > %(after)s
"""


def ring_recharge(*, provider_id: int) -> None:
    """Ask a worker to look at a provider's wallets now, if anybody wants them recharged.

    Args:
        provider_id: whose; no scope needs to be open.

    Idempotency: the message is a doorbell; when it is lost, the scan does the same within five minutes.
    """
    if has_rules(provider_id):
        current_app.send_task(
            RECHARGE_TASK,
            kwargs={"provider_id": provider_id},
            retry=False,
            expires=_RING_EXPIRES_S,
            ignore_result=True,
        )


def recharge_due(*, provider_id: int, now: datetime) -> Counter[str]:
    """Follow the recharges of a provider that are under way, then recharge each wallet that is due.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment.

    Returns:
        How many recharges were followed (`followed`) and begun (`charged`), and wallets that are low and not charged,
        by reason.

    Idempotency: by rule; a rule has one open recharge, and a recharge one payment.
    """
    done: Counter[str] = Counter()
    for recharge_id in _open_recharges(provider_id):
        judge_recharge(provider_id=provider_id, recharge_id=recharge_id, now=now)
        done["followed"] += 1
    after = 0
    while found := _low(provider_id, after):
        for rule_id in found:
            done[recharge_wallet(provider_id=provider_id, rule_id=rule_id, now=now)] += 1
        after = found[-1]
    return done


def recharge_wallet(*, provider_id: int, rule_id: int, now: datetime) -> str:
    """Recharge the wallet of one rule, if it is due.

    Args:
        provider_id: whose; no transaction is open.
        rule_id: which rule.
        now: the present moment.

    Returns:
        `charged`, or why not: of Hindrance, or the code of the refusal.

    Idempotency: as `claim_recharge` and `charge_topup`.
    """
    claim = claim_recharge(provider_id=provider_id, rule_id=rule_id, now=now)
    if isinstance(claim, Hindrance):
        return str(claim)
    marker("recharge.claimed")
    try:
        _charge(provider_id, claim, now)
    except DomainError as error:
        _give_back(provider_id, claim, error.code, now)
        return error.code
    marker("recharge.charged")
    judge_recharge(provider_id=provider_id, recharge_id=claim.recharge_id, now=now)
    return "charged"


def _charge(provider_id: int, claim: Claim, now: datetime) -> None:
    tenant = claim.tenant
    with own_transaction(provider_id):
        payer = payer_of_tenant(tenant)
    with override(tenant.language):
        charge_topup(
            provider_id=provider_id,
            tenant_id=tenant.id,
            terms=TopupTerms(
                connection=claim.way,
                amount=claim.amount,
                request_key=request_key_of(claim.public_id),
            ),
            payer=payer,
            method_id=claim.method_id,
            now=now,
        )


def _give_back(provider_id: int, claim: Claim, code: str, now: datetime) -> None:
    """Note why no payment could be opened; the same recharge is claimed again by the next scan."""
    with own_transaction(provider_id):
        rows = Recharge.objects.filter(provider_id=provider_id, pk=claim.recharge_id)
        row = rows.select_for_update(no_key=True).get()
        if row.state == RechargeState.CLAIMED:
            row.code, row.claimed_until = code[:64], row.created_at
            row.save(update_fields=["code", "claimed_until"])
            if code == StateMissing.code:
                announce_missing_state(row, now=now)


def _open_recharges(provider_id: int) -> list[int]:
    with own_transaction(provider_id):
        rows = Recharge.objects.filter(provider_id=provider_id)
        return list(
            rows.exclude(state=RechargeState.DONE).order_by("pk").values_list("pk", flat=True)
        )


def _low(provider_id: int, after: int) -> list[int]:
    params = {"provider": provider_id, "after": after}
    with own_transaction(provider_id):
        return below_thresholds(
            provider_id, ThresholdSelection(sql=_RULES, params=params), limit=LIMIT
        )
