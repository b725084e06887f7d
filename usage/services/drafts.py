"""Work on a version that is not on sale yet: copy another one's prices, change and remove prices, drop it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from usage.enums import VersionState
from usage.errors import UnknownCatalogueError, VersionNotDraftError
from usage.models import Plan, PlanVersion, Price
from usage.services.plans import draft_version, lock_version
from usage.services.prices import add_price

if TYPE_CHECKING:
    from datetime import datetime

    from usage.services.prices import PriceDraft


@transaction.atomic
def copy_version(*, provider_id: int, version_id: int, now: datetime) -> int:
    """Begin a new version of a plan with the prices that another of its versions has in the end.

    Args:
        provider_id: whose; its scope is open.
        version_id: the version to copy, in any state.
        now: when the draft is made.

    Returns:
        The new draft's id.

    Raises:
        UnknownCatalogueError: no such version.

    Idempotency: none; each call begins a version.
    """
    version = lock_version(provider_id, version_id)
    draft_id = draft_version(provider_id=provider_id, plan_id=version.plan_id, now=now)
    lasting = Price.objects.filter(
        provider_id=provider_id, plan_version_id=version_id, tenant_id=0, valid_to__isnull=True
    )
    copies = list(lasting.order_by("pk"))
    for copy in copies:
        copy.pk = None
        copy.plan_version_id = draft_id
        copy.valid_from, copy.activated_at, copy.created_at = None, None, now
    Price.objects.bulk_create(copies)
    return draft_id


@transaction.atomic
def replace_price(*, provider_id: int, price_id: int, draft: PriceDraft, now: datetime) -> int:
    """Put another price in the place of one of a draft version.

    Args:
        provider_id: whose; its scope is open.
        price_id: a price of a draft version.
        draft: what the price says instead.
        now: the moment of the change.

    Returns:
        The new price's id.

    Raises:
        UnknownCatalogueError: no such price or meter.
        VersionNotDraftError: its version is on sale or retired.
        InvalidPriceError: the figures make no price; the old one stays.

    Idempotency: none; a repeated call finds the old price gone and is refused.
    """
    version_id = _remove(provider_id, price_id)
    return add_price(provider_id=provider_id, version_id=version_id, draft=draft, now=now)


@transaction.atomic
def remove_price(*, provider_id: int, price_id: int) -> None:
    """Take a price out of a draft version.

    Args:
        provider_id: whose; its scope is open.
        price_id: a price of a draft version.

    Raises:
        UnknownCatalogueError: no such price.
        VersionNotDraftError: its version is on sale or retired.

    Idempotency: a second call finds no such price and is refused.
    """
    _remove(provider_id, price_id)


@transaction.atomic
def drop_draft(*, provider_id: int, version_id: int) -> None:
    """Drop a draft with its prices; nobody can have subscribed to it.

    Args:
        provider_id: whose; its scope is open.
        version_id: a draft.

    Raises:
        UnknownCatalogueError: no such version.
        VersionNotDraftError: it is on sale or retired.

    Idempotency: a second call finds no such version and is refused.
    """
    _lock_draft(provider_id, version_id)
    Price.objects.filter(provider_id=provider_id, plan_version_id=version_id).delete()
    PlanVersion.objects.filter(provider_id=provider_id, pk=version_id).delete()


@transaction.atomic
def archive_plan(*, provider_id: int, plan_id: int, now: datetime | None) -> None:
    """Take a plan off sale, or bring it back; who has it keeps it.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        now: the moment it is archived; None brings it back.

    Raises:
        UnknownCatalogueError: no such plan.

    Idempotency: by state; an archived plan keeps its first moment.
    """
    plans = Plan.objects.filter(provider_id=provider_id, pk=plan_id)
    if not plans.exists():
        raise UnknownCatalogueError(message=_("There is no such plan."))
    if now is None:
        plans.update(archived_at=None)
    else:
        plans.filter(archived_at__isnull=True).update(archived_at=now)


def _remove(provider_id: int, price_id: int) -> int:
    prices = Price.objects.filter(provider_id=provider_id, tenant_id=0, pk=price_id)
    price = prices.first()
    if price is None:
        raise UnknownCatalogueError(message=_("There is no such price."))
    _lock_draft(provider_id, price.plan_version_id)
    if not prices.delete()[0]:
        raise UnknownCatalogueError(message=_("There is no such price."))
    return int(price.plan_version_id)


def _lock_draft(provider_id: int, version_id: int) -> None:
    if lock_version(provider_id, version_id).state != VersionState.DRAFT:
        raise VersionNotDraftError
