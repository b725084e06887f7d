"""Saved filters of the list of clients: as chips above the list, and on the page where they are looked after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from billing_platform.portal.pages.clients_filter import ORDERS, ClientFilter, chips
from billing_platform.portal.words import STATUSES
from tenants.enums import ProviderRole
from tenants.selectors.saved_filters import saved_filters
from usage.selectors.sale import offered_versions

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenants.selectors.saved_filters import SavedFilterView
    from usage.selectors.sale import OfferedVersion

_STATUS_WORDS = gettext_lazy("Status: %s")


@dataclass(frozen=True, slots=True)
class SavedChip:
    """A saved filter to open with one click."""

    name: str
    url: str
    is_current: bool
    is_shared: bool
    is_default: bool


@dataclass(frozen=True, slots=True)
class SavedLine:
    """A saved filter with what it asks for in words, and whether the person may change it."""

    row: SavedFilterView
    url: str
    words: Sequence[str]
    may_change: bool


@dataclass(frozen=True, slots=True)
class SavedFiltersPage:
    """The filters a person may open; `present` says in words what would be saved now, empty when nothing narrows."""

    lines: Sequence[SavedLine]
    present: Sequence[str]
    query: str
    may_share: bool
    has_default: bool
    list_url: str


def saved_chips(
    saved: Sequence[SavedFilterView], wanted: ClientFilter, path: str
) -> list[SavedChip]:
    """Return saved filters as chips; the one that is asked for now is marked.

    Args:
        saved: those a person may open.
        wanted: what is asked for now.
        path: of the list.
    """
    return [
        SavedChip(
            each.name,
            f"{path}?{each.query}",
            each.query == wanted.asked,
            each.is_shared,
            each.is_default,
        )
        for each in saved
    ]


def save_url(saved: Sequence[SavedFilterView], wanted: ClientFilter) -> str:
    """Return where what is asked for now can be saved; empty when it is nothing, or saved already.

    Args:
        saved: those a person may open.
        wanted: what is asked for now.
    """
    if not wanted.asked or any(each.query == wanted.asked for each in saved):
        return ""
    return f"{reverse('provider-client-filters')}?{wanted.asked}"


def filter_of(query: str) -> ClientFilter:
    """Return the filter that a stored or posted query asks for; what makes no sense is left out."""
    return ClientFilter.of(QueryDict(query.removeprefix("?")))


def saved_filters_page(
    provider_id: int, user_id: int, role: str, *, present: ClientFilter
) -> SavedFiltersPage:
    """Return the page, by two queries.

    Args:
        provider_id: whose list; its scope is open.
        user_id: who looks.
        role: of ProviderRole.
        present: what would be saved now.
    """
    versions, path = offered_versions(provider_id), reverse("provider-clients")
    rows = saved_filters(provider_id, user_id)
    is_owner = role == ProviderRole.OWNER
    return SavedFiltersPage(
        lines=[
            SavedLine(
                row=row,
                url=f"{path}?{row.query}",
                words=_words(filter_of(row.query), versions),
                may_change=is_owner if row.is_shared else row.is_own,
            )
            for row in rows
        ],
        present=_words(present, versions),
        query=present.asked,
        may_share=is_owner,
        has_default=any(row.is_default for row in rows),
        list_url=path,
    )


def _words(wanted: ClientFilter, versions: Sequence[OfferedVersion]) -> list[str]:
    said = [chip.label for chip in chips(wanted, "", versions)]
    if wanted.status:
        said.insert(0, str(_STATUS_WORDS) % STATUSES[wanted.status])
    if wanted.order:
        said.append(gettext(ORDERS[wanted.order]))
    return said
