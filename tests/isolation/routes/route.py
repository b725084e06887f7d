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
        data: the body of a POST.
        foreign_user_in: the field of the body that names a user, tried with strangers.
    """

    name: str
    kind: Literal["provider", "tenant", "person", "public", "login"]
    roles: tuple[str, ...] = ()
    method: Literal["get", "post"] = "get"
    tenant_arg: str = ""
    args: dict[str, str] = field(default_factory=dict)
    data: dict[str, str] = field(default_factory=dict)
    foreign_user_in: str = ""

    def kwargs(self, world: World, tenant: str) -> dict[str, Any]:
        """Return the keywords of the address for one tenant."""
        named = {self.tenant_arg: world.public_ids[tenant]} if self.tenant_arg else {}
        return {**self.args, **named}
