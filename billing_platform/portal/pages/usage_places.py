"""Where the pages of usage in detail stand: on the customer's side, or beneath a client for the provider's people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.client_tabs import client_tabs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from billing_platform.portal.pages.client_tabs import Tab


@dataclass(frozen=True, slots=True)
class UsagePlaces:
    """Addresses of the pages that lead from a line to its hours and events.

    Attributes:
        home: where the line stands.
        tabs: above the list of periods; none on the customer's side.
    """

    home: str
    home_label: str
    line: str
    line_csv: str
    events: str
    periods: str
    tabs: Sequence[Tab] = ()


def customer_places() -> UsagePlaces:
    """Return the addresses for those who administer the tenant."""
    return UsagePlaces(
        home=reverse("billing"),
        home_label=_("Billing"),
        line=reverse("billing-line"),
        line_csv=reverse("billing-line-csv"),
        events=reverse("billing-events"),
        periods=reverse("billing-periods"),
    )


def client_places(provider_id: int, public_id: str, name: str) -> UsagePlaces:
    """Return the addresses for the provider's people.

    Args:
        provider_id: whose client; its scope is open.
        public_id: of the client.
        name: of the client.
    """

    def at(route: str) -> str:
        return reverse(route, kwargs={"public_id": public_id})

    return UsagePlaces(
        home=at("provider-client"),
        home_label=name,
        line=at("provider-client-line"),
        line_csv=at("provider-client-line-csv"),
        events=at("provider-client-events"),
        periods=at("provider-client-periods"),
        tabs=client_tabs(provider_id, public_id, "provider-client-periods"),
    )
