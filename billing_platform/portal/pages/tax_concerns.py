"""What needs somebody's attention in tax: confirmations that count no more, and sales abroad near the threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.formats import format_money
from billing_platform.portal.pages.concern import Concern
from billing_platform.portal.pages.consumer_sales import troubling_year
from tax.selectors.hand_checks import stale_by_hand
from tenants.selectors.providers import provider_day
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_SHOWN: Final = 3


def tax_concerns(provider_id: int, *, now: datetime) -> Iterator[Concern]:
    """Yield what needs attention, by seven queries at most, and those of the sums of sales abroad every six hours.

    Args:
        provider_id: whose; its scope is open.
        now: the present moment.
    """
    yield from _stale(provider_id, now)
    yield from _threshold(provider_id, now)


def _stale(provider_id: int, now: datetime) -> Iterator[Concern]:
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


def _threshold(provider_id: int, now: datetime) -> Iterator[Concern]:
    """Tell of sales to consumers in other member states, which are taxed at home up to EUR 10,000 a year only."""
    found = troubling_year(provider_id, provider_day(provider_id, now))
    if found is None:
        return
    words = _(
        "Consumers in other EU countries bought for %(sum)s in %(year)s; beyond EUR 10,000 the tax of their"
        " countries is due"
    )
    named = {"sum": format_money(found.sold, get_language() or "en"), "year": found.year}
    yield Concern(found.level, 0, words % named, reverse("provider-tax-report"))
