"""The routes of Stripe's API with the permission that each needs, and its idempotent answers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.stripe.account import expand, shown
from gateway_simulators.stripe.books import list_lines
from gateway_simulators.stripe.charges import capture_payment
from gateway_simulators.stripe.checkouts import create_session, expire_session, list_sessions
from gateway_simulators.stripe.customers import (
    attach,
    create_customer,
    delete_customer,
    detach,
    list_customers,
    list_methods,
    update_customer,
)
from gateway_simulators.stripe.disputes import list_disputes
from gateway_simulators.stripe.events import (
    create_endpoint,
    delete_endpoint,
    list_endpoints,
    list_events,
)
from gateway_simulators.stripe.payments import (
    cancel_payment,
    confirm_payment,
    create_payment,
    list_payments,
)
from gateway_simulators.stripe.problems import Form, Object, Problem, check
from gateway_simulators.stripe.refunds import create_refund, list_refunds
from gateway_simulators.stripe.setups import cancel_setup, confirm_setup, create_setup, list_setups

if TYPE_CHECKING:
    from gateway_simulators.stripe.account import Account

KEPT_S: Final = 86_400
Work = Callable[..., Object]


@dataclass(frozen=True, slots=True)
class Route:
    """One call of the API.

    Attributes:
        method: the verb.
        pattern: regular expression of the whole path; its groups are ids.
        scope: the permission of a restricted key, without `_read` or `_write`.
        work: what it does.
    """

    method: str
    pattern: str
    scope: str
    work: Work

    @property
    def permission(self) -> str:
        """Return the permission's name."""
        return f"rak_{self.scope}_{'read' if self.method == 'GET' else 'write'}"

    def allows(self, permissions: list[str]) -> bool:
        """Return whether a restricted key may; who may write may read."""
        return not {self.permission, f"rak_{self.scope}_write"}.isdisjoint(permissions)


def _read(noun: str) -> Work:
    def read(account: Account, form: Form, name: str) -> Object:
        check(form)
        return account.find(noun, name)

    return read


def _account(account: Account, form: Form) -> Object:
    check(form)
    return {
        "id": account.account_id,
        "object": "account",
        "country": "US",
        "default_currency": "usd",
        "charges_enabled": True,
    }


V1: Final = "/v1"
ROUTES: Final = (
    Route("GET", f"{V1}/account", "accounts_kyc_basic", _account),
    Route("POST", f"{V1}/customers", "customer", create_customer),
    Route("GET", f"{V1}/customers", "customer", list_customers),
    Route("GET", rf"{V1}/customers/(\w+)", "customer", _read("customer")),
    Route("POST", rf"{V1}/customers/(\w+)", "customer", update_customer),
    Route("DELETE", rf"{V1}/customers/(\w+)", "customer", delete_customer),
    Route("GET", rf"{V1}/customers/(\w+)/payment_methods", "payment_method", list_methods),
    Route("GET", rf"{V1}/payment_methods/(\w+)", "payment_method", _read("payment_method")),
    Route("POST", rf"{V1}/payment_methods/(\w+)/attach", "payment_method", attach),
    Route("POST", rf"{V1}/payment_methods/(\w+)/detach", "payment_method", detach),
    Route("POST", f"{V1}/payment_intents", "payment_intent", create_payment),
    Route("GET", f"{V1}/payment_intents", "payment_intent", list_payments),
    Route("GET", rf"{V1}/payment_intents/(\w+)", "payment_intent", _read("payment_intent")),
    Route("POST", rf"{V1}/payment_intents/(\w+)/confirm", "payment_intent", confirm_payment),
    Route("POST", rf"{V1}/payment_intents/(\w+)/cancel", "payment_intent", cancel_payment),
    Route("POST", rf"{V1}/payment_intents/(\w+)/capture", "payment_intent", capture_payment),
    Route("POST", f"{V1}/setup_intents", "setup_intent", create_setup),
    Route("GET", f"{V1}/setup_intents", "setup_intent", list_setups),
    Route("GET", rf"{V1}/setup_intents/(\w+)", "setup_intent", _read("setup_intent")),
    Route("POST", rf"{V1}/setup_intents/(\w+)/confirm", "setup_intent", confirm_setup),
    Route("POST", rf"{V1}/setup_intents/(\w+)/cancel", "setup_intent", cancel_setup),
    Route("POST", f"{V1}/checkout/sessions", "checkout_session", create_session),
    Route("GET", f"{V1}/checkout/sessions", "checkout_session", list_sessions),
    Route("GET", rf"{V1}/checkout/sessions/(\w+)", "checkout_session", _read("checkout.session")),
    Route("POST", rf"{V1}/checkout/sessions/(\w+)/expire", "checkout_session", expire_session),
    Route("GET", rf"{V1}/charges/(\w+)", "charge", _read("charge")),
    Route("POST", f"{V1}/refunds", "charge", create_refund),
    Route("GET", f"{V1}/refunds", "charge", list_refunds),
    Route("GET", rf"{V1}/refunds/(\w+)", "charge", _read("refund")),
    Route("GET", f"{V1}/disputes", "dispute", list_disputes),
    Route("GET", rf"{V1}/disputes/(\w+)", "dispute", _read("dispute")),
    Route("GET", f"{V1}/balance_transactions", "balance_transaction_source", list_lines),
    Route("GET", f"{V1}/events", "event", list_events),
    Route("GET", rf"{V1}/events/(\w+)", "event", _read("event")),
    Route("POST", f"{V1}/webhook_endpoints", "webhook", create_endpoint),
    Route("GET", f"{V1}/webhook_endpoints", "webhook", list_endpoints),
    Route("GET", rf"{V1}/webhook_endpoints/(\w+)", "webhook", _read("webhook_endpoint")),
    Route("DELETE", rf"{V1}/webhook_endpoints/(\w+)", "webhook", delete_endpoint),
)


def route_of(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Return the route of a request and the ids in its path.

    Args:
        method: the verb.
        path: from `/v1`.

    Raises:
        Problem: 404, there is none.
    """
    for route in ROUTES:
        found = re.fullmatch(route.pattern, path)
        if route.method == method and found:
            return route, found.groups()
    raise Problem(404, f"Unrecognized request URL ({method}: {path}).")


def answer(
    account: Account, method: str, path: str, form: Form, *, key: str = "", breaks: bool = False
) -> tuple[int, Object, bool]:
    """Do one request, once per key.

    Args:
        account: whose.
        method: the verb.
        path: from `/v1`.
        form: the parameters.
        key: the idempotency key, or "".
        breaks: the work is done and a server error is kept as its answer.

    Returns:
        Status, body, and whether it is the kept answer of an earlier request.

    Raises:
        Problem: refused before the work began; Stripe keeps no such answer.

    Idempotency: an answer, a decline too, is kept for 24 hours under its key.
    """
    if not key or method != "POST":
        return *_do(account, method, path, form), False
    before = account.kept.get(key)
    if before is not None and account.now - before["at"] < KEPT_S:
        if before["asked"] != [path, form]:
            words = "Keys for idempotent requests can only be used with the same parameters they were first used with."
            raise Problem(400, words, "idempotency_error")
        return before["status"], before["body"], True
    account.request_key = key
    try:
        status, body = _do(account, method, path, form)
    finally:
        account.request_key = ""
    if breaks:
        status, body = 500, server_error().body
    account.later(KEPT_S, "key", key)
    account.kept[key] = {"asked": [path, form], "at": account.now, "status": status, "body": body}
    return status, body, False


def server_error() -> Problem:
    """Return Stripe's answer when it fails itself."""
    return Problem(500, "An unknown error occurred.", "api_error")


def _do(account: Account, method: str, path: str, form: Form) -> tuple[int, Object]:
    route, names = route_of(method, path)
    try:
        done: Any = shown(route.work(account, form, *names))
    except Problem as problem:
        # Stripe keeps an answer under its key once the work has begun: a decline is one.
        if problem.status == 402:
            return 402, problem.body
        raise
    for name in sorted(name for name in form if name.startswith("expand[")):
        head, *rest = form[name].split(".")
        expand(account, done, [head, *rest])
    return 200, done
