"""Switch auto-pay: it stands on a default method, and goes off with the last one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from payments.enums import MethodState
from payments.errors import NoDefaultMethod
from payments.models import AutoPay, Method, Payer
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


def set_auto_pay(*, provider_id: int, tenant_id: int, is_on: bool, now: datetime) -> None:
    """Switch a tenant's auto-pay.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose choice.
        is_on: the default method is charged without being asked each time.
        now: the present moment.

    Raises:
        NoDefaultMethod: there is no default method to charge.

    Idempotency: a choice that is made again changes nothing.
    """
    with own_transaction(provider_id):
        lock_methods(provider_id, tenant_id)
        own = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
        if is_on and not own.filter(is_default=True, state=MethodState.ACTIVE).exists():
            raise NoDefaultMethod
        put_auto_pay(provider_id, tenant_id, is_on=is_on, now=now)


def put_auto_pay(provider_id: int, tenant_id: int, *, is_on: bool, now: datetime) -> None:
    """Write a tenant's choice down; the methods are locked in an open transaction.

    Args:
        provider_id: whose.
        tenant_id: whose choice.
        is_on: the choice.
        now: the present moment.
    """
    keys = {"provider_id": provider_id, "tenant_id": tenant_id}
    if AutoPay.objects.filter(**keys).exists():
        rows = AutoPay.objects.filter(**keys).exclude(is_on=is_on)
        rows.update(is_on=is_on, changed_at=now)
    elif is_on:
        AutoPay.objects.create(**keys, is_on=True, changed_at=now)


def lock_methods(provider_id: int, tenant_id: int) -> None:
    """Hold all methods of a tenant until the end of the transaction: its payers are their lock.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: whose methods.
    """
    rows = Payer.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    list(rows.order_by("pk").select_for_update())
