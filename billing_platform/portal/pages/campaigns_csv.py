"""Campaigns, their codes and their uses as CSV."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING, Final

from billing_platform.portal.csv_export import text_cell
from promotions.selectors.campaigns import list_campaigns
from promotions.selectors.codes import each_code, each_use
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

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
) -> Iterator[Sequence[object]]:
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
        for row in rows:
            yield _campaign(row)
        if len(rows) < _ROWS:
            return
        before = rows[-1].id


def code_cells(provider_id: int, campaign: CampaignView) -> Iterator[Sequence[object]]:
    """Yield all codes of a campaign, newest first; the scope is open while it is read.

    Args:
        provider_id: whose.
        campaign: which.
    """
    for row in each_code(provider_id, campaign.id):
        yield (
            text_cell(row.shown),
            text_cell(campaign.terms.name),
            row.uses,
            _number(row.uses_limit),
            row.created_at.isoformat(),
            _moment(row.ended_at),
        )


def use_cells(provider_id: int, campaign: CampaignView) -> Iterator[Sequence[object]]:
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


def _campaign(row: CampaignView) -> Sequence[object]:
    terms = row.terms
    return (
        row.public_id,
        text_cell(terms.name),
        terms.benefit,
        row.state,
        terms.starts_at.isoformat(),
        _moment(row.ended_at or terms.ends_at),
        row.uses,
        _number(terms.total_limit),
        _number(terms.tenant_limit),
        row.codes,
    )


def _use(row: UseView, client: TenantView | None) -> Sequence[object]:
    return (
        row.at.isoformat(),
        text_cell(client.external_id) if client else "",
        text_cell(row.code),
        row.source,
        row.amount.currency,
        *(f"{amount.to_major():f}" for amount in (row.amount, row.discount, row.bonus)),
        row.state,
    )


def _number(value: int | None) -> object:
    return "" if value is None else value


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""
