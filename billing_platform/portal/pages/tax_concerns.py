"""What needs somebody's attention in tax: confirmations that count no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import gettext as _

from billing_platform.portal.pages.concern import Concern
from tax.selectors.hand_checks import stale_by_hand
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_SHOWN: Final = 3


def tax_concerns(provider_id: int, *, now: datetime) -> Iterator[Concern]:
    """Yield what needs attention, by three queries.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment.
    """
    stale = stale_by_hand(provider_id, now=now, limit=_SHOWN)
    if not stale:
        return
    tenants = tenants_by_id(provider_id, [one.tenant_id for one in stale])
    for one in stale:
        client = tenants[one.tenant_id]
        words = _("%(client)s is taxed as a consumer: its number %(number)s counts no more since")
        url = reverse("provider-client-tax", args=[client.public_id])
        named = {"client": client.name, "number": one.number}
        yield Concern("warning", 0, words % named, url, one.until)
