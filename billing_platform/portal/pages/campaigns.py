"""Campaigns as the provider's people see them: the list, and one with its codes, its uses and what it brought."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing_platform.kernel.money import Money
from billing_platform.portal.formats import format_amount, format_quantity
from billing_platform.portal.pages.address import address_query, address_text, row_number
from billing_platform.portal.pages.blocks import Choice
from billing_platform.portal.pages.list_links import asked_size
from billing_platform.portal.words import CATEGORIES
from promotions.enums import Benefit, CampaignState
from promotions.selectors.campaigns import (
    CampaignQuery,
    brought,
    campaign_by_public_id,
    list_campaigns,
)
from promotions.selectors.codes import codes_of, count_codes, uses_of
from tenants.enums import ProviderRole
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from promotions.types import Brought, CampaignView, CodeView, TermsInCurrency, UseView
    from tenants.types import ProviderView, TenantView

PAGE_ROWS: Final = 50
# A campaign's page shows two lists: its codes and who used them.
_HALF_PAGE: Final = 25
MAY_PROMOTE: Final = (ProviderRole.OWNER, ProviderRole.BILLING)


@dataclass(frozen=True, slots=True)
class CampaignFilter:
    """What is asked for in the list; what makes no sense is left out."""

    state: str = ""
    benefit: str = ""
    word: str = ""
    size: int = PAGE_ROWS
    before: int | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Self:
        """Return what an address asks for."""
        state, benefit = query.get("state", ""), query.get("benefit", "")
        return cls(
            state=state if state in CampaignState.values else "",
            benefit=benefit if benefit in Benefit.values else "",
            word=address_text(query.get("word", ""), 100),
            size=asked_size(query, PAGE_ROWS),
            before=_place(query, "before") or None,
        )

    def query(self, *, before: int | None) -> str:
        """Return it as the query of an address that begins before a row."""
        words = {"state": self.state, "benefit": self.benefit, "word": self.word}
        size = self.size if self.size != PAGE_ROWS else ""
        return address_query({**words, "size": size, "before": before})

    @property
    def narrows(self) -> bool:
        """Return whether some campaigns are left out."""
        return replace(self, before=None, size=PAGE_ROWS) != CampaignFilter()

    def wanted(self) -> CampaignQuery:
        """Return it as the selector asks."""
        return CampaignQuery(
            state=self.state, benefit=self.benefit, word=self.word, before=self.before
        )


@dataclass(frozen=True, slots=True)
class GivesLine:
    """What a campaign gives in one currency, in words where a percentage may stand for an amount."""

    currency: str
    gives: str
    minimum: Money
    cap: Money | None


@dataclass(frozen=True, slots=True)
class CampaignLine:
    """A campaign in words; `pill` is a word of the pills, `codes` how many it has, where they are counted."""

    row: CampaignView
    benefit: str
    pill: str
    gives: Sequence[GivesLine]
    codes: int = 0


@dataclass(frozen=True, slots=True)
class CampaignsPage:
    """The list of campaigns."""

    lines: Sequence[CampaignLine]
    wanted: CampaignFilter
    states: Sequence[Choice]
    benefits: Sequence[Choice]
    path: str
    newest_url: str
    older_url: str
    csv_url: str
    may_change: bool
    zone: str


@dataclass(frozen=True, slots=True)
class CodeLine:
    """A code with its pill; `may_end`: it can still be withdrawn."""

    row: CodeView
    pill: str
    may_end: bool


@dataclass(frozen=True, slots=True)
class UseLine:
    """A use with whose it is."""

    row: UseView
    client: TenantView | None
    pill: str


@dataclass(frozen=True, slots=True)
class CampaignPage:
    """One campaign.

    Attributes:
        codes, uses: the newest of them, from the places that the address names.
        may_change: the person may change campaigns.
        is_open: it takes new codes and can be ended.
    """

    line: CampaignLine
    categories: Sequence[str]
    brought: Sequence[Brought]
    codes: Sequence[CodeLine]
    uses: Sequence[UseLine]
    older_codes_url: str
    older_uses_url: str
    newest_url: str
    may_change: bool
    is_open: bool
    zone: str


def campaigns_page(
    provider: ProviderView, wanted: CampaignFilter, *, role: str, now: datetime
) -> CampaignsPage:
    """Return the list, by three queries.

    Args:
        provider: whose; its scope is open.
        wanted: which.
        role: of the person who looks, of ProviderRole.
        now: the present moment.
    """
    path = reverse("provider-campaigns")
    rows = list_campaigns(provider.id, wanted.wanted(), now=now, limit=wanted.size)
    is_full = len(rows) == wanted.size
    codes = count_codes(provider.id, [row.id for row in rows])
    return CampaignsPage(
        lines=[campaign_line(row, codes=codes.get(row.id, 0)) for row in rows],
        wanted=wanted,
        states=_choices(CampaignState.choices, wanted.state),
        benefits=_choices(Benefit.choices, wanted.benefit),
        path=path,
        newest_url=path + wanted.query(before=None) if wanted.before else "",
        older_url=path + wanted.query(before=rows[-1].id) if is_full else "",
        csv_url=reverse("provider-campaigns-csv") + wanted.query(before=None),
        may_change=role in MAY_PROMOTE,
        zone=provider.time_zone,
    )


def campaign_page(
    provider: ProviderView, public_id: str, query: Mapping[str, str], *, role: str, now: datetime
) -> CampaignPage:
    """Return one campaign, by a fixed number of queries per currency.

    Args:
        provider: whose; its scope is open.
        public_id: which.
        query: of the address: `codes` and `uses`, the places where the two lists begin.
        role: of the person who looks, of ProviderRole.
        now: the present moment.

    Raises:
        CampaignNotFound: the provider has no such campaign.
    """
    row = campaign_by_public_id(provider.id, public_id, now=now)
    places = {name: _place(query, name) for name in ("codes", "uses")}
    codes = codes_of(provider.id, row.id, limit=_HALF_PAGE, before=places["codes"])
    uses = uses_of(provider.id, row.id, limit=_HALF_PAGE, before=places["uses"])
    clients = tenants_by_id(provider.id, {use.tenant_id for use in uses})
    path = reverse("provider-campaign", kwargs={"campaign": public_id})
    may_change, is_open = role in MAY_PROMOTE, row.state != CampaignState.ENDED
    return CampaignPage(
        line=campaign_line(row),
        categories=[CATEGORIES[each] for each in row.terms.categories],
        brought=brought(provider.id, row.id),
        codes=[_code_line(code, may_end=may_change and is_open) for code in codes],
        uses=[UseLine(use, clients.get(use.tenant_id), f"use_{use.state}") for use in uses],
        older_codes_url=_older(path, places, "codes", codes),
        older_uses_url=_older(path, places, "uses", uses),
        newest_url=path if any(places.values()) else "",
        may_change=may_change,
        is_open=is_open,
        zone=provider.time_zone,
    )


def campaign_line(row: CampaignView, *, codes: int = 0) -> CampaignLine:
    """Return a campaign in words.

    Args:
        row: the campaign.
        codes: how many it has, where the page says it.
    """
    return CampaignLine(
        row=row,
        benefit=str(Benefit(row.terms.benefit).label),
        pill="campaign_exhausted" if row.state == CampaignState.EXHAUSTED else row.state,
        gives=[_gives(each) for each in row.terms.currencies],
        codes=codes,
    )


def _gives(terms: TermsInCurrency) -> GivesLine:
    locale = get_language() or "en"
    if terms.percent is not None:
        gives = _("%(percent)s %%") % {"percent": format_quantity(terms.percent, locale)}
    else:
        fixed = Money(terms.fixed_minor or 0, terms.currency)
        gives = f"{format_amount(fixed, locale)} {terms.currency}"
    return GivesLine(
        currency=terms.currency,
        gives=gives,
        minimum=Money(terms.minimum_minor, terms.currency),
        cap=None if terms.cap_minor is None else Money(terms.cap_minor, terms.currency),
    )


def _code_line(row: CodeView, *, may_end: bool) -> CodeLine:
    if row.ended_at is not None:
        return CodeLine(row, "withdrawn", may_end=False)
    if row.uses_limit is not None and row.uses >= row.uses_limit:
        return CodeLine(row, "code_used", may_end=False)
    return CodeLine(row, "code_free", may_end=may_end)


def _older(
    path: str, places: Mapping[str, int], name: str, rows: Sequence[CodeView | UseView]
) -> str:
    if len(rows) < _HALF_PAGE:
        return ""
    return path + address_query({**places, name: rows[-1].id}) + f"#{name}"


def _place(query: Mapping[str, str], name: str) -> int:
    """Return the row before which a list begins, 0 for its newest."""
    return row_number(query.get(name, ""))


def _choices(known: Sequence[tuple[str, object]], chosen: str) -> list[Choice]:
    first = Choice(value="", label=_("All"), is_chosen=not chosen)
    return [first, *(Choice(value, str(label), value == chosen) for value, label in known)]
