"""What the page of costs is told apart by: the choices in its address, and what days cost by product or resource."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext as _

from billing_platform.portal.pages.address import address_query
from billing_platform.portal.pages.cost_days import GRAINS
from billing_platform.portal.pages.list_links import ListLink
from usage.selectors.hour_costs import day_costs
from usage.selectors.resource_costs import NO_RESOURCE, resource_costs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from billing_platform.kernel.periods import Period
    from tenants.types import TenantView
    from usage.selectors.hour_costs import HourCost
    from usage.types import UsagePeriod

SUM: Final = "sum"
VIEWS: Final = {"": gettext_noop("Each by itself"), SUM: gettext_noop("Added up")}
RESOURCE: Final = "resource"
PARTS: Final = {"": gettext_noop("By product"), RESOURCE: gettext_noop("By resource")}
_ONE_DAY: Final = timedelta(days=1)
# The words of the address, each with its choices.
_CHOICES: Final[Mapping[str, Mapping[str, str]]] = {"by": GRAINS, "show": VIEWS, "of": PARTS}


def cost_links(chosen: Mapping[str, str]) -> dict[str, list[ListLink]]:
    """Return the choices of each word of the page's address; the other words stay.

    Args:
        chosen: what is chosen for each word.
    """
    path = reverse("billing-costs")
    return {
        word: [
            ListLink(
                gettext(label), path + (address_query({**chosen, word: key}) or "?"), key == is_now
            )
            for key, label in _CHOICES[word].items()
        ]
        for word, is_now in chosen.items()
    }


def found_costs(
    tenant: TenantView,
    periods: Sequence[UsagePeriod],
    former: Mapping[int, Period],
    *,
    by_resource: bool,
) -> tuple[Sequence[HourCost], datetime | None]:
    """Return what days cost, and the first that is told apart by resource; None where all are.

    Args:
        tenant: whose; its scope is open.
        periods: the running ones.
        former: the period before each, by its id.
        by_resource: whether products' costs are shared out to resources.
    """
    if not periods:
        return [], None
    zone = ZoneInfo(tenant.time_zone)
    first = min(each.starts for each in periods).astimezone(zone)
    since = min(each.starts for each in former.values()).astimezone(zone)
    last = max(each.ends for each in periods).astimezone(zone) + _ONE_DAY
    until = datetime.combine(last.date(), time.min, zone)
    found = day_costs(
        tenant.provider_id,
        tenant.id,
        since=datetime.combine(since.date(), time.min, zone),
        until=until,
        zone=tenant.time_zone,
    )
    if not by_resource:
        return found, None
    # Of the period before, only the sums of its days are shown.
    costs = resource_costs(
        tenant.provider_id,
        tenant.id,
        found,
        since=datetime.combine(first.date(), time.min, zone),
        until=until,
        zone=tenant.time_zone,
    )
    return costs.found, costs.told_from


def apart(*, by_resource: bool) -> dict[str, str]:
    """Return what has a column of its own however little it cost: what belongs to no resource.

    Args:
        by_resource: whether costs are those of resources.
    """
    return {NO_RESOURCE: _("Not by resource")} if by_resource else {}
