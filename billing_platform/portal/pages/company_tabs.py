"""The tabs above the pages of an organisation's own details."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from billing_platform.portal.pages.client_tabs import Tab

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNTING: Final = "billing-methods"
DETAILS: Final = "profile"
_TABS: Final = ((DETAILS, _("My Profile")), (ACCOUNTING, _("Billing and Accounting")))


def company_tabs(current: str) -> Sequence[Tab]:
    """Return the tabs.

    Args:
        current: the route of the page that is shown.
    """
    return [Tab(str(label), reverse(route), route == current) for route, label in _TABS]
