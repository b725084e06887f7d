"""Stop a meter from counting, and let it count again. Called by the page of meters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from usage.enums import VersionState
from usage.errors import MeterInUseError, UnknownCatalogueError
from usage.models import Meter, PlanVersion, Price, Subscription

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def archive_meter(*, provider_id: int, meter_id: int, now: datetime) -> None:
    """Stop a meter from counting events; what it counted stays.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.
        now: the moment it stops.

    Raises:
        UnknownCatalogueError: no such meter.
        MeterInUseError: a version on sale or a subscription that has not ended charges it.

    Idempotency: by state; an archived meter keeps its first moment.
    """
    meter = _lock(provider_id, meter_id)
    versions = Price.objects.filter(provider_id=provider_id, meter_id=meter_id)
    ids = set(versions.values_list("plan_version_id", flat=True))
    on_sale = PlanVersion.objects.filter(
        provider_id=provider_id, pk__in=ids, state=VersionState.ACTIVE
    )
    running = Subscription.objects.filter(
        Q(ends_at__isnull=True) | Q(ends_at__gt=now),
        provider_id=provider_id,
        plan_version_id__in=ids,
    )
    if on_sale.exists() or running.exists():
        raise MeterInUseError
    if meter.archived_at is None:
        Meter.objects.filter(provider_id=provider_id, pk=meter_id).update(archived_at=now)


@transaction.atomic
def restore_meter(*, provider_id: int, meter_id: int) -> None:
    """Let an archived meter count events again, from now on.

    Args:
        provider_id: whose; its scope is open.
        meter_id: the meter.

    Raises:
        UnknownCatalogueError: no such meter.

    Idempotency: by state.
    """
    _lock(provider_id, meter_id)
    Meter.objects.filter(provider_id=provider_id, pk=meter_id).update(archived_at=None)


def _lock(provider_id: int, meter_id: int) -> Meter:
    meters = Meter.objects.select_for_update().filter(provider_id=provider_id, pk=meter_id)
    meter = meters.first()
    if meter is None:
        raise UnknownCatalogueError(message=_("There is no such meter."))
    return meter
