"""Orders: approved on PayPal's page and captured by the merchant, or charged at once to a vaulted payer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.paypal.account import shown
from gateway_simulators.paypal.agreements import payer_of
from gateway_simulators.paypal.captures import make_capture
from gateway_simulators.paypal.problems import (
    Body,
    Object,
    Problem,
    check,
    impossible,
    invalid,
    money,
)
from gateway_simulators.paypal.vault import keep_payer

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account

CONTEXT: Final = (
    "return_url",
    "cancel_url",
    "user_action",
    "shipping_preference",
    "brand_name",
    "locale",
)


def create_order(account: Account, body: Body) -> tuple[int, Object]:
    """Make an order: `POST /v2/checkout/orders`."""
    check(body, required=("intent", "purchase_units"), optional=("payment_source",))
    if body["intent"] != "CAPTURE" or len(body["purchase_units"]) != 1:
        raise invalid("This simulator takes one unit with intent CAPTURE.")
    unit = body["purchase_units"][0]
    check(
        unit,
        required=("amount",),
        optional=("reference_id", "custom_id", "invoice_id", "description"),
        where="/purchase_units/0",
    )
    money(unit["amount"], "/purchase_units/0/amount")
    _check_invoice(account, unit)
    sources = body.get("payment_source") or {}
    check(sources, optional=("paypal", "token"), where="/payment_source")
    source = sources.get("paypal")
    if "token" in sources:
        return 201, _taken(account, unit, payer_of(account, sources["token"]))
    if source is None:
        raise invalid("payment_source/paypal is missing.", "MISSING_REQUIRED_PARAMETER")
    if "vault_id" in source:
        return 201, _charge(account, unit, source)
    return 200, _page(account, unit, source)


def _check_invoice(account: Account, unit: Object) -> None:
    number = unit.get("invoice_id")
    paid = {one["invoice_id"] for one in account.all("capture") if one["status"] != "DECLINED"}
    if number and number in paid:
        raise impossible("DUPLICATE_INVOICE_ID", "Duplicate Invoice ID detected.")


def _page(account: Account, unit: Object, source: Object) -> Object:
    check(source, required=("experience_context",), optional=("attributes",), where="/paypal")
    context = source["experience_context"]
    check(context, required=("return_url", "cancel_url"), optional=CONTEXT[2:], where="/context")
    attributes = source.get("attributes") or {}
    check(attributes, optional=("vault", "customer"), where="/attributes")
    made = account.add(
        "",
        "order",
        status="PAYER_ACTION_REQUIRED",
        intent="CAPTURE",
        purchase_units=[dict(unit)],
        payment_source={"paypal": {}},
        _context=context,
        _is_kept=bool(attributes.get("vault")),
        _customer=(attributes.get("customer") or {}).get("id", ""),
        _payer="",
    )
    made["links"] = _links(account, made)
    return shown(made)


def _charge(account: Account, unit: Object, source: Object) -> Object:
    check(source, required=("vault_id",), optional=("stored_credential",), where="/paypal")
    token = account.objects.get(source["vault_id"])
    if token is None or token["_kind"] != "payment_token":
        raise impossible("TOKEN_ID_NOT_FOUND", "Specified token is not found.")
    return _taken(account, unit, token["payment_source"]["paypal"]["email_address"])


def _taken(account: Account, unit: Object, payer: str) -> Object:
    capture = make_capture(account, unit, payer)
    made = account.add(
        "",
        "order",
        status="COMPLETED",
        intent="CAPTURE",
        purchase_units=[{**unit, "payments": {"captures": [capture]}}],
        payment_source={"paypal": {"email_address": payer}},
        payer={"email_address": payer},
        links=[],
        _payer=payer,
    )
    return shown(made)


def capture_order(account: Account, body: Body, name: str) -> Object:
    """Take an approved order's money: `POST /v2/checkout/orders/{id}/capture`."""
    check(body)
    order = account.find("order", name)
    if order["status"] == "COMPLETED":
        raise impossible("ORDER_ALREADY_CAPTURED", "Order already captured.")
    if order["status"] != "APPROVED":
        raise impossible("ORDER_NOT_APPROVED", "Payer has not yet approved the Order for payment.")
    unit = order["purchase_units"][0]
    try:
        capture = make_capture(account, unit, order["_payer"])
    except Problem:
        # The payer goes back to the same page and chooses another way.
        order["status"] = "PAYER_ACTION_REQUIRED"
        raise
    unit["payments"] = {"captures": [capture]}
    order["status"] = "COMPLETED"
    if order["_is_kept"]:
        token = keep_payer(account, order["_payer"], order["_customer"])
        vault = {"id": token["id"], "status": "VAULTED", "customer": token["customer"]}
        order["payment_source"]["paypal"]["attributes"] = {"vault": vault}
    return shown(order)


def approve(account: Account, order: Object, payer: str) -> None:
    """Let a payer agree on PayPal's page."""
    order.update(
        status="APPROVED", payer={"email_address": payer, "payer_id": "PAYER1"}, _payer=payer
    )
    order["payment_source"]["paypal"]["email_address"] = payer
    account.tell("CHECKOUT.ORDER.APPROVED", order)


def _links(account: Account, order: Object) -> list[dict[str, Any]]:
    page = f"{account.world.url}/paypal/checkoutnow?token={order['id']}"
    return [
        {"rel": "self", "href": f"/v2/checkout/orders/{order['id']}", "method": "GET"},
        {"rel": "payer-action", "href": page, "method": "GET"},
    ]
