"""Where `/` leads: each person to the page that is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tenants.types import Membership


@dataclass(frozen=True, slots=True)
class HomePage:
    """What people without billing see."""

    name: str
    place: str


def home_of(membership: Membership) -> str:
    """Return the route of a membership's first page."""
    if membership.tenant_id is None:
        return "provider-clients"
    return "billing" if membership.role == "admin" else "welcome"
