"""What PayPal keeps of a payer: a token of its vault, or a billing agreement (`B-…`) where merchants may make them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode

from payments.gateways.answers import read
from payments.gateways.errors import KEY_CODES, GatewayRejected, GatewayUnavailable
from payments.gateways.methods import MethodKind, SavedMethod
from payments.gateways.paypal import reading
from payments.gateways.paypal.reading import SETUP
from payments.gateways.values import Checkout, CheckoutState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from payments.gateways.paypal.api import Api
    from payments.gateways.requests import CheckoutRequest, SetupRequest

# The page of an agreement beside an order's and a vault's; PayPal tells them apart by their address only.
AGREEMENT: Final = "agreement:"
NUMBER: Final = "B-"
GONE: Final = frozenset(
    (
        "invalid_resource_id",
        "resource_not_found",
        "agreement_already_cancelled",
        "billing_agreement_not_found",
    )
)
# PayPal shows no more at once: https://developer.paypal.com/docs/api/payment-tokens/v3/#customer_payment-tokens_get
PAGE_SIZE: Final = 5
# As long as PayPal takes it, and what it takes for a language.
BRAND_LENGTH: Final = 127
LOCALES: Final = {"de": "de-DE", "en": "en-US"}
_SETUP_TOKENS: Final = "/v3/vault/setup-tokens"
_TOKENS: Final = "/v3/vault/payment-tokens"
_AGREEMENTS: Final = "/v1/billing-agreements"


class Vault:
    """Vault v3: the payer approves a setup token, which is exchanged for a payment token."""

    def __init__(self, api: Api, *, is_live: bool) -> None:
        self._api = api
        self._is_live = is_live

    def start(self, request: SetupRequest) -> Checkout:
        """Ask a payer once per key."""
        source = {
            "usage_type": "MERCHANT",
            "usage_pattern": "THRESHOLD_PREPAID",
            "experience_context": page_context(request),
        }
        body: dict[str, Any] = {"payment_source": {"paypal": source}}
        if request.customer_id:
            body["customer"] = {"id": request.customer_id}
        made = self._api.call("POST", _SETUP_TOKENS, body, key=request.key)
        return read(
            reading.setup_of,
            made,
            reference=request.reference,
            is_live=self._is_live,
            method=None,
        )

    def advance(self, name: str) -> Checkout:
        """Exchange a token that the payer approved; the same key answers the same one, however often it is asked."""
        found = self._api.call("GET", f"{_SETUP_TOKENS}/{quote(name, safe='')}")
        method = None
        if found.get("status") in {"APPROVED", "VAULTED"}:
            body = {"payment_source": {"token": {"id": name, "type": "SETUP_TOKEN"}}}
            kept = self._api.call("POST", _TOKENS, body, key=f"keep-{name}")
            method = read(reading.method_of, kept)
        return read(reading.setup_of, found, reference="", is_live=self._is_live, method=method)

    def list(self, customer_id: str) -> list[SavedMethod]:
        """Return the tokens of a payer."""
        if not customer_id:
            return []
        try:
            found = self._tokens(customer_id)
        except GatewayRejected as error:
            if error.code in GONE:
                return []
            raise
        return [read(reading.method_of, one) for one in found]

    def _tokens(self, customer_id: str) -> Sequence[Any]:
        found: tuple[Any, ...] = ()
        number = pages = 1
        total = 0
        while number <= pages:
            query = {"customer_id": customer_id, "page_size": PAGE_SIZE, "page": number}
            page = self._api.call("GET", f"{_TOKENS}?{urlencode(query)}&total_required=true")
            found += tuple(page.get("payment_tokens") or ())
            if found:
                total, pages = read(lambda it: (it["total_items"], it["total_pages"]), page)
            number += 1
        if len(found) != total:
            # What is not whole would prove that an agreement is gone.
            raise GatewayUnavailable("unknown_state", "PayPal's list is not whole.")
        return found

    def forget(self, method_id: str) -> None:
        """Delete a token; one that is gone is fine."""
        unless_gone(self._api, "DELETE", f"{_TOKENS}/{quote(method_id, safe='')}")


class Agreements:
    """Reference transactions (limited release): the payer approves a token, of which an agreement is made.

    Source: https://developer.paypal.com/limited-release/reference-transactions/
    """

    def __init__(self, api: Api, *, is_live: bool) -> None:
        self._api = api
        self._is_live = is_live

    def check(self) -> None:
        """Prove that the account may make agreements, by a token that nobody is shown.

        Raises:
            GatewayRejected: it may not (`permission`).
        """
        self._ask("https://example.com/", "https://example.com/", "connection test", key="")

    def start(self, request: SetupRequest) -> Checkout:
        """Ask a payer once per key."""
        made = self._ask(request.return_url, request.cancel_url, request.reference, key=request.key)
        return read(self._page, made, reference=request.reference)

    def advance(self, name: str) -> Checkout:
        """Make the agreement that the payer approved, once; before that PayPal refuses, and the page stays open."""
        method = None
        try:
            body = {"token_id": name}
            made = self._api.call("POST", f"{_AGREEMENTS}/agreements", body, key=f"keep-{name}")
            method = read(_agreement_of, made)
        except GatewayRejected as error:
            # Anything else is a payer who has not agreed yet.
            if error.code in KEY_CODES:
                raise
        state = CheckoutState.COMPLETE if method else CheckoutState.OPEN
        return Checkout(
            checkout_id=f"{AGREEMENT}{name}",
            state=state,
            url="",
            reference="",
            is_live=self._is_live,
            method=method,
        )

    def list(self, number: str) -> list[SavedMethod]:
        """Return the agreement itself while it is active: PayPal lists none by payer, so each is its own customer."""
        try:
            found = self._api.call("GET", f"{_AGREEMENTS}/agreements/{quote(number, safe='')}")
        except GatewayRejected as error:
            if error.code in GONE:
                return []
            raise
        return [read(_agreement_of, found)] if found.get("state") == "ACTIVE" else []

    def forget(self, number: str) -> None:
        """Cancel an agreement; one that is canceled is fine."""
        address = f"{_AGREEMENTS}/agreements/{quote(number, safe='')}/cancel"
        unless_gone(self._api, "POST", address, {"note": "Deleted by the customer."})

    def _ask(self, back: str, cancel: str, words: str, *, key: str) -> dict[str, Any]:
        preferences = {
            "return_url": back,
            "cancel_url": cancel,
            "accepted_pymt_type": "INSTANT",
            "skip_shipping_address": True,
        }
        body = {
            "description": words,
            "payer": {"payment_method": "PAYPAL"},
            "plan": {"type": "MERCHANT_INITIATED_BILLING", "merchant_preferences": preferences},
        }
        return self._api.call("POST", f"{_AGREEMENTS}/agreement-tokens", body, key=key)

    def _page(self, found: dict[str, Any], *, reference: str) -> Checkout:
        links = {one["rel"]: one["href"] for one in found["links"]}
        return Checkout(
            checkout_id=f"{AGREEMENT}{found['token_id']}",
            state=CheckoutState.OPEN,
            url=links["approval_url"],
            reference=reference,
            is_live=self._is_live,
        )


def source_of(method_id: str) -> dict[str, Any]:
    """Return the payment source of an order that charges what is kept.

    Args:
        method_id: a token of the vault, or the number of an agreement.
    """
    if method_id.startswith(NUMBER):
        return {"token": {"id": method_id, "type": "BILLING_AGREEMENT"}}
    stored = {
        "payment_initiator": "MERCHANT",
        "usage": "SUBSEQUENT",
        "payment_type": "UNSCHEDULED",
    }
    return {"paypal": {"vault_id": method_id, "stored_credential": stored}}


def page_context(request: CheckoutRequest | SetupRequest) -> dict[str, str]:
    """Return where PayPal's page leads to, whom it names, and in which language it speaks.

    Args:
        request: what is asked of the payer.
    """
    context = {"return_url": request.return_url, "cancel_url": request.cancel_url}
    if request.brand:
        context["brand_name"] = request.brand[:BRAND_LENGTH]
    if request.language in LOCALES:
        context["locale"] = LOCALES[request.language]
    return context


def is_setup(checkout_id: str) -> bool:
    """Return whether a page saves a method, and takes no money."""
    return checkout_id.startswith((SETUP, AGREEMENT))


def _agreement_of(found: dict[str, Any]) -> SavedMethod:
    number = found["id"]
    if not isinstance(number, str) or not number.startswith(NUMBER):
        raise ValueError("no agreement")
    return SavedMethod(
        method_id=number,
        customer_id=number,
        kind=MethodKind.AGREEMENT,
        payer=found["payer"]["payer_info"].get("email") or "",
        number=number,
    )


def unless_gone(api: Api, verb: str, path: str, body: dict[str, Any] | None = None) -> None:
    """Do a call that takes something away; what is gone is fine.

    Args:
        api: of the connection.
        verb: of the call.
        path: behind the address.
        body: of a POST.
    """
    try:
        api.call(verb, path, body)
    except GatewayRejected as error:
        if error.code not in GONE:
            raise
