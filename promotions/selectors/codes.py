"""The codes of a campaign and their uses, page by page. Called by the provider's pages and lists."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from django.db.models import Count

from billing_platform.kernel.money import Money
from promotions.models import Code, Redemption
from promotions.types import CodeView, UseView

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

_CHUNK = 2_000
_Row = TypeVar("_Row", CodeView, UseView)


def count_codes(provider_id: int, campaign_ids: Collection[int]) -> dict[int, int]:
    """Return how many codes some campaigns have, by one query; those that have none are left out.

    Args:
        provider_id: whose; its scope is open.
        campaign_ids: which.
    """
    rows = Code.objects.filter(provider_id=provider_id, campaign_id__in=campaign_ids)
    counts = rows.values("campaign_id").annotate(count=Count("pk"))
    return dict(counts.values_list("campaign_id", "count"))


def codes_of(provider_id: int, campaign_id: int, *, limit: int, before: int = 0) -> list[CodeView]:
    """Return codes of a campaign, newest first.

    Args:
        provider_id: whose; its scope is open.
        campaign_id: which.
        limit: at most so many.
        before: the row before which the page begins; 0 for the newest.
    """
    rows = Code.objects.filter(provider_id=provider_id, campaign_id=campaign_id)
    if before:
        rows = rows.filter(pk__lt=before)
    return [_code(row) for row in rows.order_by("-pk")[:limit]]


def each_code(provider_id: int, campaign_id: int) -> Iterator[CodeView]:
    """Return all codes of a campaign, newest first, read chunk by chunk.

    Args:
        provider_id: whose; its scope stays open.
        campaign_id: which.
    """
    return _each(partial(codes_of, provider_id, campaign_id, limit=_CHUNK))


def uses_of(provider_id: int, campaign_id: int, *, limit: int, before: int = 0) -> list[UseView]:
    """Return uses of a campaign's codes, newest first, by two queries.

    Args:
        provider_id: whose; its scope is open.
        campaign_id: which.
        limit: at most so many.
        before: the row before which the page begins; 0 for the newest.
    """
    rows = Redemption.objects.filter(provider_id=provider_id, campaign_id=campaign_id)
    if before:
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[:limit])
    codes = Code.objects.filter(provider_id=provider_id, pk__in={row.code_id for row in found})
    shown = dict(codes.values_list("pk", "shown"))
    return [
        UseView(
            id=row.pk,
            tenant_id=row.tenant_id,
            code=shown[row.code_id],
            source=row.source,
            amount=Money(row.amount_minor, row.currency),
            discount=Money(row.discount_minor, row.currency),
            bonus=Money(row.bonus_minor, row.currency),
            state=row.state,
            at=row.confirmed_at or row.reserved_at,
        )
        for row in found
    ]


def each_use(provider_id: int, campaign_id: int) -> Iterator[UseView]:
    """Return all uses of a campaign's codes, newest first, read chunk by chunk.

    Args:
        provider_id: whose; its scope stays open.
        campaign_id: which.
    """
    return _each(partial(uses_of, provider_id, campaign_id, limit=_CHUNK))


def _each(read: Callable[..., list[_Row]]) -> Iterator[_Row]:
    before = 0
    while page := read(before=before):
        yield from page
        before = page[-1].id


def _code(row: Code) -> CodeView:
    return CodeView(
        id=row.pk,
        shown=row.shown,
        uses=row.uses,
        uses_limit=row.uses_limit,
        created_at=row.created_at,
        ended_at=row.ended_at,
    )
