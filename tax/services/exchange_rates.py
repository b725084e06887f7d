"""Store rates of exchange: one by hand, or a file of many. Called by the provider's pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.currencies import CURRENCY_CODES
from tax.errors import InvalidExchangeRate
from tax.models import ExchangeRate
from tax.services.exchange_files import read_rates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from tax.types_exchange import QuotedRate

_PLACES_MAX: Final = 12
_DIGITS_MAX: Final = 12
_BATCH: Final = 1000


@transaction.atomic
def add_exchange_rates(
    *,
    provider_id: int,
    rates: Sequence[QuotedRate],
    today: date,
    user_id: int | None,
    now: datetime,
) -> int:
    """Store rates; a further one for the same currencies and day holds from now on, for documents to come.

    Args:
        provider_id: whose; its scope is open.
        rates: in any order.
        today: the provider's day.
        user_id: who says so, None for a job.
        now: the present moment.

    Returns:
        How many were new; those that hold already are left out.

    Raises:
        InvalidExchangeRate: one of them is none; nothing is stored.

    Idempotency: by what holds.
    """
    for rate in rates:
        _check(rate, today)
    held = _held(provider_id, rates)
    fresh = {_place(rate): rate for rate in rates if held.get(_place(rate)) != rate.rate}
    ExchangeRate.objects.bulk_create(
        (
            ExchangeRate(
                provider_id=provider_id,
                base=rate.base,
                quote=rate.quote,
                rate=rate.rate,
                valid_on=rate.on,
                source=rate.source.strip()[:60],
                created_at=now,
                created_by=user_id,
            )
            for rate in fresh.values()
        ),
        batch_size=_BATCH,
    )
    return len(fresh)


def import_exchange_rates(
    *, provider_id: int, data: bytes, source: str, today: date, user_id: int | None, now: datetime
) -> int:
    """Store the rates of a file.

    Args:
        provider_id: whose; its scope is open.
        data: CSV, as `read_rates` takes it.
        source: who published them, at most 60 characters.
        today: the provider's day.
        user_id: who says so, None for a job.
        now: the present moment.

    Returns:
        How many were new.

    Raises:
        ExchangeFileUnreadable, TooManyRates: it holds none, or too many.
        InvalidExchangeRate: as `add_exchange_rates`.

    Idempotency: by what holds.
    """
    return add_exchange_rates(
        provider_id=provider_id,
        rates=read_rates(data, source, today),
        today=today,
        user_id=user_id,
        now=now,
    )


def _place(rate: QuotedRate) -> tuple[str, str, date]:
    return rate.base, rate.quote, rate.on


def _held(provider_id: int, rates: Sequence[QuotedRate]) -> dict[tuple[str, str, date], object]:
    """Return what holds for the days of some rates."""
    days = [rate.on for rate in rates]
    if not days:
        return {}
    rows = ExchangeRate.objects.filter(
        provider_id=provider_id, valid_on__range=(min(days), max(days))
    ).order_by("pk")
    # A later row of a day replaces an earlier one.
    return {(row.base, row.quote, row.valid_on): row.rate for row in rows}


def _check(rate: QuotedRate, today: date) -> None:
    places = rate.rate.as_tuple().exponent if rate.rate.is_finite() else None
    if (
        not isinstance(places, int)
        or -places > _PLACES_MAX
        or rate.rate <= 0
        or rate.rate.adjusted() >= _DIGITS_MAX
        or rate.base == rate.quote
        or not {rate.base, rate.quote} <= set(CURRENCY_CODES)
        or rate.on > today
        or not rate.source.strip()
        or "\x00" in rate.source
    ):
        raise InvalidExchangeRate
