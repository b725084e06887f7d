"""One PayPal business account with its REST app: objects, kept answers, events; another's ids do not exist here."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.paypal.problems import Object, not_found

if TYPE_CHECKING:
    from gateway_simulators.common.world import World


# An order is to be approved and captured within three hours.
FORGETS_S: Final = 3 * 3600


class Account:
    """Objects by id, in the order in which they were made.

    Attributes:
        name: stands in each id, as randomness would.
        world: the clock and the webhooks.
        objects: `_kind` says what each is; names that begin with an underscore are never shown.
        kept: answers by request id: what was asked, status and body.
        books: lines as the transaction search shows them.
        leaving: tokens that their payers will take back: when, and the id.
        is_reference: PayPal lets it make billing agreements.
    """

    def __init__(self, name: str, world: World) -> None:
        self.name = name
        self.world = world
        self.objects: dict[str, Object] = {}
        self.kept: dict[str, list[Any]] = {}
        self.books: list[Object] = []
        self.leaving: list[list[Any]] = []
        self.is_reference = False
        self._last = 0

    @property
    def now(self) -> int:
        """Return the simulators' time."""
        return self.world.clock.now()

    @property
    def at(self) -> str:
        """Return the simulators' time as PayPal writes it."""
        return written(self.now)

    def add(self, prefix: str, kind: str, **fields: Any) -> Object:
        """Make an object; what is changed in it is changed in the account.

        Args:
            prefix: of its id.
            kind: what it is.
            fields: the rest of it.
        """
        self._last += 1
        name = f"{prefix}{self.name.upper()}{self._last:09d}"
        made = {"id": name, "_kind": kind, "create_time": self.at, **fields}
        self.objects[name] = made
        return made

    def name_line(self) -> str:
        """Return the id of a line of the books that no object is behind."""
        self._last += 1
        return f"{self.name.upper()}{self._last:09d}"

    def find(self, kind: str, name: str) -> Object:
        """Return an object of this account.

        Args:
            kind: what it is.
            name: its id.

        Raises:
            Problem: `RESOURCE_NOT_FOUND`.
        """
        found = self.objects.get(name)
        if found is None or found["_kind"] != kind or self._is_forgotten(found):
            raise not_found()
        return found

    def _is_forgotten(self, found: Object) -> bool:
        """Return whether it is an order that nobody has paid for hours: PayPal knows it no more."""
        is_left = found["_kind"] == "order" and found["status"] != "COMPLETED"
        return is_left and self.now - read_time(found["create_time"]) > FORGETS_S

    def all(self, kind: str) -> list[Object]:
        """Return the objects of a kind, oldest first."""
        return [one for one in self.objects.values() if one["_kind"] == kind]

    def tell(self, event_type: str, resource: Object) -> None:
        """Make an event and put it on its way to every webhook that wants it.

        Args:
            event_type: PayPal's word.
            resource: the object as it is now.
        """
        event = self.add(
            "WH-",
            "event",
            event_type=event_type,
            event_version="1.0",
            resource_version="2.0",
            summary=event_type,
            resource=shown(resource),
        )
        for hook in self.all("webhook"):
            if event_type in {one["name"] for one in hook["event_types"]}:
                self.world.sender.post(
                    gateway="paypal",
                    url=hook["url"],
                    secret=hook["id"],
                    event_id=event["id"],
                    body=json.dumps(shown(event)),
                )

    def book(
        self,
        name: str,
        code: str,
        amount: Object,
        *,
        is_out: bool,
        fee: str = "",
        about: str = "",
    ) -> None:
        """Write a line into the books.

        Args:
            name: of the capture or refund, else the line's own.
            code: PayPal's event code.
            amount: as PayPal writes amounts.
            is_out: money leaves.
            fee: what PayPal keeps, or "".
            about: the payment that this line refers to, or "".
        """
        sign = "-" if is_out else ""
        line = {
            "transaction_id": name,
            "transaction_event_code": code,
            "transaction_initiation_date": self.at,
            "transaction_status": "S",
            "transaction_amount": {**amount, "value": f"{sign}{amount['value']}"},
        }
        if invoice := self.objects.get(name, {}).get("invoice_id"):
            line["invoice_id"] = invoice
        if about:
            line |= {"paypal_reference_id": about, "paypal_reference_id_type": "TXN"}
        if fee:
            line["fee_amount"] = {**amount, "value": f"-{fee}"}
        self.books.append({"transaction_info": line, "_at": self.now})

    def dump(self) -> Object:
        """Return what survives a restart."""
        return {
            "objects": list(self.objects.values()),
            "kept": self.kept,
            "books": self.books,
            "leaving": self.leaving,
            "last": self._last,
            "is_reference": self.is_reference,
        }

    def load(self, state: Object) -> None:
        """Take up what `dump` returned."""
        self.objects = {one["id"]: one for one in state["objects"]}
        self.kept, self.books, self._last = state["kept"], state["books"], state["last"]
        self.leaving = state.get("leaving", [])
        self.is_reference = state.get("is_reference", False)


def shown(found: Object) -> Object:
    """Return a copy of an object without the simulator's own fields."""
    return {name: _plain(inner) for name, inner in found.items() if name[:1] != "_"}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return shown(value)
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def written(at: int) -> str:
    """Return a time as PayPal writes it."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_time(text: str) -> int:
    """Read a time of a query."""
    return int(datetime.fromisoformat(text).timestamp())
