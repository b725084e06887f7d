"""Stripe's gateway: one provider's key on its own client; payments' services make it from a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

import stripe

from payments.gateways.errors import GatewayRejected, GatewayUnavailable
from payments.gateways.stripe.amounts import from_stripe, to_stripe
from payments.gateways.stripe.webhooks import read_event
from payments.gateways.values import (
    Capabilities,
    GatewayAccount,
    GatewayPayment,
    GatewayRefund,
    PaymentState,
    RefundState,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from payments.gateways.kinds import WebhookSecrets
    from payments.gateways.requests import ChargeRequest, RefundRequest
    from payments.gateways.values import GatewayEvent

# The SDK's pin, written down so that another SDK is a visible change.
API_VERSION: Final = "2026-10-28.endive"
API_URL: Final = "https://api.stripe.com"
# Telemetry writes a file and sends figures of one provider's calls with another's.
stripe.enable_telemetry = False

PAYMENT_STATES: Final = {
    "succeeded": PaymentState.SUCCEEDED,
    "processing": PaymentState.PENDING,
    "requires_capture": PaymentState.PENDING,
    "requires_action": PaymentState.REQUIRES_ACTION,
    "requires_confirmation": PaymentState.REQUIRES_ACTION,
    "requires_payment_method": PaymentState.FAILED,
    "canceled": PaymentState.CANCELED,
}
REFUND_STATES: Final = {
    "requires_action": RefundState.PENDING,
    **{state.value: state for state in RefundState},
}


State = TypeVar("State", PaymentState, RefundState)


class StripeGateway:
    """Fulfils `payments.gateways.protocol.Gateway`."""

    def __init__(self, *, api_key: str, secrets: WebhookSecrets, api_url: str = API_URL) -> None:
        self._secrets = secrets
        self._is_live = "_live_" in api_key
        self._client = stripe.StripeClient(
            api_key,
            stripe_version=API_VERSION,
            base_addresses={"api": api_url},
            max_network_retries=2,
            http_client=stripe.RequestsClient(timeout=(3, 20)),
        )

    @property
    def capabilities(self) -> Capabilities:
        """Say what Stripe can do."""
        return Capabilities(
            saves_methods=True,
            refunds_partly=True,
            sets_up_webhooks=True,
            currencies=frozenset(),
        )

    def fetch_account(self) -> GatewayAccount:
        """Return the account of the key."""
        found = _call(self._client.v1.accounts.retrieve_current)
        return GatewayAccount(found["id"], self._is_live)

    def charge(self, request: ChargeRequest) -> GatewayPayment:
        """Charge a saved method once per key."""
        params = {
            "amount": to_stripe(request.amount),
            "currency": request.amount.currency.lower(),
            "customer": request.customer_id,
            "payment_method": request.method_id,
            "off_session": True,
            "confirm": True,
            "description": request.description,
            "metadata": {"reference": request.reference},
        }
        options = {"idempotency_key": request.key}
        return _payment(_call(self._client.v1.payment_intents.create, params, options))

    def fetch_payment(self, payment_id: str) -> GatewayPayment:
        """Return a payment as it stands now."""
        return _payment(_call(self._client.v1.payment_intents.retrieve, payment_id))

    def refund(self, request: RefundRequest) -> GatewayRefund:
        """Give money back once per key."""
        params = {
            "payment_intent": request.payment_id,
            "amount": to_stripe(request.amount),
            "metadata": {"reference": request.reference},
        }
        options = {"idempotency_key": request.key}
        return _refund(_call(self._client.v1.refunds.create, params, options))

    def fetch_refund(self, refund_id: str) -> GatewayRefund:
        """Return a refund as it stands now."""
        return _refund(_call(self._client.v1.refunds.retrieve, refund_id))

    def parse_event(
        self, body: bytes, headers: Mapping[str, str], *, now: datetime
    ) -> GatewayEvent:
        """Verify a webhook's raw body and read it."""
        signature = headers.get("Stripe-Signature", "")
        return read_event(body, signature, secrets=self._secrets, now=now)


def _call(work: Callable[..., Any], *arguments: object) -> dict[str, Any]:
    try:
        answer: dict[str, Any] = work(*arguments).to_dict()
    except stripe.APIConnectionError as error:
        raise GatewayUnavailable("connection", "Stripe was not reached.") from error
    except stripe.StripeError as error:
        raise _mapped(error) from error
    return answer


def _mapped(error: stripe.StripeError) -> GatewayRejected | GatewayUnavailable:
    status, message = error.http_status or 0, error.user_message or ""
    if status == 429:
        return GatewayUnavailable("rate_limit", message)
    if status == 409:
        return GatewayUnavailable("in_progress", message)
    if not 400 <= status < 500:
        return GatewayUnavailable("server", message)
    body: Any = error.json_body
    details: dict[str, Any] = (body or {}).get("error", {})
    kind = details.get("type") or "rejected"
    return GatewayRejected(
        {401: "authentication", 403: "permission"}.get(status) or details.get("code") or kind,
        message,
        decline_code=details.get("decline_code") or "",
        object_id=(details.get("payment_intent") or {}).get("id", ""),
    )


def _state(states: Mapping[str, State], word: str) -> State:
    if word not in states:
        raise GatewayUnavailable("unknown_state", f"Stripe says {word}.")
    return states[word]


def _payment(found: dict[str, Any]) -> GatewayPayment:
    failure = found.get("last_payment_error") or {}
    return GatewayPayment(
        payment_id=found["id"],
        state=_state(PAYMENT_STATES, found["status"]),
        amount=from_stripe(found["amount"], found["currency"]),
        received=from_stripe(found["amount_received"], found["currency"]),
        reference=(found.get("metadata") or {}).get("reference", ""),
        is_live=found["livemode"],
        failure_code=failure.get("decline_code") or failure.get("code") or "",
    )


def _refund(found: dict[str, Any]) -> GatewayRefund:
    amount = from_stripe(found["amount"], found["currency"])
    return GatewayRefund(
        refund_id=found["id"],
        payment_id=found.get("payment_intent") or "",
        state=_state(REFUND_STATES, found["status"]),
        amount=amount,
        reference=(found.get("metadata") or {}).get("reference", ""),
        failure_code=found.get("failure_reason") or "",
    )
