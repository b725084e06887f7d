"""Save a method by a form of ours in which the gateway's own fields lie. Called by the customer's page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.enums import SetupState
from payments.errors import FormReused, MethodsNotSaved
from payments.gateways.protocol import OffersForms
from payments.services.schedule import KEY_HOLDS
from payments.services.setup_opening import ask_setup, keep_setup_page, open_setup

if TYPE_CHECKING:
    from datetime import datetime

    from payments.types import PayerDetails, SetupTerms


@dataclass(frozen=True, slots=True, repr=False)
class BegunForm:
    """A form that the browser may show.

    Attributes:
        setup: the setup's public id; `take_up_setup` tells how it went.
        client_secret: for this customer's browser alone; never stored, logged or printed.
    """

    setup: str
    client_secret: str


def start_method_form(
    *, provider_id: int, tenant_id: int, terms: SetupTerms, payer: PayerDetails, now: datetime
) -> BegunForm:
    """Let the gateway begin a form that saves a method.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method it will be.
        terms: what is asked for.
        payer: what the gateway is told of the tenant.
        now: the present moment.

    Returns:
        What the browser is given.

    Raises:
        ConnectionNotFound, MethodsNotSaved, CurrencyRefused: it cannot be asked for.
        FormReused: what this form stood for is over.
        GatewayRefused, GatewayDown: the gateway begins none, or gave no answer; the same form asks again.

    Idempotency: by `terms.request_key` per tenant, by the setup's key at the gateway: one form saves one method.
    """
    row, gateway = open_setup(provider_id, tenant_id, terms, now, in_form=True)
    # A later question would be another one to the gateway, which has forgotten the key by then.
    if row.state != SetupState.OPEN or now - row.created_at > KEY_HOLDS:
        raise FormReused
    if not isinstance(gateway, OffersForms):
        raise MethodsNotSaved
    form = ask_setup(row, gateway, payer, now, gateway.start_form)
    keep_setup_page(row, form.checkout)
    return BegunForm(row.public_id, form.client_secret)
