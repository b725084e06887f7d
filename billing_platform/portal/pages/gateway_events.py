"""Events of gateways that could not be worked off, for the provider's people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse

from billing_platform.portal.pages.address import row_number
from payments.selectors.events import given_up_events

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from payments.selectors.events import GivenUpEvent
    from tenants.types import ProviderView

PAGE_ROWS: Final = 50


@dataclass(frozen=True, slots=True)
class GatewayEventsPage:
    """The events that somebody has to look at.

    Attributes:
        may_post: this person may have them worked off again, or set them aside.
    """

    lines: Sequence[GivenUpEvent]
    may_post: bool
    newest_url: str
    older_url: str
    zone: str


def gateway_events_page(
    provider: ProviderView, query: Mapping[str, str], *, may_post: bool
) -> GatewayEventsPage:
    """Return the events that were given up, newest first, by two queries.

    Args:
        provider: whose; its scope is open.
        query: of the address: `before` for the place.
        may_post: whether this person may move money.
    """
    path = reverse("provider-gateway-events")
    before = row_number(query.get("before", "")) or None
    lines = given_up_events(provider.id, before=before, limit=PAGE_ROWS)
    is_full = len(lines) == PAGE_ROWS
    return GatewayEventsPage(
        lines=lines,
        may_post=may_post,
        newest_url=path if before else "",
        older_url=f"{path}?before={lines[-1].event.id}" if is_full else "",
        zone=provider.time_zone,
    )
