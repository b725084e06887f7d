"""One Razorpay account: its objects, the answers it keeps, and what it tells; another's ids do not exist here."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gateway_simulators.razorpay.problems import Object, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway_simulators.common.world import World


@dataclass(slots=True)
class Key:
    """A key of an account.

    Attributes:
        account_id: whose.
        secret: the other half of it.
        is_revoked: it is refused from now on.
        refused: a regular expression of paths that it may not ask for, or "".
        refused_by: the status that says so.
    """

    account_id: str
    secret: str
    is_revoked: bool = False
    refused: str = ""
    refused_by: int = 403


class Account:
    """Objects by id, in the order in which they were made.

    Attributes:
        account_id: `acc_…`.
        world: the clock and the webhooks.
        objects: names that begin with an underscore are the simulator's own and never shown.
        kept: refunds by their idempotency key: what was asked, and the refund's id.
        webhooks: address and secret of each.
        late: payments that a bank will authorise although they have failed: when, and the id.
        is_recurring: Razorpay lets it charge tokens.
    """

    def __init__(self, account_id: str, world: World) -> None:
        self.account_id = account_id
        self.world = world
        self.objects: dict[str, Object] = {}
        self.kept: dict[str, list[str]] = {}
        self.webhooks: list[dict[str, str]] = []
        self.late: list[list[Any]] = []
        self.is_recurring = False
        self._last = 0

    @property
    def now(self) -> int:
        """Return the simulators' time."""
        return self.world.clock.now()

    def add(self, prefix: str, entity: str, **fields: Any) -> Object:
        """Make an object; what is changed in it is changed in the account.

        Args:
            prefix: of its id.
            entity: its kind.
            fields: the rest of it.
        """
        self._last += 1
        # Ids carry the account, as random ones would: no two accounts ever share one.
        name = f"{prefix}_{self.account_id[4:]}{self._last:08d}"
        made = {"id": name, "entity": entity, "created_at": self.now, **fields}
        self.objects[name] = made
        return made

    def find(self, entity: str, name: str) -> Object:
        """Return an object of this account.

        Args:
            entity: its kind.
            name: its id.

        Raises:
            Problem: `The id provided does not exist`.
        """
        found = self.objects.get(name)
        if found is None or found["entity"] != entity:
            raise Problem(400, "The id provided does not exist", reason="")
        return found

    def all(self, entity: str, **fields: Any) -> list[Object]:
        """Return the objects of a kind, newest first.

        Args:
            entity: the kind.
            fields: values that they must have.
        """
        return [
            one
            for one in reversed(self.objects.values())
            if one["entity"] == entity and all(one.get(k) == v for k, v in fields.items())
        ]

    def tell(self, event: str, **entities: Object) -> None:
        """Make an event and put it on its way to every address.

        Args:
            event: Razorpay's word.
            entities: what it carries, by name.
        """
        self._last += 1
        body = {
            "entity": "event",
            "account_id": self.account_id,
            "event": event,
            "contains": list(entities),
            "payload": {name: {"entity": shown(one)} for name, one in entities.items()},
            "created_at": self.now,
        }
        for hook in self.webhooks:
            self.world.sender.post(
                gateway="razorpay",
                url=hook["url"],
                secret=hook["secret"],
                event_id=f"evt{self._last:011d}",
                body=json.dumps(body),
            )

    def dump(self) -> Object:
        """Return what survives a restart."""
        return {
            "objects": list(self.objects.values()),
            "kept": self.kept,
            "webhooks": self.webhooks,
            "last": self._last,
            "late": self.late,
            "is_recurring": self.is_recurring,
        }

    def load(self, state: Object) -> None:
        """Take up what `dump` returned."""
        self.objects = {one["id"]: one for one in state["objects"]}
        self.kept, self.webhooks = state["kept"], state["webhooks"]
        self._last = state["last"]
        self.late = state.get("late", [])
        self.is_recurring = state.get("is_recurring", False)


def shown(found: Object) -> Object:
    """Return an object without the simulator's own fields."""
    return {name: value for name, value in found.items() if name[:1] != "_"}


def collection(
    found: Sequence[Object], query: dict[str, str], *, filters: tuple[str, ...] = ()
) -> Object:
    """Return one page of a list, newest first.

    Args:
        found: everything that may be listed.
        query: `from`, `to`, `count` (1 to 100), `skip`, and the filters.
        filters: parameters that are equal to a field.

    Raises:
        Problem: an unknown parameter, or a figure out of range.
    """
    for name in query:
        if name not in {"from", "to", "count", "skip", *filters}:
            raise Problem(400, f"{name} is/are not required and should not be sent", field=name)
    figures = {name: query.get(name, default) for name, default in _SPAN.items()}
    if not all(figure.isdecimal() for figure in figures.values()):
        raise Problem(400, "The from, to, count and skip must be integers.")
    count, skip = int(figures["count"]), int(figures["skip"])
    if not 1 <= count <= 100:
        raise Problem(400, "The count may not be greater than 100.", field="count")
    fitting = [
        one
        for one in found
        if int(figures["from"]) <= one["created_at"] <= int(figures["to"])
        and all(one.get(name) == query[name] for name in filters if name in query)
    ]
    page = fitting[skip : skip + count]
    return {"entity": "collection", "count": len(page), "items": [shown(one) for one in page]}


_SPAN = {"from": "0", "to": "99999999999", "count": "10", "skip": "0"}
