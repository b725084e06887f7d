"""Stripe on a simulator server: accounts by their keys, the API, the hosted pages and the dashboard's actions."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.common.messages import as_json
from gateway_simulators.stripe import actions, disputes
from gateway_simulators.stripe.account import Account
from gateway_simulators.stripe.api import answer, route_of, server_error
from gateway_simulators.stripe.dues import run_due
from gateway_simulators.stripe.elements import browser_file, confirm
from gateway_simulators.stripe.events import sign
from gateway_simulators.stripe.pages import challenge_page, checkout_page
from gateway_simulators.stripe.problems import Problem

if TYPE_CHECKING:
    from gateway_simulators.common.desk import Row
    from gateway_simulators.common.messages import Answer, Request
    from gateway_simulators.common.world import World
    from gateway_simulators.stripe.problems import Object

PAGES: Final = {"pay": checkout_page, "challenge": challenge_page}
FAULTS: Final = {
    "500": server_error(),
    "429": Problem(429, "Too many requests hit the API too quickly.", code="rate_limit"),
    "409": Problem(
        409,
        "There is currently another in-progress request using this key.",
        "idempotency_error",
        code="idempotency_key_in_use",
    ),
}


@dataclass(slots=True)
class Key:
    """A key of an account.

    Attributes:
        account_id: whose.
        permissions: of a restricted key, None for all.
        is_revoked: it is refused from now on.
    """

    account_id: str
    permissions: list[str] | None = None
    is_revoked: bool = False


class StripeSimulator:
    """Fulfils `gateway_simulators.common.world.SimulatedGateway`.

    Attributes:
        accounts: by id.
        keys: by their secret.
    """

    prefix = "stripe"

    def __init__(self, world: World) -> None:
        self.world = world
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, Key] = {}
        self._numbers = 0
        world.sender.signers[self.prefix] = sign

    def open_account(
        self, account_id: str, key: str, permissions: list[str] | None = None
    ) -> Account:
        """Give an account a key; the account is made by its first one.

        Args:
            account_id: `acct_…`.
            key: `sk_test_…`, `rk_test_…` or `pk_test_…`.
            permissions: of a restricted key, for instance `rak_customer_write`.

        Raises:
            ValueError: no test key, or permissions for a key that is not restricted.
        """
        if not re.fullmatch(r"(sk|rk|pk)_test_\w+", key) or (permissions is not None) != (
            key[:2] == "rk"
        ):
            raise ValueError("An account takes test keys; restricted ones have permissions.")
        if account_id not in self.accounts:
            self.accounts[account_id] = Account(account_id, self.world)
        self.keys[key] = Key(account_id, permissions)
        return self.accounts[account_id]

    def credentials(self) -> dict[str, str]:
        """Return keys of an account for demonstrations, made on the first call."""
        found = {key[:2]: key for key, one in self.keys.items() if one.account_id == "acct_demo"}
        for kind in ("sk", "pk"):
            if kind not in found:
                found[kind] = f"{kind}_test_{secrets.token_hex(12)}"
                self.open_account("acct_demo", found[kind])
        return {"secret_key": found["sk"], "publishable_key": found["pk"]}

    def answer(self, request: Request) -> Answer:
        """Answer a request to the API or to a hosted page."""
        if found := re.fullmatch(r"/(pay|challenge)/(\w+)", request.path):
            page, name = found.groups()
            form = request.form if request.method == "POST" else {}
            return PAGES[page](self._holder_of(name), request.method, name, form)
        if (found_file := browser_file(request.path)) is not None:
            return found_file
        try:
            if (request.method, request.path) == ("POST", "/elements/confirm"):
                return confirm(self._account_of_browser(request.form.get("key", "")), request.form)
            return self._api(request)
        except Problem as problem:
            return self._json(problem.status, problem.body)

    def _holder_of(self, name: str) -> Account:
        found = (account for account in self.accounts.values() if name in account.objects)
        return next(found, Account("acct_none", self.world))

    def _api(self, request: Request) -> Answer:
        key = self._key_of(request)
        route, _ = route_of(request.method, request.path)
        if key.permissions is not None and not route.allows(key.permissions):
            words = (
                "The provided key does not have the required permissions for this endpoint on"
                f" account '{key.account_id}'. Having the '{route.permission}' permission would"
                " allow this request to continue."
            )
            raise Problem(403, words)
        kind = request.header("Content-Type")
        if request.body and not kind.startswith("application/x-www-form-urlencoded"):
            raise Problem(
                400,
                f"Invalid request (check that your POST content type is form-urlencoded, not {kind}).",
            )
        status, body, is_replay = answer(
            self.accounts[key.account_id],
            request.method,
            request.path,
            request.form,
            key=request.header("Idempotency-Key"),
            breaks=request.fault == "500_done",
        )
        return self._json(status, body, {"Idempotent-Replayed": "true"} if is_replay else {})

    def _key_of(self, request: Request) -> Key:
        sent = request.header("Authorization").removeprefix("Bearer ")
        if not sent:
            raise Problem(401, "You did not provide an API key.")
        found = self.keys.get(sent)
        if found is None or sent.startswith("pk_"):
            raise Problem(401, f"Invalid API Key provided: {sent[:8]}{'*' * 12}{sent[-4:]}")
        if found.is_revoked:
            raise Problem(
                401, f"Expired API Key provided: {sent[:8]}{'*' * 12}", code="api_key_expired"
            )
        return found

    def _account_of_browser(self, sent: str) -> Account:
        found = self.keys.get(sent)
        if found is None or found.is_revoked or not sent.startswith("pk_"):
            raise Problem(401, "Invalid API Key provided.")
        return self.accounts[found.account_id]

    def _json(self, status: int, body: Object, headers: dict[str, str] | None = None) -> Answer:
        self._numbers += 1
        return as_json(status, body, {"Request-Id": f"req_{self._numbers}", **(headers or {})})

    def refuse(self, mode: str) -> Answer:
        """Return Stripe's own error for a fault."""
        return self._json(FAULTS[mode].status, FAULTS[mode].body)

    def tick(self) -> None:
        """Do what has fallen due."""
        for account in self.accounts.values():
            run_due(account)

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what is done in the dashboard, or to a key."""
        if action == "open_account":
            self.open_account(details["account"], details["key"], details.get("permissions"))
            return {}
        if action == "revoke_key":
            self.keys[details["key"]].is_revoked = True
            return {}
        if action == "script_url":
            return {"url": f"{self.world.url}/{self.prefix}/v3/"}
        account = self._holder_of(details["id"])
        return actions.act(account, action, details)

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


SIMULATOR: Final = StripeSimulator
