"""The vault: setup tokens that a payer approves, and payment tokens that are charged without them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from gateway_simulators.common.later import take_due
from gateway_simulators.paypal.account import shown
from gateway_simulators.paypal.problems import Body, Object, check, impossible, invalid, whole

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account


# So many tokens on a page, also when nothing is said, and so many pages.
TOKENS_MAX: Final = 5
PAGES_MAX: Final = 10
# So long after a `revoked@` payer agreed, the agreement is theirs no more.
REVOKED_S: Final = 60


def create_setup(account: Account, body: Body) -> Object:
    """Ask a payer: `POST /v3/vault/setup-tokens`."""
    check(body, required=("payment_source",), optional=("customer",))
    source = body["payment_source"].get("paypal")
    if source is None:
        raise invalid("payment_source/paypal is missing.", "MISSING_REQUIRED_PARAMETER")
    check(
        source,
        required=("usage_type", "experience_context"),
        optional=("usage_pattern", "customer_type", "permit_multiple_payment_tokens"),
        where="/paypal",
    )
    context = source["experience_context"]
    check(
        context,
        required=("return_url", "cancel_url"),
        optional=("shipping_preference", "brand_name", "locale"),
        where="/context",
    )
    made = account.add(
        "",
        "setup_token",
        status="PAYER_ACTION_REQUIRED",
        customer=_customer(account, (body.get("customer") or {}).get("id", "")),
        payment_source={"paypal": {}},
        _context=context,
        _payer="",
    )
    page = f"{account.world.url}/paypal/agreements/approve?approval_session_id={made['id']}"
    made["links"] = [{"rel": "approve", "href": page, "method": "GET"}]
    return shown(made)


def create_token(account: Account, body: Body) -> Object:
    """Exchange an approved setup token: `POST /v3/vault/payment-tokens`."""
    check(body, required=("payment_source",))
    source = body["payment_source"].get("token") or {}
    check(source, required=("id", "type"), where="/token")
    if source["type"] != "SETUP_TOKEN":
        raise invalid("This simulator exchanges setup tokens.")
    setup = account.find("setup_token", source["id"])
    if setup["status"] == "VAULTED":
        raise impossible("SETUP_TOKEN_ALREADY_USED", "The setup token was used already.")
    if setup["status"] != "APPROVED":
        raise impossible("SETUP_TOKEN_NOT_APPROVED", "The payer has not approved yet.")
    setup["status"] = "VAULTED"
    return shown(keep_payer(account, setup["_payer"], setup["customer"]["id"]))


def keep_payer(account: Account, payer: str, customer_id: str) -> Object:
    """Keep a payer in the vault.

    Args:
        account: whose.
        payer: e-mail address; a `revoked@` one takes it back a minute later.
        customer_id: PayPal's id of the customer, or "" for a new one.
    """
    made = account.add(
        "",
        "payment_token",
        customer=_customer(account, customer_id),
        payment_source={"paypal": {"email_address": payer, "payer_id": "PAYER1"}},
    )
    account.tell("VAULT.PAYMENT-TOKEN.CREATED", made)
    if payer.startswith("revoked@"):
        account.leaving.append([account.now + REVOKED_S, made["id"]])
    return made


def run_due(account: Account) -> None:
    """Forget what payers took back by themselves.

    Args:
        account: whose.
    """
    for name in take_due(account.leaving, account.now):
        if name in account.objects:
            forget(account, account.objects[name])


def list_tokens(account: Account, query: dict[str, str]) -> Object:
    """List what is kept of a customer: `GET /v3/vault/payment-tokens?customer_id=`."""
    check(query, required=("customer_id",), optional=("page_size", "page", "total_required"))
    found = [
        shown(one)
        for one in account.all("payment_token")
        if one["customer"]["id"] == query["customer_id"]
    ]
    size, number = whole(query, "page_size", TOKENS_MAX), whole(query, "page", PAGES_MAX, 1)
    told = {"total_items": len(found), "total_pages": -(-len(found) // size)}
    return {
        "customer": {"id": query["customer_id"]},
        "payment_tokens": found[(number - 1) * size : number * size],
        **(told if found and query.get("total_required") == "true" else {}),
    }


def forget(account: Account, token: Object) -> None:
    """Forget a token, by us or by the payer."""
    del account.objects[token["id"]]
    account.tell("VAULT.PAYMENT-TOKEN.DELETED", token)


def _customer(account: Account, name: str) -> Object:
    return {"id": name or f"C{account.name}{len(account.objects) + 1}"}
