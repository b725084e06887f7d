"""Razorpay on a simulator server: accounts by their keys, the API, the links' pages and the dashboard's actions."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.common.messages import Answer, as_json
from gateway_simulators.razorpay import (
    disputes,
    embedded,
    links,
    outcomes,
    payments,
    recurring,
    registrations,
)
from gateway_simulators.razorpay.account import Account, Key, collection, shown
from gateway_simulators.razorpay.actions import happen
from gateway_simulators.razorpay.problems import Body, Object, Problem, check
from gateway_simulators.razorpay.signing import sign

if TYPE_CHECKING:
    from collections.abc import Callable

    from gateway_simulators.common.desk import Row
    from gateway_simulators.common.messages import Request
    from gateway_simulators.common.world import World

FAULTS: Final = {
    "500": Problem(500, "We are facing some trouble completing your request at the moment."),
    "429": Problem(429, "Too many requests"),
    "409": Problem(409, "Request is in progress."),
}
NAMES: Final = {
    "orders": "order",
    "payments": "payment",
    "refunds": "refund",
    "disputes": "dispute",
    "customers": "customer",
    "invoices": "invoice",
}
FILTERS: Final = {"orders": ("receipt",), "invoices": ("receipt", "type", "payment_id")}
# What is made by a body alone.
MADE: Final[dict[tuple[str, ...], Callable[[Account, Body], Object]]] = {
    ("orders",): links.create_order,
    ("payment_links",): links.create_link,
    ("customers",): recurring.create_customer,
    ("subscription_registration", "auth_links"): registrations.create_registration,
    ("payments", "create", "recurring"): recurring.charge,
}


# The notes of another shop of the account.
SHOP: Final = {"basket": "4711"}


class RazorpaySimulator:
    """Fulfils `gateway_simulators.common.world.SimulatedGateway`.

    Attributes:
        accounts: by id.
        keys: by their id.
    """

    prefix = "razorpay"

    def __init__(self, world: World) -> None:
        self.world = world
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, Key] = {}
        world.sender.signers[self.prefix] = sign

    def open_account(self, account_id: str, key_id: str, secret: str) -> Account:
        """Give an account a key; the account is made by its first one.

        Args:
            account_id: `acc_…`.
            key_id: `rzp_test_…`.
            secret: the other half.

        Raises:
            ValueError: no test key.
        """
        if not re.fullmatch(r"rzp_test_\w+", key_id) or not account_id.startswith("acc_"):
            raise ValueError("An account takes test keys.")
        if account_id not in self.accounts:
            self.accounts[account_id] = Account(account_id, self.world)
        self.keys[key_id] = Key(account_id, secret)
        return self.accounts[account_id]

    def credentials(self) -> dict[str, str]:
        """Return the key of an account for demonstrations, made on the first call."""
        for key_id, key in self.keys.items():
            if key.account_id == "acc_demo":
                return {"key_id": key_id, "key_secret": key.secret, "account_id": "acc_demo"}
        self.open_account("acc_demo", f"rzp_test_{secrets.token_hex(7)}", secrets.token_hex(12))
        return self.credentials()

    def answer(self, request: Request) -> Answer:
        """Answer a request to the API or to a link's page."""
        if found := re.fullmatch(r"/link/(\w+)", request.path):
            account, secret = self._holder_of(found[1])
            form = request.form if request.method == "POST" else {}
            is_registration = found[1].startswith("inv_")
            show = registrations.registration_page if is_registration else links.link_page
            return show(account, request.method, found[1], form, secret)
        try:
            if (shown_page := self._checkout(request)) is not None:
                return shown_page
            done = self._api(self._account_of(request), request)
            return as_json(200, done) if request.method != "DELETE" else Answer(204)
        except Problem as problem:
            return as_json(problem.status, problem.body)

    def _checkout(self, request: Request) -> Answer | None:
        """Answer for the script and the hosted form of an order, None when a request is for neither."""
        asked = f"{request.method} {request.path}"
        if asked == "GET /checkout.js":
            return embedded.script()
        if asked == f"POST {embedded.OPENED}":
            key = self.keys.get(request.form.get("key_id", ""))
            if key is None or key.is_revoked:
                raise Problem(401, "The api key provided is invalid", reason="")
            return embedded.open_form(self.accounts[key.account_id], request.form)
        if found := re.fullmatch(r"POST /checkout/(\w+)", asked):
            account, secret = self._holder_of(found[1])
            return embedded.press(account, found[1], request.form, secret)
        return None

    def _api(self, account: Account, request: Request) -> Object:
        words = request.path.removeprefix("/v1/").strip("/").split("/")
        if request.method == "GET":
            return self._read(account, words, request.arguments)
        if request.method == "DELETE":
            return self._forget(account, words, request.arguments)
        if request.header("Content-Type") != "application/json":
            raise Problem(400, "Please provide your request body as JSON.")
        body = _body_of(request)
        key = request.header("X-Refund-Idempotency")
        return self._write(account, [request.method, *words], body, key)

    def _write(self, account: Account, words: list[str], body: Body, key: str) -> Object:
        match words:
            case ["POST", "payments", name, "capture"]:
                done = payments.capture(account, body, name)
                outcomes.pay_links(account, account.find("payment", name))
                return done
            case ["POST", "payments", name, "refund"]:
                return payments.refund(account, body, name, key)
            case ["POST", "payment_links", name, "cancel"]:
                return links.cancel_link(account, body, name)
            case ["POST", "invoices", name, "cancel"]:
                return registrations.cancel_registration(account, body, name)
            case ["PUT", "customers", customer, "tokens", token, "cancel"]:
                return recurring.cancel_token(account, body, customer, token)
            case ["POST", *path] if tuple(path) in MADE:
                return MADE[tuple(path)](account, body)
        raise Problem(404, "The requested URL was not found on the server.", reason="")

    def _forget(self, account: Account, words: list[str], query: dict[str, str]) -> Object:
        match words:
            case ["customers", customer, "tokens", token]:
                check(query)
                recurring.delete_token(account, customer, token)
                return {}
        raise Problem(404, "The requested URL was not found on the server.", reason="")

    def _read(self, account: Account, words: list[str], query: dict[str, str]) -> Object:
        match words:
            case ["payment_links"]:
                check(query, optional=("reference_id", "payment_id"))
                found = account.all("payment_link", **query)
                return {"payment_links": [links.link_shown(account, one) for one in found]}
            case ["payment_links", name]:
                check(query)
                return links.link_shown(account, account.find("payment_link", name))
            case ["customers", name, "tokens"]:
                return recurring.list_tokens(account, name, query)
            case ["customers", name, "tokens", token]:
                check(query)
                return shown(recurring.token_of(account, name, token))
        return self._read_list(account, words, query)

    def _read_list(self, account: Account, words: list[str], query: dict[str, str]) -> Object:
        match words:
            case ["settlements", "recon", "combined"]:
                return disputes.report(account, query)
            case ["orders", name, "payments"]:
                return collection(account.all("payment", order_id=name), query)
            case ["payments", name, "refunds"]:
                return collection(account.all("refund", payment_id=name), query)
        return self._noun(account, words, query)

    def _noun(self, account: Account, words: list[str], query: dict[str, str]) -> Object:
        if words[0] not in NAMES or len(words) > 2:
            raise Problem(404, "The requested URL was not found on the server.", reason="")
        if len(words) == 2 and words[0] == "payments":
            return payments.payment_shown(account.find("payment", words[1]), query)
        if len(words) == 2:
            check(query)
            return shown(account.find(NAMES[words[0]], words[1]))
        filters = FILTERS.get(words[0], ())
        return collection(account.all(NAMES[words[0]]), query, filters=filters)

    def _account_of(self, request: Request) -> Account:
        key_id, secret = request.login
        key = self.keys.get(key_id)
        if key is None or key.is_revoked or not secrets.compare_digest(key.secret, secret):
            raise Problem(401, "Authentication failed", reason="")
        if key.refused and re.fullmatch(key.refused, request.path):
            raise Problem(key.refused_by, "You do not have permission to access this.", reason="")
        return self.accounts[key.account_id]

    def _holder_of(self, name: str) -> tuple[Account, str]:
        for account in self.accounts.values():
            if name in account.objects:
                key = next(k for k in self.keys.values() if k.account_id == account.account_id)
                return account, key.secret
        return Account("acc_none", self.world), ""

    def refuse(self, mode: str) -> Answer:
        """Return Razorpay's own error for a fault."""
        return as_json(FAULTS[mode].status, FAULTS[mode].body)

    def tick(self) -> None:
        """Let banks authorise what is late; links are looked at when they are shown."""
        for account in self.accounts.values():
            outcomes.run_due(account)

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what is done in the dashboard, or what the world does."""
        match action:
            case "open_account":
                opened = self.open_account(details["account"], details["key"], details["secret"])
                opened.is_recurring = details.get("is_recurring", opened.is_recurring)
                return {}
            case "revoke_key" | "refuse_key":
                key = self.keys[details["key"]]
                key.is_revoked |= action == "revoke_key"
                key.refused = details.get("path", key.refused)
                key.refused_by = details.get("status", key.refused_by)
                return {}
            case "set_webhook":
                hook = {"url": details["url"], "secret": details["secret"]}
                self.accounts[details["account"]].webhooks = [hook]
                return {}
            case "foreign_payment":
                there = self.accounts[details["account"]]
                made = payments.waiting(there, details["amount"], details["currency"], SHOP)
                return shown(made)
        account, _ = self._holder_of(details["id"])
        if action == "token_confirm":
            customer = account.find("customer", details["id"])
            fate, method = details.get("fate", ""), details.get("method", "card")
            return shown(recurring.confirm_token(account, customer, fate, method))
        return shown(happen(account, action, details))

    def rows(self) -> list[Row]:
        """Return payments and disputes for the simulators' page."""
        return [row for account in self.accounts.values() for row in disputes.rows(account)]

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart."""
        return {
            "accounts": {name: one.dump() for name, one in self.accounts.items()},
            "keys": {key: asdict(one) for key, one in self.keys.items()},
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` returned."""
        self.keys = {key: Key(**one) for key, one in state["keys"].items()}
        for name, kept in state["accounts"].items():
            self.accounts[name] = Account(name, self.world)
            self.accounts[name].load(kept)


def _body_of(request: Request) -> Body:
    try:
        body = request.json()
    except ValueError:
        raise Problem(400, "Please provide your request body as JSON.") from None
    return body if isinstance(body, dict) else {}


SIMULATOR: Final = RazorpaySimulator
