"""What a code gives with a top-up now. Called by the quote of a top-up, and by the service that reserves it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.selectors.top_ups import has_topped_up
from billing_platform.kernel.formats import format_amount
from billing_platform.kernel.money import Money
from billing_platform.kernel.scope import provider_scope
from promotions.enums import BONUSES, UseState
from promotions.errors import CodeRefused
from promotions.models import Campaign, Code, Redemption, Terms
from promotions.rules.amounts import least_amount, worth
from promotions.rules.codes import normal_form
from promotions.types import Offer
from tenants.errors import TenantNotFoundError
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks what a code gives, and what they have used.

    Attributes:
        own: their living uses of the campaign, and of any that is for a first top-up.
    """

    tenant_id: int
    category: str
    amount: Money
    own: Sequence[Redemption]

    def confirmed(self, campaign: Campaign) -> int:
        """Return how many uses of a campaign stand."""
        states = [row.state for row in self.own if row.campaign_id == campaign.pk]
        return states.count(UseState.CONFIRMED)

    def reserved(self, campaign: Campaign, code: Code | None = None) -> int:
        """Return how many uses of a campaign, or of one of its codes, wait for their payment."""
        rows = [row for row in self.own if row.campaign_id == campaign.pk]
        codes = [row.code_id for row in rows if row.state == UseState.RESERVED]
        return codes.count(code.pk) if code else len(codes)

    @property
    def had_first(self) -> bool:
        """Return whether a campaign for a first top-up has given something."""
        return any(row.is_first and row.state == UseState.CONFIRMED for row in self.own)


def offer_for(
    *, provider_id: int, tenant_id: int, amount: Money, code: str, now: datetime
) -> Offer:
    """Return what a code gives with a top-up; nothing is written, and nothing is held.

    Args:
        provider_id: whose; its scope, or the tenant's, is open, or none.
        tenant_id: who tops up.
        amount: the credit that is bought, above 0.
        code: as it was typed.
        now: the present moment.

    Raises:
        CodeRefused: it gives nothing here. Unknown, withdrawn, over, used up and somebody else's read the same.
    """
    # A client's scope sees neither campaigns nor codes.
    with provider_scope(provider_id):
        row = code_of(provider_id, code)
        if row is None:
            raise CodeRefused
        campaign = Campaign.objects.get(provider_id=provider_id, pk=row.campaign_id)
        asking = asking_of(campaign, tenant_id, amount)
        return offer_of(campaign, row, asking, now)


def code_of(provider_id: int, text: str) -> Code | None:
    """Return the code that somebody typed, None when there is none.

    Args:
        provider_id: whose; its scope is open.
        text: as it was typed.
    """
    normal = normal_form(text)
    return Code.objects.filter(provider_id=provider_id, normal=normal).first() if normal else None


def asking_of(campaign: Campaign, tenant_id: int, amount: Money) -> Asking:
    """Return who asks, with their living uses.

    Args:
        campaign: what they ask for; its provider's scope is open.
        tenant_id: who tops up.
        amount: the credit that is bought.

    Raises:
        CodeRefused: the provider has no such client, or the amount is none.
    """
    if amount.amount_minor <= 0:
        raise CodeRefused
    try:
        tenant = tenant_by_id(campaign.provider_id, tenant_id)
    except TenantNotFoundError as error:
        raise CodeRefused from error
    rows = Redemption.objects.filter(provider_id=campaign.provider_id, tenant_id=tenant_id)
    living = rows.exclude(state=UseState.RELEASED)
    own = living.filter(campaign_id=campaign.pk)
    if campaign.first_only:
        own |= living.filter(is_first=True)
    return Asking(tenant_id, tenant.category, amount, list(own))


def offer_of(campaign: Campaign, code: Code, asking: Asking, now: datetime) -> Offer:
    """Return what a code gives to who asks; what they have reserved themselves does not stand in their own way.

    Args:
        campaign: the code's; locked when the offer is to be held.
        code: which.
        asking: who asks.
        now: the present moment.

    Raises:
        CodeRefused: it gives nothing here.
    """
    if not _is_open(campaign, code, asking, now) or not _is_within_limits(campaign, code, asking):
        raise CodeRefused
    rows = Terms.objects.filter(provider_id=campaign.provider_id, campaign_id=campaign.pk)
    terms = rows.filter(currency=asking.amount.currency).first()
    if terms is None:
        raise CodeRefused
    least = Money(terms.minimum_minor, terms.currency)
    given = worth(
        asking.amount.amount_minor,
        fixed_minor=terms.fixed_minor,
        percent=terms.percent,
        cap_minor=terms.cap_minor,
    )
    if asking.amount < least or not given:
        raise CodeRefused("below_minimum", _below(max(least, _smallest(terms))))
    is_bonus = campaign.benefit in BONUSES
    return Offer(
        code=code.shown,
        campaign=campaign.public_id,
        name=campaign.name,
        discount=Money(0 if is_bonus else given, terms.currency),
        bonus=Money(given if is_bonus else 0, terms.currency),
        bonus_expires_at=expiry_of(campaign, now) if is_bonus else None,
    )


def expiry_of(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when a bonus that is granted now is gone.

    Args:
        campaign: what grants it.
        now: the moment of granting.
    """
    days = campaign.grant_days
    return None if days is None else now + timedelta(days=days)


def _is_open(campaign: Campaign, code: Code, asking: Asking, now: datetime) -> bool:
    is_running = campaign.starts_at <= now and (campaign.ends_at is None or now < campaign.ends_at)
    if not is_running or campaign.ended_at is not None or code.ended_at is not None:
        return False
    if campaign.categories and asking.category not in campaign.categories:
        return False
    if not campaign.first_only:
        return True
    return not asking.had_first and not has_topped_up(campaign.provider_id, asking.tenant_id)


def _is_within_limits(campaign: Campaign, code: Code, asking: Asking) -> bool:
    used = (
        (campaign.total_limit, campaign.uses - asking.reserved(campaign)),
        (code.uses_limit, code.uses - asking.reserved(campaign, code)),
        (campaign.tenant_limit, asking.confirmed(campaign)),
    )
    return all(limit is None or count < limit for limit, count in used)


def _smallest(terms: Terms) -> Money:
    """Return the least amount of which a percentage is not rounded to nothing."""
    if terms.percent is None:
        return Money(terms.minimum_minor, terms.currency)
    return Money(least_amount(terms.percent), terms.currency)


def _below(least: Money) -> str:
    shown = f"{format_amount(least, get_language() or 'en')} {least.currency}"
    return _("This code is for top-ups of %(amount)s or more.") % {"amount": shown}
