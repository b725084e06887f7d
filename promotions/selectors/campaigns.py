"""Campaigns with their codes and uses, and what they brought. Called by the provider's pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum

from accounts.selectors.grants import grant_sums
from accounts.selectors.wallet_postings import wallet_sums
from accounts.types import PostingSelection
from billing_platform.kernel.money import Money
from promotions.enums import CampaignState, UseState
from promotions.errors import CampaignNotFound
from promotions.models import Campaign, Code, Redemption, Terms
from promotions.rules.codes import normal_form
from promotions.types import Brought, CampaignTerms, CampaignView, TermsInCurrency

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

_GIVEN: Final = """
SELECT unnest(ARRAY[u.discount_posting_id, u.bonus_posting_id]) AS posting_id FROM promotions_redemption u
 WHERE u.provider_id = %(provider)s AND u.campaign_id = %(campaign)s AND u.state = 'confirmed'
"""
_TAKEN: Final = """
SELECT unnest(ARRAY[b.discount_posting_id, b.bonus_posting_id]) AS posting_id
  FROM promotions_redemption u
  JOIN promotions_bonus_return b ON b.provider_id = u.provider_id AND b.redemption_id = u.id
 WHERE u.provider_id = %(provider)s AND u.campaign_id = %(campaign)s AND u.state = 'confirmed'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignQuery:
    """Which campaigns are asked for; what is empty asks for all.

    Attributes:
        state: of CampaignState.
        benefit: of Benefit.
        word: a part of the name, or a code as it is typed.
        before: the row before which the page begins.
    """

    state: str = ""
    benefit: str = ""
    word: str = ""
    before: int | None = None


def list_campaigns(
    provider_id: int, query: CampaignQuery, *, now: datetime, limit: int
) -> list[CampaignView]:
    """Return campaigns, newest first, by two queries.

    Args:
        provider_id: whose; its scope is open.
        query: which.
        now: the present moment, for their states.
        limit: at most so many.
    """
    rows = Campaign.objects.filter(provider_id=provider_id)
    if query.state:
        rows = rows.filter(_in_state(query.state, now))
    if query.benefit:
        rows = rows.filter(benefit=query.benefit)
    if query.word:
        named = Q(name__icontains=query.word)
        codes = Code.objects.filter(provider_id=provider_id, normal=normal_form(query.word))
        rows = rows.filter(named | Q(pk__in=codes.values("campaign_id")))
    if query.before is not None:
        rows = rows.filter(pk__lt=query.before)
    return _views(rows.order_by("-pk")[:limit], provider_id, now)


def campaign_by_public_id(provider_id: int, public_id: str, *, now: datetime) -> CampaignView:
    """Return one campaign, by three queries.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        now: the present moment, for its state.

    Raises:
        CampaignNotFound: the provider has no such campaign.
    """
    rows = Campaign.objects.filter(provider_id=provider_id, public_id=public_id)
    found = _views(rows, provider_id, now)
    if not found:
        raise CampaignNotFound
    return found[0]


def brought(provider_id: int, campaign_id: int) -> list[Brought]:
    """Return what a campaign brought, by currency; figures of postings are the ledger's own. By three queries.

    Args:
        provider_id: whose; its scope is open.
        campaign_id: which.
    """
    rows = Redemption.objects.filter(
        provider_id=provider_id, campaign_id=campaign_id, state=UseState.CONFIRMED
    )
    sums = rows.values("currency").annotate(count=Count("pk"), bought=Sum("amount_minor"))
    params = {"provider": provider_id, "campaign": campaign_id}
    given = grant_sums(provider_id, PostingSelection(_GIVEN, params))
    taken = wallet_sums(provider_id, PostingSelection(_TAKEN, params))
    found = []
    for each in sums.order_by("currency"):
        currency = each["currency"]
        granted, left = given.get(currency, (0, 0))
        found.append(
            Brought(
                uses=each["count"],
                topped_up=Money(each["bought"], currency),
                given=Money(granted, currency),
                taken_back=Money(-taken.get(currency, 0), currency),
                left=Money(left, currency),
            )
        )
    return found


def _in_state(state: str, now: datetime) -> Q:
    over = Q(ended_at__isnull=False) | Q(ends_at__lte=now)
    full = Q(total_limit__isnull=False, uses__gte=F("total_limit"))
    planned = Q(starts_at__gt=now)
    return {
        CampaignState.ENDED.value: over,
        CampaignState.EXHAUSTED.value: full & ~over,
        CampaignState.PLANNED.value: planned & ~over & ~full,
        CampaignState.ACTIVE.value: ~planned & ~over & ~full,
    }[state]


def _state(row: Campaign, now: datetime) -> CampaignState:
    if row.ended_at is not None or (row.ends_at is not None and row.ends_at <= now):
        return CampaignState.ENDED
    if row.total_limit is not None and row.uses >= row.total_limit:
        return CampaignState.EXHAUSTED
    return CampaignState.PLANNED if row.starts_at > now else CampaignState.ACTIVE


def _views(rows: QuerySet[Campaign], provider_id: int, now: datetime) -> list[CampaignView]:
    # The first campaign at or behind this one that was ever used: one step in the index of redemptions. Whether a row
    # of this one exists is planned by how many there are of the busiest, which is a reading of them all.
    uses = Redemption.objects.filter(provider_id=provider_id, campaign_id__gte=OuterRef("pk"))
    first = uses.order_by("campaign_id").values("campaign_id")[:1]
    found = list(rows.annotate(used=Subquery(first)))
    numbers = [row.pk for row in found]
    terms: dict[int, list[TermsInCurrency]] = {number: [] for number in numbers}
    own = {"provider_id": provider_id, "campaign_id__in": numbers}
    for each in Terms.objects.filter(**own).order_by("campaign_id", "currency"):
        terms[each.campaign_id].append(_terms(each))
    return [
        CampaignView(
            id=row.pk,
            public_id=row.public_id,
            terms=_whole(row, terms[row.pk]),
            uses=row.uses,
            created_at=row.created_at,
            ended_at=row.ended_at,
            state=_state(row, now),
            is_used=row.used == row.pk,
        )
        for row in found
    ]


def _whole(row: Campaign, currencies: Sequence[TermsInCurrency]) -> CampaignTerms:
    return CampaignTerms(
        name=row.name,
        benefit=row.benefit,
        currencies=currencies,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        categories=row.categories,
        first_only=row.first_only,
        total_limit=row.total_limit,
        tenant_limit=row.tenant_limit,
        grant_days=row.grant_days,
    )


def _terms(row: Terms) -> TermsInCurrency:
    return TermsInCurrency(
        currency=row.currency,
        minimum_minor=row.minimum_minor,
        fixed_minor=row.fixed_minor,
        percent=row.percent,
        cap_minor=row.cap_minor,
    )
