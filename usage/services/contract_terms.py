"""What a contract's items are priced by: their price chains and the tenant's own prices, read at once. For segments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from usage.enums import ADDITIVE
from usage.models import Meter, Price, PriceOverride, RateSegment
from usage.pricing.timeline import BEGINNING, NEVER, PriceSpan
from usage.services.hours import begin_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from usage.models import SubscriptionItem

_Component = tuple[int, str, str]
K = TypeVar("K")
R = TypeVar("R")


@dataclass(frozen=True)
class ContractTerms:
    """The prices behind the items of one tenant.

    Attributes:
        anchors: the items' own prices by id.
        chains: the public prices that follow each other, by plan version, component and currency.
        overrides: the tenant's own prices by the public price that they stand for.
        own: those prices' rows by id.
        additive: meters whose tiers may go on counting.
        segments: the segments that stand, by item, oldest first.
    """

    anchors: Mapping[int, Price]
    chains: Mapping[_Component, Sequence[Price]]
    overrides: Mapping[int, Sequence[PriceOverride]]
    own: Mapping[int, Price]
    additive: frozenset[int]
    segments: Mapping[int, Sequence[RateSegment]]

    def spans(self, anchor: Price) -> list[PriceSpan]:
        """Return which price of an item's component holds when; a tenant's own prices come last.

        Args:
            anchor: the item's price.
        """
        is_additive = anchor.meter_id in self.additive
        chain = self.chains.get(_component(anchor), ())
        public = [_span(price, price.valid_from, price.valid_to, is_additive) for price in chain]
        own = [
            _span(self.own[each.own_price_id], each.valid.lower, each.valid.upper, is_additive)
            for price in chain
            for each in self.overrides.get(price.pk, ())
            if not each.valid.isempty
        ]
        return public + own


def read_terms(
    *, provider_id: int, tenant_id: int, items: Sequence[SubscriptionItem]
) -> ContractTerms:
    """Read what the items of a tenant are priced by, a query each for prices, overrides, meters and segments.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        items: items of one subscription.
    """
    anchors = Price.objects.in_bulk({item.price_id for item in items})
    versions = {anchor.plan_version_id for anchor in anchors.values()}
    public = Price.objects.filter(
        provider_id=provider_id,
        plan_version_id__in=versions,
        tenant_id=0,
        activated_at__isnull=False,
    ).order_by("valid_from", "pk")
    overrides = list(
        PriceOverride.objects.filter(provider_id=provider_id, tenant_id=tenant_id).order_by("pk")
    )
    meter_ids = {anchor.meter_id for anchor in anchors.values() if anchor.meter_id is not None}
    additive = Meter.objects.filter(pk__in=meter_ids, aggregation__in=ADDITIVE)
    segments = RateSegment.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, item_id__in=[item.pk for item in items]
    )
    standing = [row for row in segments if not row.valid.isempty]
    return ContractTerms(
        anchors=anchors,
        chains=_grouped(public, _component),
        overrides=_grouped(overrides, lambda each: each.price_id),
        own=Price.objects.in_bulk({override.own_price_id for override in overrides}),
        additive=frozenset(additive.values_list("pk", flat=True)),
        segments=_grouped(
            sorted(standing, key=lambda row: (begin_of(row.valid), row.pk)), lambda row: row.item_id
        ),
    )


def _component(price: Price) -> _Component:
    return (price.plan_version_id, price.code, price.currency)


def _span(
    price: Price,
    starts: datetime | None,
    ends: datetime | None,
    is_additive: bool,  # noqa: FBT001 (private)
) -> PriceSpan:
    return PriceSpan(
        price_id=price.pk,
        starts=starts or BEGINNING,
        ends=ends or NEVER,
        is_own=price.tenant_id != 0,
        is_continuing=price.is_continuing and is_additive,
        is_prorated=price.is_allowance_prorated,
    )


def _grouped(rows: Iterable[R], key_of: Callable[[R], K]) -> dict[K, list[R]]:
    groups: dict[K, list[R]] = {}
    for row in rows:
        groups.setdefault(key_of(row), []).append(row)
    return groups
