"""Campaigns: made, changed while nobody has used them, and ended. Called by the provider's pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from billing_platform.kernel.locks import require_atomic
from promotions.enums import PERCENTS, Benefit
from promotions.errors import CampaignNotFound, CampaignRefused, CampaignUsed
from promotions.models import Campaign, Redemption, Terms

if TYPE_CHECKING:
    from datetime import datetime

    from promotions.types import CampaignTerms, TermsInCurrency


def create_campaign(
    *, provider_id: int, terms: CampaignTerms, request_key: str, user_id: int | None, now: datetime
) -> str:
    """Make a campaign; it gives something as soon as it has a code.

    Args:
        provider_id: whose; its scope is open.
        terms: all that makes it.
        request_key: of the form, at most 100 characters.
        user_id: who makes it, None for a command.
        now: the present moment.

    Returns:
        Its public id.

    Raises:
        CampaignRefused: the terms do not fit together.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `request_key`.
    """
    require_atomic()
    _check(terms)
    row, is_new = Campaign.objects.get_or_create(
        provider_id=provider_id,
        request_key=request_key,
        defaults={**_columns(terms), "created_at": now, "created_by": user_id},
    )
    if is_new:
        _write_terms(row, terms)
    return row.public_id


def change_campaign(*, provider_id: int, public_id: str, terms: CampaignTerms) -> None:
    """Give a campaign other terms, while nobody has used a code of it.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        terms: all that makes it from now on.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        CampaignUsed: somebody has used a code of it.
        CampaignRefused: the terms do not fit together.
        TransactionRequiredError: no transaction is open.

    Idempotency: the same terms again change nothing.
    """
    _check(terms)
    row = locked_campaign(provider_id, public_id)
    uses = Redemption.objects.filter(provider_id=provider_id, campaign_id=row.pk)
    if uses.exists():
        raise CampaignUsed
    columns = _columns(terms)
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))
    _write_terms(row, terms)


def end_campaign(*, provider_id: int, public_id: str, now: datetime) -> None:
    """End a campaign now; what top-ups hold already is still given when they are paid.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.
        now: the present moment.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        TransactionRequiredError: no transaction is open.

    Idempotency: one that has ended stays as it is.
    """
    row = locked_campaign(provider_id, public_id)
    if row.ended_at is None:
        row.ended_at = now
        row.save(update_fields=["ended_at"])


def locked_campaign(provider_id: int, public_id: str) -> Campaign:
    """Return a campaign, locked until the end of the transaction: nobody uses it meanwhile.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.

    Raises:
        CampaignNotFound: the provider has no such campaign.
        TransactionRequiredError: no transaction is open.
    """
    require_atomic()
    rows = Campaign.objects.select_for_update(no_key=True)
    row = rows.filter(provider_id=provider_id, public_id=public_id).first()
    if row is None:
        raise CampaignNotFound
    return row


def _columns(terms: CampaignTerms) -> dict[str, object]:
    return {
        "name": terms.name.strip(),
        "benefit": terms.benefit,
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
        "categories": sorted(terms.categories),
        "first_only": terms.first_only,
        "total_limit": terms.total_limit,
        "tenant_limit": terms.tenant_limit,
        "grant_days": terms.grant_days,
    }


def _write_terms(row: Campaign, terms: CampaignTerms) -> None:
    rows = Terms.objects.filter(provider_id=row.provider_id, campaign_id=row.pk)
    rows.exclude(currency__in=[each.currency for each in terms.currencies]).delete()
    for each in terms.currencies:
        Terms.objects.update_or_create(
            provider_id=row.provider_id,
            campaign_id=row.pk,
            currency=each.currency,
            defaults={
                "benefit": terms.benefit,
                "minimum_minor": each.minimum_minor,
                "fixed_minor": each.fixed_minor,
                "percent": each.percent,
                "cap_minor": each.cap_minor,
            },
        )


def _check(terms: CampaignTerms) -> None:
    if not terms.name.strip():
        raise CampaignRefused(message=_("A campaign needs a name."))
    if terms.ends_at is not None and terms.ends_at <= terms.starts_at:
        raise CampaignRefused(message=_("A campaign ends after it begins."))
    codes = [each.currency for each in terms.currencies]
    if not codes or len(set(codes)) < len(codes):
        raise CampaignRefused(message=_("Say what it gives in at least one currency, once each."))
    limits = (terms.total_limit, terms.tenant_limit, terms.grant_days)
    if any(limit is not None and limit <= 0 for limit in limits):
        raise CampaignRefused(message=_("A limit is at least 1."))
    for each in terms.currencies:
        _check_currency(terms.benefit, each)


def _check_currency(benefit: str, terms: TermsInCurrency) -> None:
    is_percent = benefit in PERCENTS
    amounts = (terms.minimum_minor, terms.cap_minor, terms.fixed_minor)
    is_whole = (terms.percent is not None) is is_percent
    is_whole = is_whole and (terms.fixed_minor is None) is is_percent
    if not is_whole or any(amount is not None and amount <= 0 for amount in amounts):
        raise CampaignRefused
    if terms.percent is not None and not 0 < terms.percent <= 1000:
        raise CampaignRefused(message=_("A percentage lies above 0 and at most at 1000."))
    is_all = (
        benefit == Benefit.DISCOUNT_FIXED and terms.minimum_minor <= (terms.fixed_minor or 0)
    ) or (benefit == Benefit.DISCOUNT_PERCENT and (terms.percent or 0) >= 100)
    if is_all:
        raise CampaignRefused(
            message=_("A discount leaves something to pay: below 100 percent, below the minimum.")
        )
