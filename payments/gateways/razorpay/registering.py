"""Agreements at Razorpay: a registration link, on whose page a customer agrees by a payment of one rupee.

The link is an invoice to Razorpay. Its receipt, our reference, is used once there, as there is no idempotency header
for it. The rupee proves the card and is nobody's credit: it goes back as soon as the customer has agreed.

Source: https://razorpay.com/docs/api/payments/recurring-payments/cards/create-authorization-transaction/
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from payments.gateways.answers import read, text_of
from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.razorpay import client
from payments.gateways.razorpay.recurring import CONFIRMED, CURRENCY, status_of, token_method
from payments.gateways.values import Checkout, CheckoutState

if TYPE_CHECKING:
    from collections.abc import Callable

    import razorpay

    from payments.gateways.methods import SavedMethod
    from payments.gateways.requests import SetupRequest

# What a card's agreement costs, in paise.
FIRST: Final = 100
PREFIX: Final = "inv_"
# In the notes of the rupee and of its return, which are no payment and no refund of ours.
NOTE: Final = "registration"
STATES: Final = {
    "issued": CheckoutState.OPEN,
    "paid": CheckoutState.COMPLETE,
    "cancelled": CheckoutState.EXPIRED,
    "expired": CheckoutState.EXPIRED,
}
# A bank has not decided yet whether it lets the token be charged.
UNDECIDED: Final = ("initiated", "")


class Registrations:
    """The calls of one connection."""

    def __init__(
        self, sdk: razorpay.Client, fetch: Callable[[str], dict[str, Any]], *, is_live: bool
    ) -> None:
        """Make it; `fetch` returns a payment, captured where Razorpay has not done so itself."""
        self._sdk = sdk
        self._fetch = fetch
        self._is_live = is_live

    def start(self, request: SetupRequest) -> Checkout:
        """Open a link once per reference.

        Raises:
            GatewayRejected: tokens are charged in rupees only, or the payer is another tenant's (`payer_taken`).
            GatewayUnavailable: no answer that can be trusted.
        """
        if request.currency != CURRENCY:
            raise GatewayRejected("currency_refused", "Razorpay charges tokens in rupees only.")
        if not request.customer_id:
            raise GatewayRejected("payer_taken", "This e-mail address is another customer's.")
        body = self._body(request)
        try:
            made = client.call(self._sdk.registration_link.create, body)
        except (GatewayUnavailable, GatewayRejected) as error:
            # The answer was lost, or the receipt is used: the link is there, or nothing was made.
            known = self._link_of(request.reference)
            if known is None:
                raise error from None
            made = known
        if made.get("customer_id") != request.customer_id:
            raise GatewayRejected("payer_taken", "Razorpay takes the payer for another one.")
        return self._checkout(made)

    def advance(self, name: str) -> Checkout:
        """Return a link as it stands, with the token that the customer agreed to; the rupee goes back."""
        return self._checkout(client.call(self._sdk.invoice.fetch, name, {}))

    def expire(self, name: str) -> Checkout:
        """Close a link that is still open, and return it."""
        # Agreed to in this very moment, or closed: what stands there now tells.
        with suppress(GatewayRejected):
            client.call(self._sdk.invoice.cancel, name)
        return self.advance(name)

    def _body(self, request: SetupRequest) -> dict[str, Any]:
        payer = client.call(self._sdk.customer.fetch, request.customer_id, {})
        told = {name: payer[name] for name in ("name", "email", "contact") if payer.get(name)}
        return {
            "customer": told,
            "type": "link",
            "amount": FIRST,
            "currency": CURRENCY,
            "description": "Agreement to later payments",
            "subscription_registration": {"method": "card"},
            "receipt": request.reference,
            "email_notify": False,
            "sms_notify": False,
            "notes": {NOTE: request.reference},
            "callback_url": request.return_url,
            "callback_method": "get",
        }

    def _link_of(self, reference: str) -> dict[str, Any] | None:
        found = client.listed(self._sdk.invoice.all, {"receipt": reference})
        return next((one for one in found if one.get("receipt") == reference), None)

    def _checkout(self, found: dict[str, Any]) -> Checkout:
        state = read(lambda it: STATES[it["status"]], found)
        method, reason = None, ""
        if state is CheckoutState.COMPLETE:
            state, method, reason = self._agreed(found)
        return read(
            lambda it: Checkout(
                checkout_id=text_of(it["id"]),
                state=state,
                url=text_of(it["short_url"]) if it["status"] == "issued" else "",
                reference=it["receipt"] or "",
                is_live=self._is_live,
                method=method,
                failure_code=reason,
            ),
            found,
        )

    def _agreed(self, found: dict[str, Any]) -> tuple[CheckoutState, SavedMethod | None, str]:
        """Return where an agreement stands whose rupee is paid, the token, and why there is none."""
        payment = self._fetch(read(lambda it: text_of(it["payment_id"]), found))
        self._give_back(payment)
        names = read(lambda it: (text_of(it["customer_id"]), text_of(it["token_id"])), payment)
        token = client.call(self._sdk.token.fetch, *names, {})
        if status_of(token) in UNDECIDED:
            return CheckoutState.OPEN, None, ""
        if status_of(token) != CONFIRMED:
            return CheckoutState.COMPLETE, None, "declined"
        return CheckoutState.COMPLETE, read(token_method, token, customer_id=names[0]), ""

    def _give_back(self, payment: dict[str, Any]) -> None:
        if payment.get("status") != "captured" or payment.get("amount_refunded"):
            return
        name, amount = read(lambda it: (text_of(it["id"]), it["amount"]), payment)
        body = {"amount": amount, "speed": "normal", "notes": {NOTE: name}}
        headers = {"X-Refund-Idempotency": f"agreed-{name}"}
        # Given back by Razorpay itself, or by somebody in its dashboard: then nothing is left to do.
        with suppress(GatewayRejected):
            client.again(
                lambda: client.call(self._sdk.payment.refund, name, dict(body), headers=headers)
            )
