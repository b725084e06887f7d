"""What a package brings that adds a page to the portals: described here, drawn in our frame by `views.panels`.

A panel computes values and draws nothing: the frame, the looks, the rights and the escaping stay ours. It is called
inside the scope of the person who asks, so that the database shows it no other provider's and no other tenant's rows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from billing_platform.portal.icons import icon_file
from tenants.enums import ProviderRole, TenantRole

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from decimal import Decimal

    from billing_platform.kernel.money import Money

_CODE: Final = re.compile(r"[a-z][a-z0-9-]{0,31}")


class Portal(StrEnum):
    """Whose portal a panel stands in."""

    PROVIDER = "provider"
    CUSTOMER = "customer"


ROLES: Final = {
    Portal.PROVIDER: frozenset(map(str, ProviderRole)),
    Portal.CUSTOMER: frozenset(map(str, TenantRole)),
}


@dataclass(frozen=True, slots=True)
class PanelRequest:
    """Who asks a panel, and for what.

    Attributes:
        provider_id: whose portal it is; its scope, or the tenant's, is open.
        tenant_id: the customer who asks; None in the provider's portal.
        role: of the person, one of the panel's.
        zone: IANA name of the time zone in which moments are shown.
        query: the address's parameters, the last of each name; unchecked.
        now: the moment of the request, UTC.
    """

    provider_id: int
    tenant_id: int | None
    role: str
    zone: str
    query: Mapping[str, str]
    now: datetime


@dataclass(frozen=True, slots=True)
class Figure:
    """A value that stands large on top of the page.

    Attributes:
        label: what it is.
        value: the value itself.
        note: a line beneath it, or "".
        definition: what it counts, shown while its label is pointed at or has the focus, or "".
    """

    label: str
    value: Money | Decimal | int | str | datetime | None
    note: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows beneath a heading.

    Attributes:
        heading: what the rows are.
        columns: heads of the columns.
        rows: as many values each as there are columns.
        empty: what is said when there are none.
    """

    heading: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Money | Decimal | int | str | datetime | None]]
    empty: str = ""

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"Each row of {self.heading!r} has a value for each column.")


@dataclass(frozen=True, slots=True)
class PanelPage:
    """What a panel shows.

    Attributes:
        intro: a sentence beneath the title, or "".
        figures: values on top.
        tables: rows beneath, the first of which is offered as CSV.
    """

    intro: str = ""
    figures: Sequence[Figure] = ()
    tables: Sequence[Table] = field(default=())


@dataclass(frozen=True, slots=True)
class Panel:
    """A page of another package; found by the entry points `billing_platform.panels`.

    Attributes:
        code: stable word of its address: small letters, digits and hyphens, at most 32.
        label: title and entry of the navigation, as people read it.
        portal: whose portal it stands in.
        roles: who may open it, of `ProviderRole` or `TenantRole`.
        compose: works the page out by a fixed number of queries, reading through selectors; writes nothing.
        icon: name of a picture in `static/icons`.

    Raises:
        ValueError: the code is no such word, a role is none of the portal's, or there is no such picture.
    """

    code: str
    label: str
    portal: Portal
    roles: frozenset[str]
    compose: Callable[[PanelRequest], PanelPage]
    icon: str = "dots"

    def __post_init__(self) -> None:
        if not _CODE.fullmatch(self.code):
            raise ValueError(f"{self.code!r} is no code of a panel.")
        if not icon_file(self.icon).is_file():
            raise ValueError(
                f"The panel {self.code!r} wants a picture that is not in static/icons."
            )
        if not self.roles or not self.roles <= ROLES[self.portal]:
            raise ValueError(f"The panel {self.code!r} names roles that its portal does not know.")
