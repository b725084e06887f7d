"""Whether other credentials are of the account that a connection has taken money with."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from payments.enums import OPEN_STATES, MethodState
from payments.errors import WrongAccount
from payments.errors_gateways import GatewayRefused
from payments.models import Attempt, Method
from payments.services.asking import asking_anew
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from payments.gateways.protocol import Gateway
    from payments.models import Connection


# So long every gateway knows a page that nobody has paid: PayPal forgets an order after three hours.
PAGE_KNOWN: Final = timedelta(hours=2)
# So many saved methods are asked about, the youngest, until one is known.
ASKED: Final = 3


def check_knows_ours(row: Connection, gateway: Gateway, *, now: datetime) -> None:
    """Refuse credentials that do not know the youngest payment of a connection, a page that is open, or a saved method.

    Razorpay tells nobody whose a key is, and PayPal's sandbox gives all of its apps one name; a payment is known to its
    own account alone, and so is a page. What is paid on the page of an account that nobody asks any more is lost.

    Args:
        row: the connection; no transaction is open.
        gateway: of the other credentials.
        now: the present moment.

    Raises:
        WrongAccount: they know no such payment, no such page, or none of the methods.
        GatewayRefused, GatewayDown: the gateway cannot be asked.
    """
    with own_transaction(row.provider_id):
        rows = Attempt.objects.filter(provider_id=row.provider_id, connection_id=row.pk)
        paid = rows.exclude(external_id="").order_by("-pk")
        payment = paid.values_list("external_id", flat=True).first()
        opened = rows.filter(state__in=OPEN_STATES, created_at__gt=now - PAGE_KNOWN)
        pages = opened.exclude(checkout_id="").order_by("-pk")
        page = pages.values_list("checkout_id", flat=True).first()
        methods = Method.objects.filter(
            provider_id=row.provider_id, connection_id=row.pk, state=MethodState.ACTIVE
        )
        saved = list(methods.order_by("-pk").values_list("customer_id", "method_id")[:ASKED])
    if payment is not None:
        _ask(gateway.fetch_payment, payment)
    elif page is not None:
        # What its customer agreed to is taken a moment earlier than the poller would.
        _ask(gateway.advance_checkout, page)
    elif saved and gateway.capabilities.saves_methods:
        _check_keeps_one(gateway, saved)


def _check_keeps_one(gateway: Gateway, saved: list[tuple[str, str]]) -> None:
    """Refuse a gateway that keeps none of some methods; a payer may have taken back one or another unheard."""
    for customer_id, method_id in saved:
        try:
            with asking_anew():
                kept = gateway.list_methods(customer_id)
        except GatewayRefused as error:
            if not error.is_missing:
                raise GatewayRefused(error.code, error.sentence) from error
        else:
            if any(one.method_id == method_id for one in kept):
                return
    raise WrongAccount


def _ask(ask: Callable[[str], object], name: str) -> None:
    try:
        with asking_anew():
            ask(name)
    except GatewayRefused as error:
        if error.is_missing:
            raise WrongAccount from error
        raise GatewayRefused(error.code, error.sentence) from error
