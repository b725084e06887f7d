"""Make plans and their versions, and put a version on sale. Called by importers, the catalogue's pages and the demo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from usage.enums import VersionState
from usage.errors import (
    CodeTakenError,
    InvalidPriceError,
    UnknownCatalogueError,
    VersionNotDraftError,
)
from usage.models import Meter, Plan, PlanVersion, Price
from usage.services.compiling import compile_rows

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def create_plan(*, provider_id: int, code: str, name: str, now: datetime) -> int:
    """Make a plan; what it sells stands in its versions.

    Args:
        provider_id: whose; its scope is open.
        code: its stable name, unique per provider.
        name: what people read.
        now: when it is made.

    Returns:
        The plan's id.

    Raises:
        CodeTakenError: a plan of this code has another name.

    Idempotency: by code.
    """
    row = Plan(provider_id=provider_id, code=code, name=name, created_at=now)
    Plan.objects.bulk_create([row], ignore_conflicts=True)
    plan = Plan.objects.get(provider_id=provider_id, code=code)
    if plan.name != name:
        raise CodeTakenError(
            message=_("The plan %(code)s exists under another name.") % {"code": code}
        )
    return plan.pk


@transaction.atomic
def draft_version(*, provider_id: int, plan_id: int, now: datetime) -> int:
    """Begin a new version of a plan, to which prices are added until it is activated.

    Args:
        provider_id: whose; its scope is open.
        plan_id: the plan.
        now: when it is made.

    Returns:
        The version's id.

    Raises:
        UnknownCatalogueError: no such plan.

    Idempotency: none; each call begins a version.
    """
    plan = Plan.objects.select_for_update().filter(provider_id=provider_id, pk=plan_id).first()
    if plan is None:
        raise UnknownCatalogueError(message=_("There is no such plan."))
    versions = PlanVersion.objects.filter(provider_id=provider_id, plan_id=plan_id)
    last = versions.aggregate(last=Max("number"))["last"] or 0
    return PlanVersion.objects.create(
        provider_id=provider_id, plan=plan, number=last + 1, created_at=now
    ).pk


@transaction.atomic
def activate_version(*, provider_id: int, version_id: int, now: datetime) -> None:
    """Put a version on sale: its prices are compiled, and from now on it never changes.

    Args:
        provider_id: whose; its scope is open.
        version_id: a draft with at least one price.
        now: the moment of activation.

    Raises:
        UnknownCatalogueError: no such version.
        InvalidPriceError: it has no price, or an archived meter.
        VersionNotDraftError: it is retired.

    Idempotency: an active version stays as it is.
    """
    version = lock_version(provider_id, version_id)
    if version.state == VersionState.ACTIVE:
        return
    if version.state != VersionState.DRAFT:
        raise VersionNotDraftError
    prices = list(
        Price.objects.filter(provider_id=provider_id, plan_version_id=version_id).order_by("pk")
    )
    if not prices:
        raise InvalidPriceError(message=_("This version has no price yet."))
    measured = [price.meter_id for price in prices if price.meter_id is not None]
    if Meter.objects.filter(pk__in=measured, archived_at__isnull=False).exists():
        raise InvalidPriceError(
            message=_("A meter of this version is archived; bring it back first.")
        )
    compile_rows(prices, now=now)
    PlanVersion.objects.filter(provider_id=provider_id, pk=version_id).update(
        state=VersionState.ACTIVE, activated_at=now
    )


@transaction.atomic
def retire_version(*, provider_id: int, version_id: int) -> None:
    """Take a version off sale; subscriptions on it go on.

    Args:
        provider_id: whose; its scope is open.
        version_id: an active version.

    Raises:
        UnknownCatalogueError: no such version.
        VersionNotDraftError: it is still a draft.

    Idempotency: by state.
    """
    version = lock_version(provider_id, version_id)
    if version.state == VersionState.DRAFT:
        raise VersionNotDraftError(message=_("A draft was never on sale."))
    if version.state == VersionState.ACTIVE:
        PlanVersion.objects.filter(provider_id=provider_id, pk=version_id).update(
            state=VersionState.RETIRED
        )


def lock_version(provider_id: int, version_id: int) -> PlanVersion:
    """Return a version under its row lock.

    Args:
        provider_id: whose.
        version_id: the version.

    Raises:
        UnknownCatalogueError: no such version.
    """
    versions = PlanVersion.objects.select_for_update().filter(provider_id=provider_id)
    version = versions.filter(pk=version_id).first()
    if version is None:
        raise UnknownCatalogueError(message=_("There is no such plan version."))
    return version
