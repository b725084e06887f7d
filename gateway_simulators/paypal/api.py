"""The API of one account: which address does what, and what a request id answers a second time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode, urlsplit

from gateway_simulators.paypal import agreements, captures, orders, vault
from gateway_simulators.paypal.account import read_time, shown
from gateway_simulators.paypal.problems import (
    Body,
    Object,
    Problem,
    check,
    invalid,
    not_found,
    whole,
)

if TYPE_CHECKING:
    from gateway_simulators.paypal.account import Account

Answered = tuple[int, Object | None]

# How long a request id is remembered, in seconds.
ORDERS_S: Final = 6 * 3600
VAULT_S: Final = 3 * 3600
REFUNDS_S: Final = 45 * 86_400
SPAN_DAYS: Final = 31
# So many events on a page at most, and what a link to the next one names.
EVENTS_MAX: Final = 300
FURTHER: Final = ("move_to", "index_time", "index_id")
HOST: Final = "https://api.sandbox.paypal.com"
# What is shown by its id.
SHOWN: Final[dict[tuple[str, ...], str]] = {
    ("v2", "checkout", "orders"): "order",
    ("v2", "payments", "captures"): "capture",
    ("v2", "payments", "refunds"): "refund",
    ("v3", "vault", "setup-tokens"): "setup_token",
    ("v3", "vault", "payment-tokens"): "payment_token",
    ("v1", "customer", "disputes"): "dispute",
    ("v1", "billing-agreements", "agreements"): "agreement",
}


def answer(
    account: Account, method: str, words: list[str], *, query: dict[str, str], body: Body, key: str
) -> Answered:
    """Answer a call.

    Args:
        account: whose.
        method: the verb.
        words: the path's words behind the version, with it.
        query: the address's parameters.
        body: what was sent.
        key: `PayPal-Request-Id`, or "".

    Raises:
        Problem: an error.
    """
    if method != "POST":
        return _other(account, method, words, query)
    if not key:
        return _post(account, words, body, key)
    asked = json.dumps([words, body], sort_keys=True)
    if (kept := account.kept.get(f"{words[:3]} {key}")) and account.now < kept[3]:
        if kept[0] != asked:
            words_ = "PayPal-Request-Id was used with another request."
            raise Problem(422, "UNPROCESSABLE_ENTITY", words_, issue="DUPLICATE_REQUEST_ID")
        return 200, kept[2]
    status, done = _post(account, words, body, key)
    until = account.now + _held(words)
    account.kept[f"{words[:3]} {key}"] = [asked, status, done, until]
    return status, done


def _held(words: list[str]) -> int:
    if words[-1] == "refund":
        return REFUNDS_S
    return VAULT_S if words[1] == "vault" else ORDERS_S


def _post(account: Account, words: list[str], body: Body, key: str) -> Answered:
    match words:
        case ["v2", "checkout", "orders"]:
            if (
                "vault_id" in json.dumps(body) or "BILLING_AGREEMENT" in json.dumps(body)
            ) and not key:
                raise invalid("PayPal-Request-Id is required.", "PAYPAL_REQUEST_ID_REQUIRED")
            return orders.create_order(account, body)
        case ["v2", "checkout", "orders", name, "capture"]:
            return 201, orders.capture_order(account, body, name)
        case ["v2", "payments", "captures", name, "refund"]:
            return 201, captures.refund(account, body, name)
        case ["v3", "vault", "setup-tokens"]:
            return 201, vault.create_setup(account, body)
        case ["v3", "vault", "payment-tokens"]:
            return 201, vault.create_token(account, body)
    return _post_v1(account, words, body)


def _post_v1(account: Account, words: list[str], body: Body) -> Answered:
    match words:
        case ["v1", "notifications", "webhooks"]:
            return 201, _add_webhook(account, body)
        case ["v1", "billing-agreements", "agreement-tokens"]:
            return 201, agreements.create_token(account, body)
        case ["v1", "billing-agreements", "agreements"]:
            return 201, agreements.create_agreement(account, body)
        case ["v1", "billing-agreements", "agreements", name, "cancel"]:
            agreements.cancel_agreement(account, body, name)
            return 204, None
    raise not_found()


def _other(account: Account, method: str, words: list[str], query: dict[str, str]) -> Answered:
    match [method, *words]:
        case ["GET", *path, name] if tuple(path) in SHOWN:
            check(query)
            return 200, shown(account.find(SHOWN[tuple(path)], name))
        case ["GET", "v3", "vault", "payment-tokens"]:
            return 200, vault.list_tokens(account, query)
        case ["GET", "v1", "notifications", "webhooks"]:
            check(query, optional=("anchor_type",))
            return 200, {"webhooks": [shown(one) for one in account.all("webhook")]}
        case ["GET", "v1", "notifications", "webhooks-events"]:
            return 200, _events(account, query)
        case ["GET", "v1", "reporting", "transactions"]:
            return 200, _transactions(account, query)
    return _delete(account, method, words, query)


def _delete(account: Account, method: str, words: list[str], query: dict[str, str]) -> Answered:
    check(query)
    match [method, *words]:
        case ["DELETE", "v3", "vault", "payment-tokens", name]:
            vault.forget(account, account.find("payment_token", name))
            return 204, None
        case ["DELETE", "v1", "notifications", "webhooks", name]:
            account.find("webhook", name)
            del account.objects[name]
            return 204, None
    raise not_found()


def _add_webhook(account: Account, body: Body) -> Object:
    check(body, required=("url", "event_types"))
    parts = urlsplit(body["url"])
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise invalid("/url is no address.")
    if any(one["url"] == body["url"] for one in account.all("webhook")):
        raise Problem(400, "WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists")
    if len(account.all("webhook")) >= 10:
        raise Problem(400, "WEBHOOK_NUMBER_LIMIT_EXCEEDED", "Maximum 10 webhooks")
    return shown(account.add("HOOK", "webhook", url=body["url"], event_types=body["event_types"]))


def _events(account: Account, query: dict[str, str]) -> Object:
    check(query, optional=("start_time", "end_time", "page_size", "event_type", *FURTHER))
    since = _moment(query, "start_time") if "start_time" in query else 0
    size = whole(query, "page_size", EVENTS_MAX, 10)
    found = [one for one in account.all("event") if read_time(one["create_time"]) >= since]
    found.reverse()
    if query.get("move_to") == "next":
        names = [one["id"] for one in found]
        found = found[names.index(query["index_id"]) + 1 :] if query["index_id"] in names else []
    page = found[:size]
    links = []
    if len(found) > size:
        further = {"move_to": "next", "index_time": page[-1]["create_time"]}
        asked = {name: text for name, text in query.items() if name not in FURTHER}
        words = urlencode({**asked, **further, "index_id": page[-1]["id"]})
        # The host is PayPal's own, wherever it was asked.
        links = [{"rel": "next", "href": f"{HOST}/v1/notifications/webhooks-events/?{words}"}]
    return {"events": [shown(one) for one in page], "count": len(page), "links": links}


def _moment(query: dict[str, str], name: str) -> int:
    try:
        return read_time(query[name])
    except ValueError:
        raise invalid(f"{name} is no time.") from None


def _transactions(account: Account, query: dict[str, str]) -> Object:
    check(
        query,
        required=("start_date", "end_date"),
        optional=("fields", "page_size", "page"),
    )
    starts, ends = _moment(query, "start_date"), _moment(query, "end_date")
    if not 0 <= ends - starts <= SPAN_DAYS * 86_400:
        raise invalid("The span is at most 31 days.", "INVALID_RANGE")
    found: list[dict[str, Any]] = [one for one in account.books if starts <= one["_at"] <= ends]
    size, number = whole(query, "page_size", 500, 100), whole(query, "page", 10**6, 1)
    part = found[(number - 1) * size : number * size]
    return {
        "transaction_details": [shown(one) for one in part],
        "total_items": len(found),
        "total_pages": max(1, -(-len(found) // size)),
        "page": number,
        "last_refreshed_datetime": account.at,
    }
