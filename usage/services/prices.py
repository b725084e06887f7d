"""Add prices to a draft version, and change a price from an hour on. Called by importers and pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from usage.enums import FeeAnchor, PriceKind, PricingModel, VersionState
from usage.errors import InvalidPriceError, UnknownCatalogueError, VersionNotDraftError
from usage.models import Meter, Price
from usage.pricing.spec import parse_spec
from usage.services.compiling import compile_rows
from usage.services.hours import check_full_hour
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.plans import lock_version
from usage.services.segments import resegment_version

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class PriceDraft:
    """What a price says.

    Attributes:
        code: the component of the plan; prices of one code, currency and version follow each other in time.
        figures: the JSON of `usage.pricing.spec`, in major units.
        meter_id: what is measured; usage prices only.
        valid_from, valid_to: full UTC hours; None for unbounded.
        interval_months: of recurring fees and licences, 1 or more; else 0.
        is_continuing: the tiers go on counting after the price before it; sums, counts and durations only.
        is_allowance_prorated: included units, minimum and cap are cut by hours in a period covered in part.
    """

    code: str
    name: str
    kind: str
    currency: str
    model: str = PricingModel.PER_UNIT
    figures: Mapping[str, Any] = field(default_factory=dict)
    meter_id: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    interval_months: int = 0
    fee_anchor: str = FeeAnchor.PERIOD
    is_continuing: bool = False
    is_allowance_prorated: bool = False


@transaction.atomic
def add_price(*, provider_id: int, version_id: int, draft: PriceDraft, now: datetime) -> int:
    """Add a price to a draft version.

    Args:
        provider_id: whose; its scope is open.
        version_id: a draft.
        draft: what the price says.
        now: when it is made.

    Returns:
        The price's id.

    Raises:
        UnknownCatalogueError: no such version or meter.
        VersionNotDraftError: the version is on sale or retired.
        InvalidPriceError: the figures make no price, or two prices of the component hold at one time.
        NotFullHourError: a boundary lies inside an hour.
        UnknownCurrencyError: no such currency.

    Idempotency: none; drafts are made by one person or import.
    """
    if lock_version(provider_id, version_id).state != VersionState.DRAFT:
        raise VersionNotDraftError
    price = _row(provider_id, version_id, draft, now)
    _check_chain(price)
    price.save(force_insert=True)
    return price.pk


@transaction.atomic
def change_price(
    *,
    provider_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    model: str | None = None,
) -> int:
    """Let another price hold from an hour on, past or future, for everyone who has the version, in one transaction.

    It holds ingestion back for as long as there are subscribers: where there may be many, `order_price_change` is it.

    Args:
        provider_id: whose; its scope is open.
        price_id: the price in force until then; it must hold at `valid_from`.
        figures: the new figures, in major units.
        valid_from: a full UTC hour; in the past, the difference is posted by the next hourly run.
        now: the moment of the change.
        model: the new pricing model; None keeps it.

    Returns:
        The new price's id.

    Raises:
        UnknownCatalogueError: no such active public price, or it does not hold at `valid_from`.
        InvalidPriceError: the figures make no price.
        NotFullHourError: `valid_from` lies inside an hour.

    Idempotency: none; a repeated call finds the old price ended and is refused.
    """
    hold_ingest_lock(provider_id)
    old = _lock_public(provider_id, price_id)
    new = next_price(old, figures=figures, valid_from=valid_from, now=now, model=model)
    put_price(old, new, now=now)
    resegment_version(provider_id=provider_id, version_id=old.plan_version_id, now=now)
    return int(new.pk)


def next_price(
    old: Price,
    *,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    model: str | None = None,
    is_continuing: bool | None = None,
) -> Price:
    """Return the price that would follow another from an hour on, not saved.

    Args:
        old: the price in force until then.
        figures: the new figures, in major units.
        valid_from: a full UTC hour.
        now: the moment of the change.
        model: the new pricing model; None keeps it.
        is_continuing: its tiers go on counting; None keeps what the old price says.

    Raises:
        UnknownCatalogueError: the old price does not hold at that hour.
        InvalidPriceError: the figures make no price.
        NotFullHourError: `valid_from` lies inside an hour.
    """
    check_full_hour(valid_from)
    starts_before = old.valid_from is None or old.valid_from <= valid_from
    if not starts_before or (old.valid_to is not None and old.valid_to <= valid_from):
        raise UnknownCatalogueError(message=_("This price does not hold at that time."))
    new = Price.objects.get(pk=old.pk)
    new.pk = None
    new.model, new.spec = model or old.model, dict(figures)
    new.valid_from, new.activated_at, new.created_at = valid_from, None, now
    if is_continuing is not None:
        new.is_continuing = is_continuing
    _check_figures(new)
    return new


def put_price(old: Price, new: Price, *, now: datetime) -> None:
    """End a price where the next begins; one that did not hold before is left with no time at all.

    Args:
        old: the price in force until then; the caller holds the ingest lock, so no contract is priced meanwhile.
        new: from `next_price`.
        now: the moment of the change.
    """
    Price.objects.filter(pk=old.pk).update(valid_to=new.valid_from)
    new.save(force_insert=True)
    compile_rows([new], now=now)


def _lock_public(provider_id: int, price_id: int) -> Price:
    prices = Price.objects.select_for_update().filter(provider_id=provider_id, tenant_id=0)
    price = prices.filter(pk=price_id, activated_at__isnull=False).first()
    if price is None:
        raise UnknownCatalogueError(message=_("There is no such price."))
    return price


def _row(provider_id: int, version_id: int, draft: PriceDraft, now: datetime) -> Price:
    price = Price(
        provider_id=provider_id,
        plan_version_id=version_id,
        code=draft.code,
        name=draft.name,
        kind=draft.kind,
        model=draft.model,
        meter_id=draft.meter_id,
        currency=draft.currency,
        spec=dict(draft.figures),
        valid_from=check_full_hour(draft.valid_from),
        valid_to=check_full_hour(draft.valid_to),
        interval_months=draft.interval_months,
        fee_anchor=draft.fee_anchor,
        is_continuing=draft.is_continuing,
        is_allowance_prorated=draft.is_allowance_prorated,
        created_at=now,
    )
    _check_figures(price)
    return price


def _check_figures(price: Price) -> None:
    exponent(price.currency)
    if price.kind not in PriceKind.values or price.model not in PricingModel.values:
        raise InvalidPriceError(message=_("There is no such kind of price or pricing model."))
    recurring = price.kind in (PriceKind.RECURRING, PriceKind.LICENCE)
    if (price.kind == PriceKind.USAGE) != (price.meter_id is not None):
        raise InvalidPriceError(message=_("A usage price, and only that, has a meter."))
    if recurring != (price.interval_months >= 1):
        raise InvalidPriceError(message=_("A recurring fee, and only that, has an interval."))
    spec = parse_spec(PricingModel(price.model), price.spec, allows_negative=_takes_negative(price))
    price.has_minimum = price.kind == PriceKind.USAGE and bool(spec.minimum)


def _takes_negative(price: Price) -> bool:
    if price.meter_id is None:
        return False
    meter = Meter.objects.filter(provider_id=price.provider_id, pk=price.meter_id).first()
    if meter is None:
        raise UnknownCatalogueError(message=_("There is no such meter."))
    return meter.allows_negative


def _check_chain(price: Price) -> None:
    others = Price.objects.filter(
        provider_id=price.provider_id,
        plan_version_id=price.plan_version_id,
        currency=price.currency,
        tenant_id=0,
    )
    for other in others.filter(code=price.code):
        if _overlap(price, other):
            raise InvalidPriceError(
                message=_("Two prices of %(code)s hold at one time.") % {"code": price.code}
            )
        if (other.kind, other.meter_id) != (price.kind, price.meter_id):
            raise InvalidPriceError(
                message=_("The prices of %(code)s measure different things.") % {"code": price.code}
            )
    if (
        price.meter_id is not None
        and others.filter(meter_id=price.meter_id).exclude(code=price.code).exists()
    ):
        raise InvalidPriceError(message=_("This plan prices the meter already."))


def _overlap(one: Price, other: Price) -> bool:
    begins = one.valid_to is None or other.valid_from is None or other.valid_from < one.valid_to
    ends = other.valid_to is None or one.valid_from is None or one.valid_from < other.valid_to
    return begins and ends
