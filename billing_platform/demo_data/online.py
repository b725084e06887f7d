"""What the demo's clients pay on gateways' pages, at its moment of the simulated clock, by the parts' services.

The simulated gateways live in the present: their books have today's date, and the reconciliation says so.
"""

from __future__ import annotations

import http.client
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit

from django.conf import settings

from billing_platform.demo_data.cast import PASSWORD
from billing_platform.demo_data.gateways import ANSWER_SECONDS, act, address_of
from billing_platform.demo_data.purchases import PURCHASES
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from invoicing.services.payment_documents import issue_payment_documents
from invoicing.services.refund_notes import credit_refunds
from payments.enums import AttemptState
from payments.selectors.connections import list_connections
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable
from payments.services.disputes import record_dispute
from payments.services.gateways import load_gateway
from payments.services.payers import payer_of_tenant
from payments.services.refund_requests import ask_refund
from payments.services.refunds import give_back
from payments.services.sync import sync_payment
from payments.services.topups import start_topup
from payments.types import TopupTerms
from tenants.selectors.tenants import tenants_by_external_id
from tenants.services.users import ensure_user

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from billing_platform.demo_data.place import Place
    from billing_platform.demo_data.purchases import Purchase
    from payments.types import PaymentView

# Buttons that are called otherwise.
_BUTTONS: Final = {("paypal", "pay"): "agree", ("stripe", "refused"): "pay"}
_CARD: Final = "4242 4242 4242 4242"
# Of a bank that finds no such account, some days later.
_NO_ACCOUNT: Final = "000000001116"
# After it a page that was left is closed, and a bank has answered.
_LATER: Final = timedelta(days=1, hours=6)


@dataclass(frozen=True, kw_only=True)
class _Deal:
    """A purchase at its place, by the connection `way`."""

    place: Place
    purchase: Purchase
    way: str

    @property
    def amount(self) -> Money:
        return Money.from_major(Decimal(self.purchase.amount), self.place.provider.currency)

    @property
    def at(self) -> datetime:
        return self.place.ago(days=self.purchase.days, hours=self.purchase.hours)


def pay_online(place: Place, start: datetime, end: datetime) -> None:
    """Let clients pay, get back, dispute and ask whose moment lies in a stretch of the history; no scope is open.

    Where no simulators run nobody can pay online, and nothing is done.

    Args:
        place: where.
        start: the stretch's first moment.
        end: the moment after its last one.

    Raises:
        OSError: the simulators do not answer.

    Idempotency: by the purchases' keys; a demo that was left half made is completed.
    """
    if not settings.GATEWAY_SIMULATORS_CONTROL:
        return
    provider_id = place.provider_id
    with provider_scope(provider_id):
        # The first one of each gateway; people may have added others.
        ways = {view.gateway: view.public_id for view in reversed(list_connections(provider_id))}
    deals = [
        _Deal(place=place, purchase=purchase, way=ways[purchase.gateway])
        for purchase in PURCHASES[place.provider.slug]
        if purchase.gateway in ways
    ]
    for deal in deals:
        for at, deed in _deeds(deal):
            if start <= at < end:
                deed(deal, at)
                # At once: no worker finds a draft of a day long gone and issues it today.
                issue_payment_documents(provider_id=provider_id, now=at)
                credit_refunds(provider_id=provider_id, now=at)


def _deeds(deal: _Deal) -> Iterator[tuple[datetime, Callable[[_Deal, datetime], None]]]:
    purchase, place = deal.purchase, deal.place
    yield deal.at, _buy
    if purchase.choice == "decline":
        yield deal.at + _LATER, _look
    if purchase.choice == "refused":
        yield deal.at + _LATER, _refuse
    if purchase.refunded_days is not None:
        yield place.ago(days=purchase.refunded_days), _return
    if purchase.disputed_days is not None:
        yield place.ago(days=purchase.disputed_days), _dispute
    if purchase.asked_days is not None:
        yield place.ago(days=purchase.asked_days), _ask


def _buy(deal: _Deal, at: datetime) -> None:
    view = _payment(deal)
    if view.checkout_url:
        choice = deal.purchase.choice
        button = _BUTTONS.get((deal.purchase.gateway, choice), choice)
        _press(view.checkout_url, button, _NO_ACCOUNT if choice == "refused" else _CARD)
    _look(deal, at)


def _look(deal: _Deal, at: datetime) -> None:
    """Let somebody look at the return page, or the poller ask: a page that was left for a day is closed."""
    sync_payment(provider_id=deal.place.provider_id, attempt_id=_payment(deal).id, now=at)


def _refuse(deal: _Deal, at: datetime) -> None:
    view = _payment(deal)
    if view.state == AttemptState.PENDING:
        act(f"{deal.purchase.gateway}/ach_settle", {"id": view.external_id})
        _look(deal, at)


def _return(deal: _Deal, at: datetime) -> None:
    """Give all of it back, or what the client has not used by then, which depends on the day that the demo is made."""
    view, provider_id = _payment(deal), deal.place.provider_id
    with provider_scope(provider_id):
        found = refundable(view, provider_id)
    most = min(found.left.amount_minor, found.available.amount_minor) if found else 0
    if most <= 0:
        return
    owner = deal.place.provider.people[0]
    give_back(
        provider_id=provider_id,
        public_id=view.public_id,
        amount=Money(min(deal.amount.amount_minor, most), deal.amount.currency),
        reason=deal.purchase.reason,
        request_key=f"demo:refund:{deal.purchase.key}",
        user_id=ensure_user(email=owner.email, name=owner.name, password=PASSWORD),
        now=at,
    )


def _dispute(deal: _Deal, at: datetime) -> None:
    view, provider_id = _payment(deal), deal.place.provider_id
    if view.state != AttemptState.SUCCEEDED:
        return
    # What the bank has asked for before is told of by its webhook.
    with suppress(HTTPError):
        made = act(f"{deal.purchase.gateway}/dispute_open", {"id": view.external_id})
        with provider_scope(provider_id):
            gateway = load_gateway(provider_id=provider_id, connection_id=view.connection_id)
        record_dispute(
            provider_id=provider_id,
            connection_id=view.connection_id,
            gateway=gateway,
            found=gateway.fetch_dispute(made["id"]),
            now=at,
        )


def _ask(deal: _Deal, at: datetime) -> None:
    clients = deal.place.provider.tenants
    person = next(row.people[0] for row in clients if row.external_id == deal.purchase.client)
    view = _payment(deal)
    ask_refund(
        provider_id=deal.place.provider_id,
        tenant_id=view.tenant_id,
        public_id=view.public_id,
        amount=view.received or deal.amount,
        reason=deal.purchase.reason,
        request_key=f"demo:ask:{deal.purchase.key}",
        user_id=ensure_user(email=person.email, name=person.name, password=PASSWORD),
        now=at,
    )


def _payment(deal: _Deal) -> PaymentView:
    """Return the payment of a purchase, opened at its moment when there is none."""
    provider_id, purchase = deal.place.provider_id, deal.purchase
    with provider_scope(provider_id):
        tenant = tenants_by_external_id(provider_id, [purchase.client])[purchase.client]
        payer = payer_of_tenant(tenant)
    terms = TopupTerms(
        connection=deal.way,
        amount=deal.amount,
        code=purchase.code,
        request_key=f"demo:pay:{purchase.key}",
        return_url=f"{address_of(deal.place.provider)}/billing/payments/{{payment}}/return",
    )
    public_id = start_topup(
        provider_id=provider_id, tenant_id=tenant.id, terms=terms, payer=payer, now=deal.at
    )
    with provider_scope(provider_id):
        return payment_by_public_id(provider_id, public_id)


def _press(url: str, choice: str, number: str) -> None:
    """Press a button of a simulator's page; where it sends the browser back to nobody follows."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=ANSWER_SECONDS
    )
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    form = urlencode({"choice": choice, "number": number})
    try:
        connection.request(
            "POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"}
        )
        connection.getresponse().read()
    finally:
        connection.close()
