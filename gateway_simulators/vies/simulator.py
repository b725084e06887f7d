"""VIES on a simulator server: it knows every number that was not struck off, and has all the faults of the real one.

Source: https://ec.europa.eu/taxation_customs/vies/#/technical-information (checkVat, checkVatApprox and their faults).
"""

from __future__ import annotations

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.common.messages import Answer, as_json

if TYPE_CHECKING:
    from gateway_simulators.common.messages import Request
    from gateway_simulators.common.world import World

STATES: Final = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "EL", "ES", "FI", "FR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "XI"}
)
# Member states that do not tell whose number it is.
SILENT_STATES: Final = frozenset({"DE", "ES"})
CODES: Final = frozenset(
    {"GLOBAL_MAX_CONCURRENT_REQ", "GLOBAL_MAX_CONCURRENT_REQ_TIME", "MS_MAX_CONCURRENT_REQ"}
    | {"MS_MAX_CONCURRENT_REQ_TIME", "MS_UNAVAILABLE", "SERVICE_UNAVAILABLE", "TIMEOUT"}
    | {"INVALID_INPUT", "INVALID_REQUESTER_INFO", "VAT_BLOCKED", "IP_BLOCKED"}
)
GARBAGE: Final = {
    "garbage": b"<html><body>Scheduled maintenance</body></html>",
    "empty": b"",
    "cut": b'{"countryCode":"FR","valid":tr',
    "list": b"[]",
    "words": b'{"countryCode":"FR","vatNumber":"1","valid":"true"}',
    "null": b'{"valid":null}',
    "other": b'{"countryCode":"AT","vatNumber":"U12345678","valid":true}',
    "huge": b'{"valid":' + b" " * 200_000 + b"true}",
}


@dataclass(slots=True)
class Trouble:
    """Answers of one kind that come before any other.

    Attributes:
        code: a fault of VIES, or a kind of garbage.
        state: only of this member state, or "".
        left: how many are still to come.
    """

    code: str
    state: str = ""
    left: int = 1


class ViesSimulator:
    """Fulfils `gateway_simulators.common.world.SimulatedGateway`.

    Attributes:
        struck_off: numbers with the member state in front that are not valid.
        traders: name and address by number, where a test wants others than the usual.
        troubles: what comes next instead of an answer.
    """

    prefix = "vies"

    def __init__(self, world: World) -> None:
        self.world = world
        self.struck_off: set[str] = set()
        self.traders: dict[str, list[str]] = {}
        self.troubles: list[Trouble] = []

    def credentials(self) -> dict[str, str]:
        """Return nothing: everybody may ask."""
        return {}

    def answer(self, request: Request) -> Answer:
        """Answer a question about a number."""
        if (request.method, request.path) != ("POST", "/check-vat-number"):
            return as_json(404, {"error": "no such resource"})
        body = request.json()
        state, number = str(body.get("countryCode", "")), str(body.get("vatNumber", ""))
        trouble = self._trouble(state)
        if trouble is not None:
            kind = "text/html" if trouble == "garbage" else "application/json"
            return Answer(200, GARBAGE[trouble], kind) if trouble in GARBAGE else _fault(trouble)
        if state not in STATES or not re.fullmatch(r"[0-9A-Z+*.]{2,12}", number):
            return _fault("INVALID_INPUT")
        return as_json(200, self._said(state, number, body))

    def _said(self, state: str, number: str, body: dict[str, Any]) -> dict[str, Any]:
        is_valid = f"{state}{number}" not in self.struck_off
        usual = (
            ["---", "---"]
            if state in SILENT_STATES
            else [f"Trader {number}", f"1 Main St\n{state}"]
        )
        name, address = self.traders.get(f"{state}{number}", usual) if is_valid else ["---", "---"]
        asks = body.get("requesterMemberStateCode") and body.get("requesterNumber")
        at = datetime.fromtimestamp(self.world.clock.now(), tz=UTC)
        return {
            "countryCode": state,
            "vatNumber": number,
            "requestDate": at.isoformat(timespec="milliseconds"),
            "valid": is_valid,
            "requestIdentifier": f"WAPIAAAA{secrets.token_hex(4)}" if asks else "",
            "name": name,
            "address": address,
        }

    def _trouble(self, state: str) -> str | None:
        for one in self.troubles:
            if one.left > 0 and one.state in {"", state}:
                one.left -= 1
                return one.code
        return None

    def refuse(self, mode: str) -> Answer:
        """Return VIES's own error for a fault of the server."""
        return as_json(int(mode), {"timestamp": "", "status": int(mode), "error": "Server Error"})

    def tick(self) -> None:
        """Do nothing: a register has no deadlines."""

    def act(self, action: str, details: dict[str, Any]) -> dict[str, Any]:
        """Do what a member state does to a number, or to its service."""
        match action:
            case "strike_off":
                self.struck_off.add(details["number"])
            case "enter":
                self.struck_off.discard(details["number"])
                if "name" in details:
                    self.traders[details["number"]] = [details["name"], details.get("address", "")]
            case "trouble":
                if details["code"] not in CODES | set(GARBAGE):
                    raise ValueError(f"{details['code']!r} is no fault of VIES.")
                self.troubles.append(Trouble(**details))
            case _:
                raise ValueError(f"{action!r} is no action of VIES.")
        return {}

    def dump(self) -> dict[str, Any]:
        """Return what survives a restart."""
        return {
            "struck_off": sorted(self.struck_off),
            "traders": self.traders,
            "troubles": [asdict(one) for one in self.troubles if one.left > 0],
        }

    def load(self, state: dict[str, Any]) -> None:
        """Take up what `dump` returned."""
        self.struck_off = set(state["struck_off"])
        self.traders = state["traders"]
        self.troubles = [Trouble(**one) for one in state["troubles"]]


def _fault(code: str) -> Answer:
    # The real service says 200 to most of its faults.
    return as_json(200, {"actionSucceed": False, "errorWrappers": [{"error": code}]})


SIMULATOR: Final = ViesSimulator
