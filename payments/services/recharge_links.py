"""Pay a declined recharge by hand: the gateway's page for the same amount, opened by the customer from a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.enums import OPEN_STATES
from payments.errors_recharges import RechargeNotFound
from payments.models import Attempt, Connection, Recharge
from payments.selectors.recharge_needs import TAKEN, recharge_of_need
from payments.services.recharge_claims import request_key_of
from payments.services.topups import start_topup
from payments.services.transactions import own_transaction
from payments.types import TopupTerms

if TYPE_CHECKING:
    from datetime import datetime

    from payments.recharge_types import LinkTerms
    from payments.types import PayerDetails

MARKERS: Final = ("recharge.link_claimed",)
_STANDS: Final = (*OPEN_STATES, *TAKEN)


def pay_recharge(
    *, provider_id: int, tenant_id: int, terms: LinkTerms, payer: PayerDetails, now: datetime
) -> str:
    """Open the gateway's page for what a recharge could not charge, or the newest of its retries.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: which recharge, and where the customer comes back to.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The payment's public id; of the one that was opened before, while it is not over.

    Raises:
        RechargeNotFound: the tenant has no such recharge, nothing of it is left to pay, or a later one met its need or
            is under way.
        TopupBlocked, ConnectionNotFound, CurrencyRefused, GatewayRefused, GatewayDown: as `start_topup`.

    Idempotency: by the recharge that is paid and the number of its pages that ended without a payment; links of several
        recharges of one need open one page.
    """
    with own_transaction(provider_id):
        row = _locked(provider_id, tenant_id, terms.recharge)
        last = Attempt.objects.filter(provider_id=provider_id, pk=row.link_attempt_id or 0).first()
        if last is not None and last.state not in _STANDS:
            row.links += 1
            row.link_attempt_id = None
            row.save(update_fields=["links", "link_attempt_id"])
        ways = Connection.objects.filter(provider_id=provider_id, pk=row.connection_id)
        way = ways.get().public_id
    marker("recharge.link_claimed")
    payment = start_topup(
        provider_id=provider_id,
        tenant_id=tenant_id,
        terms=TopupTerms(
            connection=way,
            amount=Money(row.amount_minor, row.currency),
            request_key=f"{request_key_of(row.public_id)}:{row.links}",
            return_url=terms.return_url,
            opened_by=terms.opened_by,
        ),
        payer=payer,
        now=now,
    )
    with own_transaction(provider_id):
        opened = Attempt.objects.get(provider_id=provider_id, public_id=payment)
        rows = Recharge.objects.filter(provider_id=provider_id, pk=row.pk)
        rows.update(link_attempt_id=opened.pk)
    return payment


def _locked(provider_id: int, tenant_id: int, public_id: str) -> Recharge:
    found = recharge_of_need(provider_id, tenant_id, public_id)
    row = Recharge.objects.select_for_update(no_key=True).get(provider_id=provider_id, pk=found.pk)
    # While this waited for the row, its payment may have been opened by another link, or a retry may have begun.
    if recharge_of_need(provider_id, tenant_id, public_id).pk != row.pk:
        raise RechargeNotFound
    charged = Attempt.objects.filter(provider_id=provider_id, pk=row.attempt_id or 0)
    if charged.filter(state__in=TAKEN).exists():
        raise RechargeNotFound
    return row
