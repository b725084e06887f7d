"""PayPal on a simulator server: apps by their credentials, the API, the payer's pages and the world's actions."""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.common.messages import Answer, as_json
from gateway_simulators.paypal import agreements, captures, disputes, vault
from gateway_simulators.paypal.account import Account, shown
from gateway_simulators.paypal.api import answer
from gateway_simulators.paypal.pages import payer_page
from gateway_simulators.paypal.problems import Problem
from gateway_simulators.paypal.signing import CERT_ID, Signer, kept_signer, sign, signer
from gateway_simulators.paypal.verifying import VERIFY, verify

if TYPE_CHECKING:
    from gateway_simulators.common.desk import Row
    from gateway_simulators.common.messages import Request
    from gateway_simulators.common.world import World
    from gateway_simulators.paypal.problems import Object

EXPIRES_S: Final = 32_400
CERTS: Final = "/v1/notifications/certs/"
FAULTS: Final = {
    "500": Problem(500, "INTERNAL_SERVER_ERROR", "An internal server error has occurred."),
    "429": Problem(429, "RATE_LIMIT_REACHED", "Too many requests."),
    "409": Problem(409, "RESOURCE_CONFLICT", "A request with this id is in progress."),
}


@dataclass(slots=True)
class App:
    """A REST app.

    Attributes:
        name: of its account.
        secret: the other half of its id.
        token: the access token that counts now.
        expires: when it stops counting.
        refused: a regular expression of paths that it may not ask for, or "".
    """

    name: str
    secret: str
    token: str = ""
    expires: int = 0
    refused: str = ""


class PayPalSimulator:
    """Fulfils `gateway_simulators.common.world.SimulatedGateway`.

    Attributes:
        accounts: by name.
        apps: by client id.
    """

    prefix = "paypal"

    def __init__(self, world: World) -> None:
        self.world = world
        self.accounts: dict[str, Account] = {}
        self.apps: dict[str, App] = {}
        self._kept_signer: Signer | None = None
        world.sender.signers[self.prefix] = self._sign

    @property
    def signer(self) -> Signer:
        """Return what deliveries are signed with: what a state brought, else this process's."""
        return self._kept_signer or signer()

    def _sign(self, body: str, secret: str, at: int, event_id: str) -> dict[str, str]:
        return sign(body, secret, at, event_id, url=self.world.url, by=self.signer)

    def open_account(self, name: str, client_id: str, secret: str) -> Account:
        """Give an account an app.

        Args:
            name: of the account: letters and digits.
            client_id: of the app.
            secret: its other half.
        """
        if name not in self.accounts:
            self.accounts[name] = Account(name, self.world)
        self.apps[client_id] = App(name, secret)
        return self.accounts[name]

    def credentials(self) -> dict[str, str]:
        """Return the app of an account for demonstrations, made on the first call."""
        for client_id, app in self.apps.items():
            if app.name == "demo":
                return {
                    "client_id": client_id,
                    "client_secret": app.secret,
                    "environment": "sandbox",
                }
        self.open_account("demo", secrets.token_hex(20), secrets.token_hex(20))
        return self.credentials()

    def answer(self, request: Request) -> Answer:
        """Answer a request to the API, to a payer's page or for a certificate."""
        path = request.path
        if path.startswith(CERTS) and path.removeprefix(CERTS) in {CERT_ID, "ROOT"}:
            pem = self.signer.leaf if path.endswith(CERT_ID) else self.signer.root
            return Answer(200, pem.encode(), "application/x-pem-file")
        if path in {"/checkoutnow", "/agreements/approve"}:
            asked = request.arguments
            words = ("token", "approval_session_id", "ba_token")
            name = next((asked[word] for word in words if word in asked), "")
            form = request.form if request.method == "POST" else {}
            return payer_page(self._holder_of(name), request.method, name, form)
        try:
            if path == "/v1/oauth2/token":
                return as_json(200, self._log_in(request))
            status, body = self._api(request)
        except Problem as problem:
            return as_json(problem.status, problem.body, {"PayPal-Debug-Id": "sim"})
        if body is None:
            return Answer(status)
        return as_json(status, body, {"PayPal-Debug-Id": "sim"})

    def _log_in(self, request: Request) -> Object:
        client_id, secret = request.login
        app = self.apps.get(client_id)
        if app is None or not secrets.compare_digest(app.secret, secret):
            raise Problem(401, "invalid_client", "Client Authentication failed")
        if request.form != {"grant_type": "client_credentials"}:
            raise Problem(400, "unsupported_grant_type", "Grant Type is NULL")
        if self.world.clock.now() >= app.expires:
            app.token = f"A21{secrets.token_hex(16)}"
            app.expires = self.world.clock.now() + EXPIRES_S
        return {
            "access_token": app.token,
            "token_type": "Bearer",
            "expires_in": app.expires - self.world.clock.now(),
            "scope": "https://uri.paypal.com/services/payments/payment",
            "app_id": f"APP-{app.name}",
        }

    def _api(self, request: Request) -> tuple[int, Object | None]:
        account = self._account_of(request)
        if request.method == "GET" and request.body:
            raise Problem(400, "INVALID_REQUEST", "A GET has no body.")
        if request.body and request.header("Content-Type") != "application/json":
            raise Problem(415, "UNSUPPORTED_MEDIA_TYPE", "The body is JSON.")
        try:
            body = request.json()
        except ValueError:
            raise Problem(400, "INVALID_REQUEST", "Malformed request JSON.") from None
        if (request.method, request.path) == ("POST", VERIFY):
            return 200, verify(account, body or {}, request.body.decode(), self.signer)
        words = request.path.strip("/").split("/")
        key = request.header("PayPal-Request-Id")
        return answer(
            account, request.method, words, query=request.arguments, body=body or {}, key=key
        )

    def _account_of(self, request: Request) -> Account:
        sent = request.header("Authorization").removeprefix("Bearer ")
        for app in self.apps.values():
            is_valid = app.token and self.world.clock.now() < app.expires
            if is_valid and secrets.compare_digest(app.token, sent):
                if app.refused and re.fullmatch(app.refused, request.path):
                    raise Problem(403, "NOT_AUTHORIZED", "Permission denied.")
                return self.accounts[app.name]
        raise Problem(401, "invalid_token", "Token signature verification failed")

    def _holder_of(self, name: str) -> Account:
        found = (account for account in self.accounts.values() if name in account.objects)
        return next(found, Account("none", self.world))

    def refuse(self, mode: str) -> Answer:
        """Return PayPal's own error for a fault."""
        return as_json(FAULTS[mode].status, FAULTS[mode].body)

    def tick(self) -> None:
        """Let payers take back what they said they would; all else that PayPal does by itself is an action."""
        for account in self.accounts.values():
            vault.run_due(account)

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what is done in the dashboard, by the payer, or by their bank."""
        match action:
            case "open_account":
                made = self.open_account(
                    details["account"], details["client_id"], details["secret"]
                )
                made.is_reference = details.get("is_reference", made.is_reference)
                return {}
            case "refuse_app":
                self.apps[details["client_id"]].refused = details["path"]
                return {}
            case "revoke_token":
                for app in self.apps.values():
                    app.token, app.expires = "", 0
                return {}
        account = self._holder_of(details["id"])
        return self._happen(account, action, details)

    def _happen(self, account: Account, action: str, details: dict[str, Any]) -> dict[str, Any]:
        found = account.objects[details["id"]]
        match action:
            case "complete":
                captures.complete(account, found)
            case "deny":
                captures.deny(account, found)
            case "dashboard_refund":
                found = captures.give_back(account, found, {"amount": details["amount"]})
            case "reverse":
                found = captures.give_back(account, found, {}, is_reversal=True)
            case "refund_fail":
                found = captures.fail_refund(account, found)
            case "dispute_open" | "dispute_escalate" | "dispute_close":
                found = disputes.act(account, found, action, details)
            case "revoke":
                revoke = agreements.end if found["_kind"] == "agreement" else vault.forget
                revoke(account, found)
            case _:
                raise ValueError(f"{action!r} is no action of PayPal's.")
        return dict(shown(found))

    def rows(self) -> list[Row]:
        """Return payments and disputes for the simulators' page."""
        return [row for account in self.accounts.values() for row in disputes.rows(account)]

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart."""
        return {
            "accounts": {name: one.dump() for name, one in self.accounts.items()},
            "apps": {key: asdict(one) for key, one in self.apps.items()},
            "signer": self.signer.dump(),
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` returned."""
        self.apps = {key: App(**one) for key, one in state["apps"].items()}
        # States of before carry none.
        self._kept_signer = kept_signer(state["signer"]) if "signer" in state else None
        for name, kept in state["accounts"].items():
            self.accounts[name] = Account(name, self.world)
            self.accounts[name].load(kept)


SIMULATOR: Final = PayPalSimulator
