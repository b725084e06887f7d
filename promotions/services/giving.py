"""The postings of a use: discount and bonus are given as grants, and a refund's share of them is taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Sum

from accounts.enums import AccountKind, PostingKind
from accounts.selectors.grants import grants_of_postings
from accounts.services.grants import grant_credit
from accounts.services.posting import post, reverse
from accounts.services.wallets import lock_wallets
from accounts.types import GrantTerms, Line, PostingRequest
from billing_platform.kernel.money import Money
from promotions.models import BonusReturn, Redemption
from promotions.rules.amounts import share_taken

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.selectors.grants import GrantView

SOURCE: Final = "promotion"
# As paid credit, and promotional: it is used just before what was paid.
_DISCOUNT_PRIORITY: Final = 100


def give(row: Redemption, *, now: datetime) -> None:
    """Post what a use gives; the postings are written into it.

    Args:
        row: locked in an open transaction; its wallet is open.
        now: the moment of posting.

    Idempotency: by the top-up.
    """
    if row.discount_minor:
        request = PostingRequest(
            kind=PostingKind.DISCOUNT,
            currency=row.currency,
            lines=_lines(row, row.discount_minor),
            key=f"promotion:{row.source}:discount",
            source_type=SOURCE,
            source_id=row.source,
            grant=GrantTerms(amount_minor=row.discount_minor, priority=_DISCOUNT_PRIORITY),
        )
        result = post(provider_id=row.provider_id, request=request, now=now)
        row.discount_posting_id = result.posting_id
    if row.bonus_minor:
        result = grant_credit(
            provider_id=row.provider_id,
            tenant_id=row.tenant_id,
            amount=Money(row.bonus_minor, row.currency),
            key=f"promotion:{row.source}:bonus",
            now=now,
            expires_at=row.bonus_expires_at,
            source_type=SOURCE,
            source_id=row.source,
        )
        row.bonus_posting_id = result.posting_id


def take_share(row: Redemption, *, refunded: Money, paid: Money, key: str, now: datetime) -> Money:
    """Bring what a refund takes back of a use to its share of what is left.

    Args:
        row: confirmed, locked in an open transaction.
        refunded: what the refund gives back of the payment now; 0 undoes what it took.
        paid: what the top-up cost, above 0.
        key: of the refund.
        now: the moment of posting.

    Returns:
        What is taken back for this refund, discount and bonus together.

    Raises:
        CurrencyMismatchError: the amounts are of several currencies.

    Idempotency: by key and amount.
    """
    zero = Money.zero(row.currency)
    asked = (refunded + zero).amount_minor
    rows = BonusReturn.objects.filter(provider_id=row.provider_id, redemption_id=row.pk)
    kept = rows.filter(key=key).first() or _new(row, key, now)
    if kept.refunded_minor != asked:
        is_less = asked < kept.refunded_minor
        _undo(kept, now)
        kept.refunded_minor, kept.updated_at = asked, now
        if asked:
            _take(row, kept, (paid + zero).amount_minor, now)
        kept.save()
        if is_less:
            _pass_on(row, kept, (paid + zero).amount_minor, now)
    return Money(kept.discount_minor + kept.bonus_minor, row.currency)


def undo_shares(row: Redemption, *, now: datetime) -> None:
    """Give again whatever refunds took back of a use.

    Args:
        row: locked in an open transaction.
        now: the moment of posting.

    Idempotency: by state.
    """
    rows = BonusReturn.objects.filter(provider_id=row.provider_id, redemption_id=row.pk)
    for kept in rows.filter(refunded_minor__gt=0).order_by("pk"):
        _undo(kept, now)
        kept.refunded_minor, kept.updated_at = 0, now
        kept.save()


def _new(row: Redemption, key: str, now: datetime) -> BonusReturn:
    return BonusReturn(
        provider_id=row.provider_id,
        tenant_id=row.tenant_id,
        redemption_id=row.pk,
        key=key,
        refunded_minor=0,
        updated_at=now,
    )


def _take(row: Redemption, kept: BonusReturn, paid_minor: int, now: datetime) -> None:
    rows = BonusReturn.objects.filter(provider_id=row.provider_id, redemption_id=row.pk)
    columns = ("refunded_minor", "discount_minor", "bonus_minor")
    before = rows.exclude(key=kept.key).aggregate(
        **{name: Sum(name, default=0) for name in columns}
    )
    together = before["refunded_minor"] + kept.refunded_minor
    for name, grant in _grants(row).items():
        share = share_taken(
            grant.granted.amount_minor, refunded_minor=together, paid_minor=paid_minor
        )
        taken = min(max(share - before[f"{name}_minor"], 0), grant.left.amount_minor)
        if taken:
            setattr(kept, f"{name}_minor", taken)
            kept.moves += 1
            key = f"promotion:{row.source}:{kept.key}:{kept.moves}"
            setattr(kept, f"{name}_posting_id", _post_taking(row, grant, taken, key, now))


def _pass_on(row: Redemption, kept: BonusReturn, paid_minor: int, now: datetime) -> None:
    """Let others take what one took in their stead: of a payment that left twice the share was taken once."""
    rows = BonusReturn.objects.filter(provider_id=row.provider_id, redemption_id=row.pk)
    for other in rows.exclude(key=kept.key).filter(refunded_minor__gt=0).order_by("pk"):
        if _is_short(row, paid_minor):
            _undo(other, now)
            _take(row, other, paid_minor, now)
            other.save()


def _is_short(row: Redemption, paid_minor: int) -> bool:
    rows = BonusReturn.objects.filter(provider_id=row.provider_id, redemption_id=row.pk)
    columns = ("refunded_minor", "discount_minor", "bonus_minor")
    sums = rows.aggregate(**{name: Sum(name, default=0) for name in columns})
    return any(
        grant.left.amount_minor
        and sums[f"{name}_minor"]
        < share_taken(
            grant.granted.amount_minor, refunded_minor=sums["refunded_minor"], paid_minor=paid_minor
        )
        for name, grant in _grants(row).items()
    )


def _grants(row: Redemption) -> dict[str, GrantView]:
    """Return the grants of a use by what they are, held still by their wallet's lock."""
    postings = {"discount": row.discount_posting_id, "bonus": row.bonus_posting_id}
    numbers = [number for number in postings.values() if number]
    found = grants_of_postings(row.provider_id, numbers)
    lock_wallets(
        provider_id=row.provider_id, wallet_ids=[grant.wallet_id for grant in found.values()]
    )
    found = grants_of_postings(row.provider_id, numbers)
    return {name: found[number] for name, number in postings.items() if number in found}


def _post_taking(row: Redemption, grant: GrantView, taken: int, key: str, now: datetime) -> int:
    request = PostingRequest(
        kind=PostingKind.GRANT_RETURN,
        currency=row.currency,
        lines=_lines(row, -taken),
        key=key,
        source_type=SOURCE,
        source_id=row.source,
        draws_on=grant.id,
    )
    return post(provider_id=row.provider_id, request=request, now=now).posting_id


def _undo(kept: BonusReturn, now: datetime) -> None:
    """Give again what a refund had taken: it returns to the grants it came from."""
    for posting_id in (kept.discount_posting_id, kept.bonus_posting_id):
        if posting_id is not None:
            reverse(
                provider_id=kept.provider_id,
                posting_id=posting_id,
                key=f"promotion:undo:{posting_id}",
                now=now,
            )
    kept.discount_minor = kept.bonus_minor = 0
    kept.discount_posting_id = kept.bonus_posting_id = None


def _lines(row: Redemption, amount_minor: int) -> tuple[Line, Line]:
    return (
        Line(kind=AccountKind.WALLET, amount_minor=amount_minor, tenant_id=row.tenant_id),
        Line(kind=AccountKind.PROMOTION_EXPENSE, amount_minor=-amount_minor),
    )
