"""Which method is charged without asking, and whether its declines forbid it. Called by who charges and by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from payments.enums import CREDITED, ConnectionState, Hindrance, MethodState
from payments.gateways.declines import DeclineClass
from payments.models import Attempt, Breaker, Connection, Method
from payments.selectors.auto_pay import is_auto_pay_on

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Charging:
    """Whether a tenant may be charged without being asked.

    Attributes:
        hindrance: NONE when it may.
        method: what is charged, None where there is none.
        breaker: the declines that still count, None when it is armed.
    """

    hindrance: Hindrance
    method: Method | None = None
    breaker: Breaker | None = None


def charging_of(provider_id: int, tenant_id: int, *, now: datetime) -> Charging:
    """Return whether a tenant may be charged now without being asked, for whatever.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: who would pay.
        now: the present moment.
    """
    if not is_auto_pay_on(provider_id, tenant_id):
        return Charging(Hindrance.AUTO_PAY_OFF)
    method = method_to_charge(provider_id, tenant_id)
    if method is None:
        return Charging(Hindrance.NO_METHOD)
    if not is_connected(method):
        return Charging(Hindrance.GATEWAY, method)
    breaker = standing_breaker(provider_id, tenant_id, method_mark(method))
    if breaker is None:
        return Charging(Hindrance.NONE, method)
    if breaker.paused_at is not None:
        return Charging(Hindrance.PAUSED, method, breaker)
    is_early = breaker.retry_at is not None and breaker.retry_at > now
    return Charging(Hindrance.WAITING if is_early else Hindrance.NONE, method, breaker)


def method_to_charge(provider_id: int, tenant_id: int) -> Method | None:
    """Return a tenant's default method while it may be charged.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose method.
    """
    rows = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    return rows.filter(is_default=True, state=MethodState.ACTIVE, frozen_at__isnull=True).first()


def method_mark(row: Method) -> str:
    """Return what a method is told apart by: another one, or the same with other details, has another mark.

    Args:
        row: the method.
    """
    ends = f"{row.expires_year}-{row.expires_month}" if row.expires_year else ""
    return f"{row.public_id}:{row.last4}:{ends}"


def is_connected(row: Method) -> bool:
    """Return whether the gateway that keeps a method can be called.

    Args:
        row: the method; its provider's scope, or the tenant's, is open.
    """
    ways = Connection.objects.filter(provider_id=row.provider_id, pk=row.connection_id)
    return ways.filter(state=ConnectionState.OK).exists()


def standing_breaker(provider_id: int, tenant_id: int, mark: str) -> Breaker | None:
    """Return the breaker of a tenant while it counts declines of its method; None when it is armed.

    It is armed again by another or changed method, or by a payment that settled after the last decline. What a bank
    will never approve is not tried again because another card has paid.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose breaker.
        mark: of the method that would be charged.
    """
    row = Breaker.objects.filter(provider_id=provider_id, tenant_id=tenant_id).first()
    if row is None or row.declined_at is None or row.method_mark != mark:
        return None
    if row.decline != DeclineClass.NEVER and has_settled_since(row, row.declined_at):
        return None
    return row


def has_settled_since(row: Breaker, at: datetime) -> bool:
    """Return whether the tenant has paid since a moment, by whatever way.

    Args:
        row: of the tenant; its scope, or the provider's, is open.
        at: the moment.
    """
    paid = Attempt.objects.filter(provider_id=row.provider_id, tenant_id=row.tenant_id)
    return paid.filter(state__in=CREDITED, settled_at__gt=at).exists()
