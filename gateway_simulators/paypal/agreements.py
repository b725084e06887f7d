"""Billing agreements (`B-…`) of merchants that PayPal lets make reference transactions: asked for, made, canceled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway_simulators.paypal.account import shown
from gateway_simulators.paypal.problems import Body, Object, Problem, check, impossible, invalid

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account

PREFERENCES = (
    "notify_url",
    "accepted_pymt_type",
    "skip_shipping_address",
    "immutable_shipping_address",
)
# https://developer.paypal.com/limited-release/reference-transactions/


def create_token(account: Account, body: Body) -> Object:
    """Ask a payer: `POST /v1/billing-agreements/agreement-tokens`."""
    if not account.is_reference:
        words = (
            "This merchant account is not permitted to create Merchant Initiated Billing Agreement."
        )
        raise Problem(403, "REFUSED_MARK_REF_TXN_NOT_ENABLED", words)
    check(body, required=("payer", "plan"), optional=("description", "shipping_address"))
    check(body["payer"], required=("payment_method",), where="/payer")
    check(body["plan"], required=("type", "merchant_preferences"), where="/plan")
    if body["payer"]["payment_method"] != "PAYPAL":
        raise invalid("/payer/payment_method is PAYPAL.")
    if body["plan"]["type"] != "MERCHANT_INITIATED_BILLING":
        raise invalid("/plan/type is not known.")
    wanted = body["plan"]["merchant_preferences"]
    check(wanted, required=("return_url", "cancel_url"), optional=PREFERENCES, where="/preferences")
    made = account.add(
        "BA-",
        "agreement_token",
        status="PAYER_ACTION_REQUIRED",
        _context=wanted,
        _payer="",
        _description=body.get("description", ""),
    )
    page = f"{account.world.url}/paypal/agreements/approve?ba_token={made['id']}"
    return {
        "token_id": made["id"],
        "links": [{"rel": "approval_url", "href": page, "method": "POST"}],
    }


def create_agreement(account: Account, body: Body) -> Object:
    """Make the agreement of an approved token: `POST /v1/billing-agreements/agreements`."""
    check(body, required=("token_id",))
    token = account.find("agreement_token", body["token_id"])
    if token["status"] != "APPROVED":
        raise impossible("PAYER_ACTION_REQUIRED", "The payer has not approved the token.")
    token["status"] = "CONSUMED"
    made = account.add(
        "B-",
        "agreement",
        state="ACTIVE",
        description=token["_description"],
        payer={"payer_info": {"email": token["_payer"], "payer_id": "PAYER1"}},
        plan={"type": "MERCHANT_INITIATED_BILLING"},
    )
    account.tell("BILLING_AGREEMENTS.AGREEMENT.CREATED", made)
    return shown(made)


def payer_of(account: Account, source: Object) -> str:
    """Return who pays an order that names an agreement.

    Args:
        account: whose.
        source: `payment_source.token` of the order.

    Raises:
        Problem: `BILLING_AGREEMENT_NOT_FOUND`, or `AGREEMENT_ALREADY_CANCELLED`.
    """
    check(source, required=("id", "type"), where="/token")
    if source["type"] != "BILLING_AGREEMENT":
        raise invalid("/token/type is not known.")
    found = account.objects.get(source["id"], {})
    if found.get("_kind") != "agreement":
        raise impossible("BILLING_AGREEMENT_NOT_FOUND", "The billing agreement was not found.")
    _must_be_active(found)
    return str(found["payer"]["payer_info"]["email"])


def cancel_agreement(account: Account, body: Body, name: str) -> None:
    """End an agreement: `POST /v1/billing-agreements/agreements/{id}/cancel`."""
    check(body, optional=("note",))
    found = account.find("agreement", name)
    _must_be_active(found)
    end(account, found)


def end(account: Account, agreement: Object) -> None:
    """Let an agreement end, by the merchant or by the payer."""
    agreement["state"] = "CANCELLED"
    account.tell("BILLING_AGREEMENTS.AGREEMENT.CANCELLED", agreement)


def _must_be_active(agreement: Object) -> None:
    if agreement["state"] != "ACTIVE":
        words = "The requested agreement is already canceled."
        raise impossible("AGREEMENT_ALREADY_CANCELLED", words)
