"""Make, change and close tenants. Their status by suspension is written in `suspension`."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.currencies import exponent
from billing_platform.kernel.events import dispatcher
from billing_platform.kernel.locks import hold_name, lock_rows
from tenants.enums import TenantStatus
from tenants.errors import InvalidNameError, TenantClosedError, TenantExistsError
from tenants.events import TenantCreated, TenantStatusChanged
from tenants.models import Tenant
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id, tenant_ids_by_external_id
from tenants.services.providers import check_name, check_time_zone
from tenants.services.suspension import SUSPENDING, follow_provider
from tenants.types import TenantSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tenants.types import ProviderView, TenantView


@transaction.atomic
def create_tenant(
    *,
    provider_id: int,
    external_id: str,
    name: str,
    now: datetime,
    currency: str | None = None,
    time_zone: str | None = None,
    category: str = "organisation",
    billing_plan: str = "PREPAID",
    contract_type: str = "PAYG",
    anchor_day: int = 1,
    credit_limit_minor: int = 0,
    trial_ends_at: datetime | None = None,
    language: str = "en",
    public_id: str | None = None,
) -> TenantView:
    """Create a tenant.

    Args:
        provider_id: whose; its scope is open.
        external_id: the provider's own name for it, 1 to 200 characters.
        name: what people read.
        now: the moment of creation.
        currency: ISO 4217; the provider's without one.
        time_zone: an IANA name; the provider's without one.
        category: a TenantCategory.
        billing_plan: a BillingPlan.
        contract_type: a ContractType.
        anchor_day: the day of the month on which its billing months begin, 1 to 31.
        credit_limit_minor: how far below 0 its wallet may fall, minor units, not below 0.
        trial_ends_at: until when nothing is charged; None for no trial.
        language: of its mails and documents.
        public_id: what URLs show, when it was chosen beforehand.

    Returns:
        The new tenant.

    Raises:
        TenantExistsError: the provider has a tenant of this external id.
        InvalidNameError: the external id or the name cannot be used.
        UnknownCurrencyError, UnknownTimeZoneError: as they say.

    Idempotency: none by itself; the external id is unique. `ensure_tenants` is the form that may be repeated.
    """
    spec = TenantSpec(
        external_id=external_id,
        name=name,
        currency=currency,
        time_zone=time_zone,
        category=category,
        billing_plan=billing_plan,
        contract_type=contract_type,
        anchor_day=anchor_day,
        credit_limit_minor=credit_limit_minor,
        trial_ends_at=trial_ends_at,
        language=language,
        public_id=public_id,
    )
    ids, new = _insert(provider_id, [spec], now)
    if not new:
        raise TenantExistsError
    return tenant_by_id(provider_id, ids[spec.external_id])


@transaction.atomic
def ensure_tenants(
    *, provider_id: int, specs: Sequence[TenantSpec], now: datetime
) -> dict[str, int]:
    """Create those tenants that do not exist yet, set-based.

    Args:
        provider_id: whose; its scope is open.
        specs: what each should be; an existing tenant is not changed.
        now: the moment of creation.

    Returns:
        The id of every tenant named, by external id.

    Raises:
        InvalidNameError, UnknownCurrencyError, UnknownTimeZoneError: one of the specs cannot be used; none is created.

    Idempotency: by external id.
    """
    ids, _ = _insert(provider_id, specs, now)
    return ids


def _insert(
    provider_id: int, specs: Sequence[TenantSpec], now: datetime
) -> tuple[dict[str, int], set[str]]:
    # Either the provider's suspension sees these tenants, or they see the suspension.
    hold_name(SUSPENDING, provider_id)
    provider = provider_view(provider_id)
    columns = [_columns(provider, spec, now) for spec in specs]
    wanted = [spec.external_id for spec in specs]
    before = tenant_ids_by_external_id(provider_id, wanted)
    rows = [Tenant(**values) for values in columns if values["external_id"] not in before]
    Tenant.objects.bulk_create(rows, ignore_conflicts=True, batch_size=1000)
    # Who lost a race against the same external id finds the other's row, with another public id.
    ours = {row.external_id: row.public_id for row in rows}
    stored = Tenant.objects.filter(provider_id=provider_id, external_id__in=wanted)
    ids: dict[str, int] = {}
    new: set[str] = set()
    for external_id, public_id, tenant_id in stored.values_list("external_id", "public_id", "pk"):
        ids[external_id] = tenant_id
        if ours.get(external_id) == public_id:
            new.add(external_id)
            dispatcher.send(TenantCreated(provider_id=provider_id, tenant_id=tenant_id))
    if provider.suspended_at:
        made = sorted(ids[external_id] for external_id in new)
        follow_provider(provider_id=provider_id, tenant_ids=made, suspended=True, now=now)
    return ids, new


def _columns(provider: ProviderView, spec: TenantSpec, now: datetime) -> dict[str, Any]:
    if not 1 <= spec.anchor_day <= 31:
        raise InvalidNameError("invalid_anchor_day", _("A billing day lies between 1 and 31."))
    if not spec.external_id or len(spec.external_id) > 200 or "\x00" in spec.external_id:
        raise InvalidNameError(message=_("An external id has 1 to 200 characters."))
    currency = spec.currency or provider.currency
    exponent(currency)
    in_trial = spec.trial_ends_at is not None and spec.trial_ends_at > now
    given = asdict(spec)
    if given["public_id"] is None:
        del given["public_id"]
    return {
        **given,
        "provider_id": provider.id,
        "name": check_name(spec.name),
        "currency": currency,
        "time_zone": check_time_zone(spec.time_zone or provider.time_zone),
        "status": TenantStatus.TRIAL if in_trial else TenantStatus.ACTIVE,
        "created_at": now,
    }


@transaction.atomic
def update_tenant(
    *, provider_id: int, tenant_id: int, name: str | None = None, time_zone: str | None = None
) -> None:
    """Change what people may change on a tenant; what is None stays.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the row's number.
        name: what people read.
        time_zone: an IANA name; holds from the next billing period.

    Raises:
        TenantNotFoundError: the provider has no such tenant.
        InvalidNameError, UnknownTimeZoneError: as they say.
    """
    tenant_by_id(provider_id, tenant_id)
    changes: dict[str, str] = {}
    if name is not None:
        changes["name"] = check_name(name)
    if time_zone is not None:
        changes["time_zone"] = check_time_zone(time_zone)
    if changes:
        Tenant.objects.filter(provider_id=provider_id, pk=tenant_id).update(**changes)


@transaction.atomic
def end_trials(*, provider_id: int, tenant_ids: Iterable[int], now: datetime) -> int:
    """Turn tenants in trial whose trial is over into active ones, set-based.

    Args:
        provider_id: whose; its scope, or the system's, is open.
        tenant_ids: candidates; those still in trial are left alone.
        now: the moment of the run.

    Returns:
        How many changed.

    Idempotency: by state.
    """
    rows = Tenant.objects.filter(provider_id=provider_id, pk__in=list(tenant_ids))
    return rows.filter(status=TenantStatus.TRIAL, trial_ends_at__lte=now).update(
        status=TenantStatus.ACTIVE
    )


@transaction.atomic
def close_tenant(*, provider_id: int, tenant_id: int, now: datetime) -> None:
    """Close a tenant for good; its ledger stays.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the row's number.
        now: the moment of closing.

    Raises:
        NotFoundError: the provider has no such tenant.
        TenantClosedError: it is closed already.
    """
    (tenant,) = lock_rows(Tenant.objects.filter(provider_id=provider_id), [tenant_id])
    if tenant.status == TenantStatus.CLOSED:
        raise TenantClosedError
    epoch = tenant.epoch + 1
    Tenant.objects.filter(provider_id=provider_id, pk=tenant_id).update(
        status=TenantStatus.CLOSED, closed_at=now, epoch=epoch
    )
    dispatcher.send(
        TenantStatusChanged(
            provider_id=provider_id, tenant_id=tenant_id, status=TenantStatus.CLOSED, epoch=epoch
        )
    )
