"""Change what is agreed with a tenant: who it is, how it pays and how far it may go below zero."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.utils.translation import gettext as _

from billing_platform.kernel.locks import lock_rows
from tenants.enums import BillingPlan, ContractType, TenantCategory, TenantStatus
from tenants.errors import InvalidNameError, TenantClosedError, TenantExistsError
from tenants.models import Tenant
from tenants.services.providers import check_name, check_time_zone


@dataclass(frozen=True, kw_only=True)
class TenantTerms:
    """All of what people may change on a tenant; its currency never changes.

    Attributes:
        external_id: the provider's own name for it, by which usage finds it.
        time_zone: an IANA name; holds from the next billing period.
        billing_plan: of BillingPlan; what is charged follows from the next billing period.
        credit_limit_minor: how far below 0 its wallet may fall, minor units of its currency, not below 0.
    """

    name: str
    external_id: str
    category: str
    time_zone: str
    billing_plan: str
    contract_type: str
    credit_limit_minor: int


@transaction.atomic
def change_terms(*, provider_id: int, tenant_id: int, terms: TenantTerms) -> None:
    """Give a tenant other terms. The ledger's copy of the limit is changed by `usage.services.clients`.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the row's number.
        terms: all of them, changed or not.

    Raises:
        NotFoundError: the provider has no such tenant.
        TenantClosedError: it is closed.
        TenantExistsError: another tenant has this external id.
        InvalidNameError, UnknownTimeZoneError: as they say.

    Idempotency: by state.
    """
    (tenant,) = lock_rows(Tenant.objects.filter(provider_id=provider_id), [tenant_id])
    if tenant.status == TenantStatus.CLOSED:
        raise TenantClosedError
    columns = {
        **asdict(terms),
        "name": check_name(terms.name),
        "time_zone": check_time_zone(terms.time_zone),
        "external_id": _external_id(terms.external_id),
        "category": TenantCategory(terms.category),
        "billing_plan": BillingPlan(terms.billing_plan),
        "contract_type": ContractType(terms.contract_type),
    }
    others = Tenant.objects.filter(provider_id=provider_id, external_id=terms.external_id)
    if others.exclude(pk=tenant_id).exists():
        raise TenantExistsError
    Tenant.objects.filter(provider_id=provider_id, pk=tenant_id).update(**columns)


def _external_id(text: str) -> str:
    if not text or len(text) > 200 or "\x00" in text:
        raise InvalidNameError(message=_("An external id has 1 to 200 characters."))
    return text
