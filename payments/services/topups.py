"""Open a top-up: its terms are quoted, its promotion held and its payment written down in one transaction.

Called by the Top-up page, by auto-recharge and by bank orders.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from payments.errors import FormReused
from payments.errors_topups import QuoteChanged, TopupBlocked
from payments.models import Attempt, Topup
from payments.models.topup import new_topup_id
from payments.selectors.quotes import quote_topup
from payments.services.attempts import write_attempt
from payments.services.charges import take_money
from payments.services.checkout import lead_to_page
from payments.services.transactions import own_transaction
from payments.types import PaymentTerms, TopupTerms
from promotions.services.redeeming import reserve
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime

    from payments.selectors.quotes import Quote
    from payments.types import PayerDetails

MARKERS: Final = ("topup.opened", "payment.opened", "payment.page_opened", "payment.settled")


def start_topup(
    *, provider_id: int, tenant_id: int, terms: TopupTerms, payer: PayerDetails, now: datetime
) -> str:
    """Open a top-up and the gateway's page on which it is paid.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: what is wanted.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        The payment's public id; where to pay stands in its row while the page is open.

    Raises:
        TopupBlocked, CodeRefused: this tenant may not make it, or its code gives nothing; nothing was opened.
        QuoteChanged: the total is another one by now than `terms.agreed`.
        FormReused: the request key stands for another top-up.
        ConnectionNotFound, CurrencyRefused: as `start_checkout`; nothing was opened.
        GatewayRefused, GatewayDown: as `start_checkout`.

    Idempotency: by `terms.request_key` per tenant.
    """
    row = _open(provider_id, tenant_id, terms, now)
    return lead_to_page(row=row, payer=payer, now=now)


def charge_topup(
    *,
    provider_id: int,
    tenant_id: int,
    terms: TopupTerms,
    payer: PayerDetails,
    method_id: str,
    now: datetime,
) -> str:
    """Open a top-up and charge a saved method for it, while the customer is away.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: who pays.
        terms: what is wanted.
        payer: what the gateway is told of the tenant.
        method_id: the gateway's id of the method.
        now: the present moment.

    Returns:
        The payment's public id; its row says what came of it, `unknown` when the answer was lost.

    Raises:
        TopupBlocked, QuoteChanged, FormReused: as `start_topup`.
        ConnectionNotFound, CurrencyRefused, MethodFrozen: as `charge_method`; nothing was opened.

    Idempotency: by `terms.request_key` per tenant; one that was decided is not charged again.
    """
    row = _open(provider_id, tenant_id, terms, now, method_id)
    return take_money(row=row, payer=payer, now=now)


def open_bank_topup(
    *,
    provider_id: int,
    tenant_id: int,
    amount: Money,
    code: str,
    request_key: str,
    opened_by: int | None,
    now: datetime,
) -> str:
    """Open a top-up that is paid by bank transfer.

    Args:
        provider_id: whose; its scope is open, in a transaction.
        tenant_id: who pays.
        amount: the credit that is bought.
        code: of a promotion, or "".
        request_key: of the form, at most 100 characters: it opens one top-up.
        opened_by: number of the user, None for a job.
        now: the present moment.

    Returns:
        The top-up's public id.

    Raises:
        TopupBlocked, FormReused: as `start_topup`.

    Idempotency: by `request_key` per tenant.
    """
    terms = TopupTerms(
        connection="", amount=amount, code=code, request_key=request_key, opened_by=opened_by
    )
    row, _is_new = _write(provider_id, tenant_id, terms, now)
    if row.attempt_id is not None:
        raise FormReused
    return row.public_id


def _write(
    provider_id: int, tenant_id: int, terms: TopupTerms, now: datetime
) -> tuple[Topup, bool]:
    """Write a top-up down and hold its promotion; returns the row, and whether this call has made it."""
    before = _before(provider_id, tenant_id, terms)
    if before is not None:
        return before, False
    quote = quote_topup(
        provider_id=provider_id,
        tenant_id=tenant_id,
        amount=terms.amount,
        code=terms.code,
        now=now,
    )
    if quote.blocked_by is not None:
        # The same form, sent twice at once, may have taken the code's last use itself.
        before = _before(provider_id, tenant_id, terms)
        if before is not None:
            return before, False
        raise TopupBlocked(quote.blocked_by, quote.blocked_words)
    if terms.agreed is not None and quote.total != terms.agreed:
        raise QuoteChanged
    made = Topup(
        public_id=new_topup_id(), provider_id=provider_id, tenant_id=tenant_id, **_columns(quote)
    )
    made.code, made.request_key = terms.code.strip(), terms.request_key
    made.opened_by, made.created_at, made.state_at = terms.opened_by, now, now
    Topup.objects.bulk_create([made], ignore_conflicts=True)
    row = _before(provider_id, tenant_id, terms)
    if row is None:  # the conflict was with another id, which a random one never has
        raise FormReused
    is_new = row.public_id == made.public_id
    if is_new and row.code:
        _hold(row, now)
    return row, is_new


def _before(provider_id: int, tenant_id: int, terms: TopupTerms) -> Topup | None:
    rows = Topup.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    row = rows.filter(request_key=terms.request_key).first()
    asked = (terms.amount.amount_minor, terms.amount.currency, terms.code.strip())
    if row is not None and (row.amount_minor, row.currency, row.code) != asked:
        raise FormReused
    return row


def _columns(quote: Quote) -> dict[str, Any]:
    return {
        "currency": quote.amount.currency,
        "amount_minor": quote.amount.amount_minor,
        "discount_minor": quote.discount.amount_minor,
        "bonus_minor": quote.bonus.amount_minor,
        "tax_minor": quote.tax.amount_minor,
        "total_minor": quote.total.amount_minor,
        "tax_point": quote.tax_point,
        "includes_tax": quote.includes_tax,
        "taxes": quote.taxes.to_json() if quote.taxes else {},
    }


def _hold(row: Topup, now: datetime) -> None:
    offer = reserve(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        amount=Money(row.amount_minor, row.currency),
        code=row.code,
        source=row.public_id,
        now=now,
    )
    promised = (offer.discount.amount_minor, offer.bonus.amount_minor)
    if promised != (row.discount_minor, row.bonus_minor):
        raise QuoteChanged


def _open(
    provider_id: int, tenant_id: int, terms: TopupTerms, now: datetime, method_id: str = ""
) -> Attempt:
    with own_transaction(provider_id):
        topup, is_new = _write(provider_id, tenant_id, terms, now)
        row = write_attempt(
            provider_id=provider_id,
            tenant_id=tenant_id,
            terms=_payment(topup, terms),
            now=now,
            method_id=method_id,
        )
        if topup.attempt_id is None and is_new:
            topup.attempt_id = row.pk
            topup.save(update_fields=["attempt_id"])
        if topup.attempt_id != row.pk:
            raise FormReused
        marker("topup.opened")
    marker("payment.opened")
    return row


def _payment(topup: Topup, terms: TopupTerms) -> PaymentTerms:
    name = tenant_by_id(topup.provider_id, topup.tenant_id).name
    return PaymentTerms(
        connection=terms.connection,
        amount=Money(topup.total_minor, topup.currency),
        description=_("Credit for %s") % name[:150],
        request_key=terms.request_key,
        return_url=terms.return_url,
        reference=topup.public_id,
        opened_by=terms.opened_by,
    )
