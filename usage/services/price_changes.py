"""Change a price from an hour on: ordered by a person, followed by its clients chunk by chunk, worked off by a job.

The price is entered with the order, under the lock that every change of a contract takes: who subscribes later has it
from the beginning, who was there before is found by the job. Until a client follows it is charged as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from billing_platform.kernel.heartbeats import job_run
from billing_platform.kernel.markers import marker
from billing_platform.kernel.rows import fetch_all
from billing_platform.kernel.scope import provider_scope
from usage.enums import ADDITIVE, PriceKind, VersionState
from usage.errors import (
    PriceChangeUnderWayError,
    PriceCountsAnewError,
    UnknownCatalogueError,
    VersionNotActiveError,
)
from usage.models import Meter, PlanVersion, Price, PriceChange
from usage.services.ingest_lock import hold_ingest_lock
from usage.services.prices import next_price, put_price
from usage.services.run_notices import announce_end
from usage.services.segments import resegment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from billing_platform.kernel.heartbeats import Run

JOB: Final = "follow_prices"
# A transaction holds ingestion back, so it is short.
CHUNK: Final = 10
# How many are looked up at once, without the lock.
_AHEAD: Final = 5_000
# A test kills the job at each of these and starts it again.
MARKERS: Final = ("price_change.followed", "price_change.chunk_done", "price_change.all_done")

_HAS_IT: Final = """
    FROM usage_subscription_item i
    JOIN usage_price x ON x.provider_id = i.provider_id AND x.id = i.price_id
   WHERE i.provider_id = %(provider)s AND x.plan_version_id = %(version)s AND x.code = %(code)s
     AND x.currency = %(currency)s AND x.tenant_id = 0 AND NOT isempty(i.valid)
     AND (upper_inf(i.valid) OR upper(i.valid) > %(valid_from)s)
"""
_COUNT: Final = f"SELECT count(DISTINCT i.tenant_id) {_HAS_IT}"
_AFTER: Final = f"""
    SELECT DISTINCT i.tenant_id {_HAS_IT} AND i.tenant_id > %(behind)s ORDER BY 1 LIMIT {_AHEAD}
"""
_CONTRACTS: Final = f"""
    SELECT DISTINCT i.tenant_id, i.subscription_id {_HAS_IT} AND i.tenant_id = ANY(%(tenants)s) ORDER BY 1, 2
"""


def check_price_change(
    *,
    provider_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    model: str | None = None,
    is_continuing: bool | None = None,
) -> int:
    """Refuse what `order_price_change` would refuse, and change nothing.

    Args:
        provider_id: whose; its scope is open.
        price_id: any price of the component.
        figures: as of the order.
        valid_from: as of the order.
        now: as of the order.
        model: as of the order.
        is_continuing: as of the order.

    Returns:
        The id of the price that holds at that hour.

    Raises:
        As `order_price_change`.
    """
    old, _new = _prepared(
        provider_id, price_id, figures, valid_from, now, model=model, is_continuing=is_continuing
    )
    return int(old.pk)


@transaction.atomic
def order_price_change(
    *,
    provider_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    key: str,
    asked_by: int,
    now: datetime,
    model: str | None = None,
    is_continuing: bool | None = None,
) -> int:
    """Let another price of a component hold from an hour on, past or future, until the next dated one.

    Args:
        provider_id: whose; its scope is open.
        price_id: any public price of the component, of a version on sale.
        figures: the new figures, in major units.
        valid_from: a full UTC hour; in the past, the difference is posted by the hourly run after a client follows.
        key: of the form that asks.
        asked_by: the user who asks.
        now: the moment of the change.
        model: the new pricing model; None keeps it.
        is_continuing: its tiers go on counting within a period; None keeps what the price before says.

    Returns:
        The order's id.

    Raises:
        UnknownCatalogueError: no such price, or none of the component holds at that hour.
        VersionNotActiveError: its version is not on sale.
        InvalidPriceError: the figures make no price.
        NotFullHourError: `valid_from` lies inside an hour.
        PriceCountsAnewError: a change within a period would charge something twice.
        PriceChangeUnderWayError: clients do not all follow the last change of the component yet.

    Idempotency: by key.
    """
    # Of two orders at once the second sees the first; no contract is made from the old prices meanwhile.
    hold_ingest_lock(provider_id)
    asked = PriceChange.objects.filter(provider_id=provider_id, key=key).first()
    if asked is not None:
        return int(asked.pk)
    old, new = _prepared(
        provider_id, price_id, figures, valid_from, now, model=model, is_continuing=is_continuing
    )
    put_price(old, new, now=now)
    change = PriceChange.objects.create(
        provider_id=provider_id,
        version_id=old.plan_version_id,
        code=old.code,
        currency=old.currency,
        old_price_id=old.pk,
        price_id=new.pk,
        valid_from=valid_from,
        key=key,
        asked_by_id=asked_by,
        asked_at=now,
        # A fee is looked up when it falls due: there is nothing to follow.
        finished_at=now if old.kind != PriceKind.USAGE else None,
    )
    return int(change.pk)


def work_off_price_changes(*, provider_id: int, now: datetime) -> dict[str, int]:
    """Let the clients of every open order of a provider follow it. Not to be called inside a transaction.

    Args:
        provider_id: whose; each chunk opens its scope itself.
        now: the moment of the run.

    Returns:
        How many clients followed.

    Raises:
        JobIsRunningError: another run is at it.

    Idempotency: by state; who follows already is left as it is.
    """
    with job_run(job=JOB, provider_id=provider_id) as run:
        with provider_scope(provider_id):
            orders = PriceChange.objects.filter(provider_id=provider_id, finished_at__isnull=True)
            changes = list(orders.order_by("pk"))
        for change in changes:
            _work_off(change, run, now)
    return dict(run.counts)


def follow_chunk(*, change: PriceChange, tenant_ids: Sequence[int], now: datetime) -> None:
    """Bring some clients in line with a change, each with all its contracts that have the component.

    Args:
        change: the order; its provider's scope is open.
        tenant_ids: ascending, at most a chunk of them.
        now: the moment of the run.

    Idempotency: by state.
    """
    hold_ingest_lock(change.provider_id)
    params = {**_params(change), "tenants": list(tenant_ids)}
    for _tenant, subscription_id in fetch_all(_CONTRACTS, params):
        resegment(provider_id=change.provider_id, subscription_id=subscription_id, now=now)
    marker("price_change.followed")
    PriceChange.objects.filter(
        provider_id=change.provider_id, pk=change.pk, behind_id__lt=tenant_ids[-1]
    ).update(behind_id=tenant_ids[-1], done=F("done") + len(tenant_ids))


def _work_off(change: PriceChange, run: Run, now: datetime) -> None:
    provider_id = change.provider_id
    row = PriceChange.objects.filter(provider_id=provider_id, pk=change.pk)
    if change.clients is None:
        with provider_scope(provider_id):
            row.update(clients=fetch_all(_COUNT, _params(change))[0][0])
    for tenant_ids in _chunks(change):
        with provider_scope(provider_id):
            follow_chunk(change=change, tenant_ids=tenant_ids, now=now)
        marker("price_change.chunk_done")
        run.counts["clients"] += len(tenant_ids)
        run.renew()
    marker("price_change.all_done")
    with provider_scope(provider_id):
        if row.filter(finished_at__isnull=True).update(finished_at=now):
            announce_end(change, now=now)


def _chunks(change: PriceChange) -> Iterator[list[int]]:
    behind = change.behind_id
    while True:
        with provider_scope(change.provider_id):
            rows = fetch_all(_AFTER, {**_params(change), "behind": behind})
        found = [int(tenant_id) for (tenant_id,) in rows]
        for at in range(0, len(found), CHUNK):
            yield found[at : at + CHUNK]
        if len(found) < _AHEAD:
            return
        behind = found[-1]


def _params(change: PriceChange) -> dict[str, Any]:
    return {
        "provider": change.provider_id,
        "version": change.version_id,
        "code": change.code,
        "currency": change.currency,
        "valid_from": change.valid_from,
    }


def _prepared(
    provider_id: int,
    price_id: int,
    figures: Mapping[str, Any],
    valid_from: datetime,
    now: datetime,
    *,
    model: str | None,
    is_continuing: bool | None,
) -> tuple[Price, Price]:
    """Return the price that holds at an hour and the one that would follow it."""
    public = Price.objects.filter(provider_id=provider_id, tenant_id=0, activated_at__isnull=False)
    named = public.filter(pk=price_id).first()
    if named is None:
        raise UnknownCatalogueError(message=_("There is no such price."))
    version = PlanVersion.objects.get(provider_id=provider_id, pk=named.plan_version_id)
    if version.state != VersionState.ACTIVE:
        raise VersionNotActiveError
    old = public.filter(
        Q(valid_from__isnull=True) | Q(valid_from__lte=valid_from),
        Q(valid_to__isnull=True) | Q(valid_to__gt=valid_from),
        plan_version_id=named.plan_version_id,
        code=named.code,
        currency=named.currency,
    ).first()
    if old is None:
        raise UnknownCatalogueError(message=_("This price does not hold at that time."))
    new = next_price(
        old,
        figures=figures,
        valid_from=valid_from,
        now=now,
        model=model,
        is_continuing=is_continuing,
    )
    if _counts_anew(old) or _counts_anew(new):
        raise PriceCountsAnewError
    orders = PriceChange.objects.filter(provider_id=provider_id, finished_at__isnull=True)
    line = {"version_id": old.plan_version_id, "code": old.code, "currency": old.currency}
    if orders.filter(**line).exists():
        raise PriceChangeUnderWayError
    return old, new


def _counts_anew(price: Price) -> bool:
    """Tell whether two prices of one period would both charge in full: what does not add up, or an uncut minimum."""
    if price.meter_id is None:
        return False
    if price.has_minimum and not price.is_allowance_prorated:
        return True
    return not Meter.objects.filter(pk=price.meter_id, aggregation__in=ADDITIVE).exists()
