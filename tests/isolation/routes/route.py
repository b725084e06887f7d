"""What the walk knows of a route: who may, what its address or body names, and what a lawful POST sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.isolation.world import World

STAFF = ("owner", "billing", "support", "read_only")
EVERYBODY = ("admin", "user")


@dataclass(frozen=True)
class Route:
    """A route.

    Attributes:
        name: as the resolver knows it.
        kind: whose page it is: a provider's people, a tenant's people, any person, anybody, or a library's login page.
        roles: which roles may, for the first two kinds.
        method: the method that does the work.
        tenant_arg: the keyword that holds a tenant's public id, or empty.
        args: further keywords of the address.
        things: keywords of the address that name something of the provider, by the world's `things`.
        data: the body of a POST.
        is_refused: the walk's body is a lawful person's mistake, so the form comes back with an error.
        is_missing: the walk's body names nothing, so a lawful person is told that it is not there.
        foreign_user_in: the field of the body that names a user, tried with strangers.
    """

    name: str
    kind: Literal["provider", "tenant", "person", "public", "login"]
    roles: tuple[str, ...] = ()
    method: Literal["get", "post"] = "get"
    tenant_arg: str = ""
    args: dict[str, str] = field(default_factory=dict)
    things: tuple[str, ...] = ()
    data: dict[str, str] = field(default_factory=dict)
    is_refused: bool = False
    is_missing: bool = False
    foreign_user_in: str = ""

    @property
    def is_owned(self) -> bool:
        """Whether the address names something that belongs to one provider."""
        return bool(self.tenant_arg or self.things)

    def kwargs(self, world: World, tenant: str) -> dict[str, Any]:
        """Return the keywords of the address for one tenant, or for what its provider owns."""
        named = {self.tenant_arg: world.public_ids[tenant]} if self.tenant_arg else {}
        owned = world.things[world.provider_of(tenant)]
        return {**self.args, **{name: owned[name] for name in self.things}, **named}
