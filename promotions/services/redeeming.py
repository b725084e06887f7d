"""Uses of codes: reserved with a payment, confirmed when it settles, released, taken back by refunds. Payments call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction

from billing_platform.kernel.locks import lock_rows, require_atomic
from billing_platform.kernel.markers import marker
from billing_platform.kernel.money import Money
from promotions.enums import UseState
from promotions.errors import CodeRefused, SourceReused
from promotions.models import Campaign, Code, Redemption
from promotions.rules.codes import normal_form
from promotions.selectors.offers import asking_of, code_of, expiry_of, offer_of
from promotions.services.giving import give, take_share, undo_shares
from promotions.types import Offer

if TYPE_CHECKING:
    from datetime import datetime

    from promotions.selectors.offers import Asking

MARKERS: Final = ("promotion.locked", "promotion.reserved", "promotion.given", "promotion.taken")


def reserve(
    *, provider_id: int, tenant_id: int, amount: Money, code: str, source: str, now: datetime
) -> Offer:
    """Hold what a code gives for a top-up, against every limit; what the client held of it before is let go.

    Whoever goes back from a checkout and begins again has not used the code twice.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: who tops up.
        amount: the credit that is bought, above 0.
        code: as it was typed.
        source: the top-up's public id.
        now: the present moment.

    Returns:
        What it will give; the price of the top-up is reckoned with it.

    Raises:
        CodeRefused: it gives nothing here. Unknown, withdrawn, over, used up and somebody else's read the same.
        SourceReused: the top-up asked for another code, amount or client before.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `source`.
    """
    require_atomic()
    before = _use(provider_id, source)
    found = code_of(provider_id, code)
    if before is None and found is None:
        raise CodeRefused
    wanted = {row.campaign_id for row in (before, found) if row is not None}
    campaigns = _locked_campaigns(provider_id, wanted | _waiting(provider_id, tenant_id))
    marker("promotion.locked")
    before = _locked_use(provider_id, source)
    if before is not None:
        return _again(before, tenant_id=tenant_id, amount=amount, code=code, now=now)
    if found is None:
        raise CodeRefused
    # Read again under the lock: whatever counts its uses waits for it.
    found.refresh_from_db()
    campaign = campaigns[found.campaign_id]
    asking = asking_of(campaign, tenant_id, amount)
    offer = offer_of(campaign, found, asking, now)
    held = [use.pk for use in asking.own if use.campaign_id in campaigns]
    _let_go(provider_id, held)
    _write(campaign, found, offer, asking, source=source, now=now)
    marker("promotion.reserved")
    return offer


def confirm(*, provider_id: int, tenant_id: int, source: str, now: datetime) -> Offer | None:
    """Give what was held for a top-up: the discount and the bonus, each as a grant of the wallet.

    Args:
        provider_id: whose; its scope is open, in the transaction that credits the top-up.
        tenant_id: who topped up; the wallet is open and holds what was paid.
        source: the top-up's public id.
        now: the moment of posting; from it the bonus lasts.

    Returns:
        What was given; None when nothing is held for the top-up, or its use was let go and is not free any more.

    Raises:
        WalletNotFound: the tenant has no wallet in the top-up's currency.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `source`; the second call returns what the first one gave.
    """
    row = _locked_use(provider_id, source)
    if row is None or row.tenant_id != tenant_id:
        return None
    if row.state == UseState.RELEASED and not _take_again(row, now):
        return None
    campaign = Campaign.objects.get(provider_id=provider_id, pk=row.campaign_id)
    if row.state != UseState.CONFIRMED:
        row.bonus_expires_at = expiry_of(campaign, now) if row.bonus_minor else None
        give(row, now=now)
        row.state, row.confirmed_at = UseState.CONFIRMED, now
        row.save()
        marker("promotion.given")
    return _offer(row, campaign, now)


def release(*, provider_id: int, source: str, now: datetime) -> None:
    """Let a held use go, since its payment came to nothing: it is free for the next one.

    Args:
        provider_id: whose; its scope is open.
        source: the top-up's public id.
        now: the present moment; nothing is let go from the future.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state; what was given stays, and a payment that settles after all takes the use again.
    """
    require_atomic()
    row = _use(provider_id, source)
    if row is not None and row.reserved_at <= now:
        # The campaign before its uses, as whoever reserves.
        _locked_campaigns(provider_id, {row.campaign_id})
        _let_go(provider_id, [row.pk])


def take_back(
    *,
    provider_id: int,
    tenant_id: int,
    source: str,
    refunded: Money,
    paid: Money,
    key: str,
    now: datetime,
) -> Money:
    """Bring what a refund or dispute takes back of discount and bonus to the share that it gives back of the payment.

    The share of all refunds together is taken from what is left of the two grants, and never from other credit.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: who topped up.
        source: the top-up's public id.
        refunded: what this refund gives back now, 0 when it came to nothing: then all is given again.
        paid: what the whole top-up cost, above 0.
        key: of the refund or dispute, at most 100 characters.
        now: the moment of posting.

    Returns:
        What is taken back for this refund now, discount and bonus together.

    Raises:
        CurrencyMismatchError: the amounts are of several currencies.
        TransactionRequiredError: no transaction is open.

    Idempotency: by `key` and amount; only a change of the amount moves anything.

    Source: decision 0023.
    """
    row = _locked_use(provider_id, source)
    if row is None or row.tenant_id != tenant_id or row.state != UseState.CONFIRMED:
        return Money.zero(refunded.currency)
    taken = take_share(row, refunded=refunded, paid=paid, key=key, now=now)
    marker("promotion.taken")
    return taken


def give_again(*, provider_id: int, tenant_id: int, source: str, now: datetime) -> None:
    """Give again what was taken back of discount and bonus, since the money of the top-up has come once more.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: who topped up.
        source: the top-up's public id.
        now: the moment of posting.

    Raises:
        TransactionRequiredError: no transaction is open.

    Idempotency: by state; what was not taken back is not given again.
    """
    row = _locked_use(provider_id, source)
    if row is not None and row.tenant_id == tenant_id:
        undo_shares(row, now=now)


def _again(row: Redemption, *, tenant_id: int, amount: Money, code: str, now: datetime) -> Offer:
    known = Code.objects.get(provider_id=row.provider_id, pk=row.code_id).normal
    asked = (tenant_id, amount, normal_form(code))
    if asked != (row.tenant_id, Money(row.amount_minor, row.currency), known):
        raise SourceReused
    if row.state == UseState.RELEASED and not _take_again(row, now):
        raise CodeRefused
    campaign = Campaign.objects.get(provider_id=row.provider_id, pk=row.campaign_id)
    return _offer(row, campaign, now)


def _take_again(row: Redemption, now: datetime) -> bool:
    """Hold a use that was let go once more, when its limits allow it; its dates were kept when it began."""
    campaign = _locked_campaigns(row.provider_id, {row.campaign_id})[row.campaign_id]
    code = Code.objects.get(provider_id=row.provider_id, pk=row.code_id)
    own = asking_of(campaign, row.tenant_id, Money(row.amount_minor, row.currency)).own
    of_campaign = [use for use in own if use.campaign_id == campaign.pk]
    used = (
        (campaign.total_limit, campaign.uses),
        (code.uses_limit, code.uses),
        (campaign.tenant_limit, len(of_campaign)),
        (1 if row.is_first else None, sum(use.is_first for use in own)),
    )
    is_free = all(limit is None or count < limit for limit, count in used)
    if is_free:
        row.state, row.reserved_at = UseState.RESERVED, now
        row.save(update_fields=["state", "reserved_at"])
    return is_free


def _write(
    campaign: Campaign, code: Code, offer: Offer, asking: Asking, *, source: str, now: datetime
) -> None:
    row = Redemption(
        provider_id=campaign.provider_id,
        tenant_id=asking.tenant_id,
        campaign_id=campaign.pk,
        code_id=code.pk,
        source=source,
        name=campaign.name,
        currency=asking.amount.currency,
        amount_minor=asking.amount.amount_minor,
        discount_minor=offer.discount.amount_minor,
        bonus_minor=offer.bonus.amount_minor,
        is_first=campaign.first_only,
        reserved_at=now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        # The client's other request, at this moment, took the one use for a first top-up by another campaign.
        raise CodeRefused from error


def _let_go(provider_id: int, numbers: list[int]) -> None:
    """Release uses that are only reserved and whose campaigns are locked, in the order of their numbers."""
    rows = Redemption.objects.filter(provider_id=provider_id, pk__in=numbers)
    held = rows.filter(state=UseState.RESERVED).select_for_update(no_key=True).order_by("pk")
    for row in held:
        row.state = UseState.RELEASED
        row.save(update_fields=["state"])


def _waiting(provider_id: int, tenant_id: int) -> set[int]:
    """Return the campaigns for a first top-up of which a client holds a use."""
    rows = Redemption.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    held = rows.filter(state=UseState.RESERVED, is_first=True)
    return set(held.values_list("campaign_id", flat=True))


def _locked_campaigns(provider_id: int, numbers: set[int]) -> dict[int, Campaign]:
    rows = Campaign.objects.filter(provider_id=provider_id)
    return {row.pk: row for row in lock_rows(rows, numbers)}


def _use(provider_id: int, source: str) -> Redemption | None:
    return Redemption.objects.filter(provider_id=provider_id, source=source).first()


def _locked_use(provider_id: int, source: str) -> Redemption | None:
    require_atomic()
    rows = Redemption.objects.select_for_update(no_key=True)
    return rows.filter(provider_id=provider_id, source=source).first()


def _offer(row: Redemption, campaign: Campaign, now: datetime) -> Offer:
    is_given = row.state == UseState.CONFIRMED
    expires_at = row.bonus_expires_at if is_given else expiry_of(campaign, now)
    return Offer(
        code=Code.objects.get(provider_id=row.provider_id, pk=row.code_id).shown,
        campaign=campaign.public_id,
        name=row.name,
        discount=Money(row.discount_minor, row.currency),
        bonus=Money(row.bonus_minor, row.currency),
        bonus_expires_at=expires_at if row.bonus_minor else None,
    )
