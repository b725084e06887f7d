"""Campaigns, their codes and their uses as CSV."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from promotions.selectors.campaigns import list_campaigns
from promotions.selectors.codes import count_codes, each_code, each_use
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from promotions.selectors.campaigns import CampaignQuery
    from promotions.types import CampaignView, UseView
    from tenants.types import TenantView

CAMPAIGNS_HEAD: Final = (
    *("campaign", "name", "benefit", "state", "starts_at", "ends_at"),
    *("uses", "total_limit", "tenant_limit", "codes"),
)
CODES_HEAD: Final = ("code", "campaign", "uses", "uses_limit", "created_at", "withdrawn_at")
USES_HEAD: Final = (
    *("at", "client", "code", "top_up", "currency", "amount", "discount", "bonus", "state"),
)
_ROWS: Final = 500


def campaign_cells(
    provider_id: int, query: CampaignQuery, now: datetime
) -> Iterator[Sequence[Cell]]:
    """Yield the campaigns that match, newest first; the scope is open while it is read.

    Args:
        provider_id: whose.
        query: which.
        now: the present moment, for their states.
    """
    before = None
    while True:
        wanted = replace(query, before=before)
        rows = list_campaigns(provider_id, wanted, now=now, limit=_ROWS)
        codes = count_codes(provider_id, [row.id for row in rows])
        for row in rows:
            yield _campaign(row, codes.get(row.id, 0))
        if len(rows) < _ROWS:
            return
        before = rows[-1].id


def code_cells(provider_id: int, campaign: CampaignView) -> Iterator[Sequence[Cell]]:
    """Yield all codes of a campaign, newest first; the scope is open while it is read.

    Args:
        provider_id: whose.
        campaign: which.
    """
    for row in each_code(provider_id, campaign.id):
        yield (
            row.shown,
            campaign.terms.name,
            row.uses,
            row.uses_limit,
            row.created_at,
            row.ended_at,
        )


def use_cells(provider_id: int, campaign: CampaignView) -> Iterator[Sequence[Cell]]:
    """Yield all uses of a campaign's codes, newest first; the scope is open while it is read.

    Args:
        provider_id: whose.
        campaign: which.
    """
    uses = each_use(provider_id, campaign.id)
    while rows := list(islice(uses, _ROWS)):
        clients = tenants_by_id(provider_id, {row.tenant_id for row in rows})
        for row in rows:
            yield _use(row, clients.get(row.tenant_id))


def _campaign(row: CampaignView, codes: int) -> Sequence[Cell]:
    terms = row.terms
    return (
        row.public_id,
        terms.name,
        terms.benefit,
        row.state,
        terms.starts_at,
        row.ended_at or terms.ends_at,
        row.uses,
        terms.total_limit,
        terms.tenant_limit,
        codes,
    )


def _use(row: UseView, client: TenantView | None) -> Sequence[Cell]:
    return (
        row.at,
        client.external_id if client else "",
        row.code,
        row.source,
        row.amount.currency,
        *(amount.to_major() for amount in (row.amount, row.discount, row.bonus)),
        row.state,
    )
