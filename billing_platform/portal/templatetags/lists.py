"""Tags of lists, whose links keep what else the address asks for: choices of days, sorting heads, lengths of a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast
from zoneinfo import ZoneInfo

from django import template
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import get_language

from billing_platform.kernel.clock import now
from billing_platform.kernel.formats import format_day
from billing_platform.portal.list_files import FILE, XLSX
from billing_platform.portal.pages.address import address_day
from billing_platform.portal.pages.list_links import (
    SIZES,
    ListLink,
    SortHead,
    has_place,
    size_links,
    sort_head,
    span_links,
    without,
)

if TYPE_CHECKING:
    from django.template import RequestContext
    from django.utils.safestring import SafeString

    from tenants.access import ProviderRequest

register = template.Library()
# What a list knows of one name in its address.
Known: TypeAlias = str | Promise | Mapping[Any, Any] | Sequence[Any]
_TYPED_MAX: Final = 40
# Names in an address under which a day stands.
_DAYS: Final = frozenset({"since", "until", "day"})


@register.simple_tag(takes_context=True)
def spans(context: RequestContext, zone: str = "") -> list[ListLink]:
    """Return choices of days for a list whose address names them as `since` and `until`.

    Args:
        context: of the page.
        zone: in which a day begins; the provider's without one.
    """
    request = cast("ProviderRequest", context.request)
    today = now().astimezone(ZoneInfo(zone or request.provider.time_zone)).date()
    return span_links(request.GET.dict(), today)


@register.simple_tag(takes_context=True)
def sort_by(context: RequestContext, ascending: str, descending: str = "") -> SortHead:
    """Return how a column sorts its list, for `components/sort_head.html`.

    Args:
        context: of the page.
        ascending: word of the address's `order` for the smallest first; an empty one is the usual order.
        descending: the same for the largest first.
    """
    return sort_head(context.request.GET.dict(), ascending, descending)


@register.inclusion_tag("components/sizes.html", takes_context=True)
def sizes(context: RequestContext, usual: int, rows: int) -> dict[str, Any]:
    """Draw how many rows a page may have, once they are more than the fewest that can be chosen.

    Args:
        context: of the page.
        usual: how many it has unless the address says so.
        rows: how many it has.
    """
    query = context.request.GET.dict()
    is_short = rows < SIZES[0] and not has_place(query)
    return {"links": [] if is_short else size_links(query, usual)}


@register.inclusion_tag("components/chips.html", takes_context=True)
def chips(context: RequestContext, **known: Known) -> dict[str, Any]:
    """Draw what narrows a list, each with the way to take it away.

    Args:
        context: of the page.
        known: by a name in the address: choices (a value and a label each) or pairs of which one is asked for, or the
            word before what is typed.
    """
    query = context.request.GET.dict()
    found = [
        ListLink(label, without(query, name), is_current=False)
        for name, choices in known.items()
        for label in [_label(name, choices, query.get(name, ""))]
        if label
    ]
    return {"chips": found}


def _typed(name: str, value: str) -> str:
    """Return what somebody typed; a day as the page's language writes it."""
    day = address_day(value) if name in _DAYS else None
    return format_day(day, get_language() or "en") if day else value[:_TYPED_MAX]


def _label(name: str, choices: Known, value: str) -> str:
    """Return what is asked for in words; "" for nothing, and for what the list does not know."""
    if not value or not choices:
        return ""
    # What a template writes itself is translated as late as it is drawn.
    if isinstance(choices, str | Promise):
        return f"{choices}: {_typed(name, value)}"
    each_known: Iterable[Any] = choices.items() if isinstance(choices, Mapping) else choices
    pairs = (each if isinstance(each, tuple) else (each.value, each.label) for each in each_known)
    return next((str(label) for key, label in pairs if str(key) == value), "")


@register.filter
def as_workbook(url: str) -> str:
    """Return the address of a list's workbook from that of its CSV."""
    return f"{url}{'&' if '?' in url else '?'}{FILE}={XLSX}"


@register.simple_tag(takes_context=True)
def kept(context: RequestContext, *names: str) -> SafeString:
    """Draw what the address asks for under some names as hidden fields, so that a filter's form keeps it."""
    asked = ((name, context.request.GET.get(name, "")) for name in names)
    fields = ((name, value) for name, value in asked if value)
    return format_html_join("", '<input type="hidden" name="{}" value="{}">', fields)
