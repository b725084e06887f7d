"""The tabs above every page about one client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from usage.selectors.calls import call_components

if TYPE_CHECKING:
    from collections.abc import Sequence

CALLS: Final = "provider-client-calls"
_TABS: Final = (
    ("provider-client", _("Overview")),
    ("provider-client-profile", _("Profile")),
    ("provider-client-tax", _("Tax")),
    ("provider-client-subscriptions", _("Subscriptions")),
    ("provider-client-periods", _("Usage")),
    (CALLS, _("Call History")),
    ("provider-client-ledger", _("Ledger")),
    ("provider-client-methods", _("Payment methods")),
    ("provider-client-members", _("Members")),
    ("provider-client-notes", _("Notes")),
    ("provider-client-activity", _("Activity")),
)


@dataclass(frozen=True, slots=True)
class Tab:
    """One page about the client."""

    label: str
    url: str
    is_current: bool


def client_tabs(provider_id: int, public_id: str, current: str) -> Sequence[Tab]:
    """Return the tabs, by one query; Call History only where calls are sold.

    Args:
        provider_id: whose client; its scope is open.
        public_id: of the client.
        current: the route of the page that is shown.
    """
    has_calls = bool(call_components(provider_id))
    return [
        Tab(str(label), reverse(route, kwargs={"public_id": public_id}), route == current)
        for route, label in _TABS
        if has_calls or route != CALLS
    ]
