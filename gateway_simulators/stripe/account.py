"""One Stripe account: its objects, what falls due, and how an object is shown; another's ids do not exist here."""

from __future__ import annotations

import heapq
import operator
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from gateway_simulators.stripe.problems import Form, Object, Problem, check, missing, positive

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gateway_simulators.common.world import World

SPANS: Final = {
    "gte": operator.ge,
    "gt": operator.gt,
    "lte": operator.le,
    "lt": operator.lt,
}


class Account:
    """Objects by id, in the order in which they were made.

    Attributes:
        account_id: Stripe's id of it.
        world: the clock and the webhooks.
        objects: names that begin with an underscore are the simulator's own and never shown.
        kept: answers by idempotency key.
        due: a heap of [when, what, object id], of what happens by itself.
        request_key: the idempotency key of the request at work, for its events.
    """

    def __init__(self, account_id: str, world: World) -> None:
        self.account_id = account_id
        self.world = world
        self.objects: dict[str, Object] = {}
        self.kept: dict[str, Object] = {}
        self.due: list[list[Any]] = []
        self.request_key = ""
        self._last = 0
        self._by_noun: defaultdict[str, list[Object]] = defaultdict(list)

    @property
    def now(self) -> int:
        """Return the simulators' time."""
        return self.world.clock.now()

    def add(self, prefix: str, noun: str, **fields: Any) -> Object:
        """Make an object.

        Args:
            prefix: of its id.
            noun: its kind.
            fields: the rest of it.

        Returns:
            The object itself: what is changed in it is changed in the account.
        """
        self._last += 1
        # Ids carry the account, as random ones would: no two accounts ever share one.
        name = f"{prefix}_{self.account_id[5:]}{self._last:06d}"
        made = {"id": name, "object": noun, "livemode": False, "created": self.now, **fields}
        self.objects[name] = made
        self._by_noun[noun].append(made)
        return made

    def find(self, noun: str, name: str, param: str = "id") -> Object:
        """Return an object of this account.

        Args:
            noun: its kind.
            name: its id.
            param: the parameter that names it, for the error.

        Raises:
            Problem: `resource_missing`.
        """
        found = self.objects.get(name)
        if found is None or found["object"] != noun:
            raise missing(noun.replace("checkout.", ""), name, param)
        return found

    def all(self, noun: str, **fields: Any) -> list[Object]:
        """Return the objects of a kind, newest first.

        Args:
            noun: the kind.
            fields: values that they must have.
        """
        return [
            one
            for one in reversed(self._by_noun[noun])
            if all(one.get(name) == is_ for name, is_ in fields.items())
        ]

    def remove(self, name: str) -> None:
        """Forget an object.

        Args:
            name: the id of one that is there.
        """
        gone = self.objects.pop(name)
        self._by_noun[gone["object"]].remove(gone)

    def later(self, seconds: int, what: str, name: str) -> None:
        """Let something happen to an object by itself.

        Args:
            seconds: from now on the simulators' clock.
            what: a name of `dues.DUES`.
            name: the object's id.
        """
        heapq.heappush(self.due, [self.now + seconds, what, name])

    def dump(self) -> Object:
        """Return what survives a restart."""
        return {
            "objects": list(self.objects.values()),
            "kept": self.kept,
            "due": self.due,
            "last": self._last,
        }

    def load(self, state: Object) -> None:
        """Take up what `dump` returned."""
        self.objects = {one["id"]: one for one in state["objects"]}
        for one in state["objects"]:
            self._by_noun[one["object"]].append(one)
        self.kept, self.due, self._last = state["kept"], state["due"], state["last"]


def shown(value: Any) -> Any:
    """Return a copy of an object without the simulator's own fields.

    Args:
        value: an object, a list or a plain value.
    """
    if isinstance(value, dict):
        return {name: shown(inner) for name, inner in value.items() if name[:1] != "_"}
    return [shown(inner) for inner in value] if isinstance(value, list) else value


def expand(account: Account, value: Any, path: Sequence[str]) -> None:
    """Put objects in the place of their ids.

    Args:
        account: whose objects.
        value: a shown object, changed in place.
        path: the names that lead to the id.

    Raises:
        Problem: there is no such property.
    """
    head, rest = path[0], path[1:]
    if not isinstance(value, dict) or head not in value:
        raise Problem(400, f"This property cannot be expanded ({head}).", param="expand")
    if isinstance(value[head], str):
        found = account.objects.get(value[head])
        if found is None:
            raise Problem(400, f"This property cannot be expanded ({head}).", param="expand")
        value[head] = shown(found)
    if rest and value[head] is not None:
        inner = value[head]
        for one in inner if isinstance(inner, list) else [inner]:
            expand(account, one, rest)


def listing(url: str, form: Form, found: list[Object], *, filters: tuple[str, ...] = ()) -> Object:
    """Return one page of a list, newest first.

    Args:
        url: the list's path.
        form: the request's parameters.
        found: everything that may be listed.
        filters: parameters that are equal to a field of the objects.

    Raises:
        Problem: unknown parameters, a limit out of range, or a cursor that is not in the list.
    """
    spans = tuple(f"created[{name}]" for name in SPANS)
    check(form, optional=("limit", "starting_after", *spans, *filters))
    limit = positive(form, "limit") if "limit" in form else 10
    if limit > 100:
        words = "This value must be less than or equal to 100."
        raise Problem(400, words, code="parameter_invalid_integer", param="limit")
    fitting = [one for one in found if _fits(one, form, filters)]
    if after := form.get("starting_after"):
        names = [one["id"] for one in fitting]
        if after not in names:
            raise missing("object", after, "starting_after")
        fitting = fitting[names.index(after) + 1 :]
    has_more = len(fitting) > limit
    return {"object": "list", "url": url, "has_more": has_more, "data": fitting[:limit]}


def _fits(one: Object, form: Form, filters: tuple[str, ...]) -> bool:
    if any(name in form and one.get(name) != form[name] for name in filters):
        return False
    return all(
        compare(one["created"], positive(form, f"created[{name}]"))
        for name, compare in SPANS.items()
        if f"created[{name}]" in form
    )
