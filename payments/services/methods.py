"""Saved methods: compared with the gateway's, the default chosen, deleted there and then here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db.models import Q

from payments.enums import AttemptState, MethodState, SetupState
from payments.errors import (
    DefaultMethod,
    MethodFrozen,
    MethodInUse,
    MethodNotActive,
    MethodNotFound,
)
from payments.gateways.values import Topic
from payments.models import Attempt, Method, MethodSetup, Payer
from payments.services.asking import asking, asking_at
from payments.services.auto_pay import lock_methods, put_auto_pay
from payments.services.default_mirror import mirror_default
from payments.services.gateways import load_gateway
from payments.services.method_facts import insert_method, method_facts
from payments.services.method_setup import take_up_setup
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

    from payments.gateways.methods import SavedMethod
    from payments.models import WebhookEvent

_KEPT: Final = (MethodState.ACTIVE, MethodState.GONE)
# Money is on its way, or nobody knows; what waits for its customer, or was decided, needs no method.
_CHARGED: Final = (AttemptState.CREATED, AttemptState.UNKNOWN, AttemptState.PENDING)


def refresh_methods(*, provider_id: int, tenant_id: int, now: datetime) -> None:
    """Compare a tenant's methods with what the gateways keep, and take up pages that nobody came back from.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose methods.
        now: the present moment.

    Raises:
        GatewayRefused, GatewayDown: a gateway cannot be asked; what it keeps stays as it is here.

    Idempotency: the rows follow the gateways' present state.
    """
    with own_transaction(provider_id):
        own = {"provider_id": provider_id, "tenant_id": tenant_id}
        open_setups = MethodSetup.objects.filter(**own, state=SetupState.OPEN)
        setups = list(open_setups.exclude(checkout_id="").values_list("pk", flat=True))
    for setup_id in setups:
        take_up_setup(provider_id=provider_id, setup_id=setup_id, now=now)
    with own_transaction(provider_id):
        rows = Method.objects.filter(**own, state__in=_KEPT)
        payers = Payer.objects.filter(**own).exclude(customer_id="")
        customers = {
            *rows.values_list("connection_id", "customer_id"),
            *payers.values_list("connection_id", "customer_id"),
        }
    for connection_id, customer_id in sorted(customers):
        _refresh_customer(provider_id, connection_id, customer_id, now)


def follow_method(event: WebhookEvent, *, now: datetime) -> bool:
    """Follow an event about a page that saves a method, about a saved method, or about whose methods are.

    Args:
        event: of the gateway; no transaction is open.
        now: the present moment.

    Returns:
        Whether it is about one of ours.

    Raises:
        GatewayRefused, GatewayDown: what the gateway says.

    Idempotency: the rows follow the gateway's present state.
    """
    if not event.object_id:
        return False
    provider_id = event.provider_id
    own = {"provider_id": provider_id, "connection_id": event.connection_id}
    with own_transaction(provider_id):
        setup = MethodSetup.objects.filter(**own, checkout_id=event.object_id).first()
        about = Q(method_id=event.object_id) | Q(customer_id=event.object_id)
        method = Method.objects.filter(about, **own).first()
    if event.topic == Topic.CHECKOUT and setup is not None:
        take_up_setup(provider_id=provider_id, setup_id=setup.pk, now=now)
        return True
    if event.topic == Topic.METHOD and method is not None:
        _refresh_customer(provider_id, event.connection_id, method.customer_id, now)
        return True
    return False


def look_for_method(*, provider_id: int, connection_id: int, method_id: str, now: datetime) -> None:
    """Ask a gateway whether it still keeps a method that it has just refused to charge, and follow what it says.

    Args:
        provider_id: whose; no transaction is open.
        connection_id: of which gateway.
        method_id: the gateway's id of the method; one that is not saved here is not asked about.
        now: the present moment.

    Raises:
        GatewayRefused, GatewayDown: the gateway cannot be asked; the method stays as it is here.

    Idempotency: the rows follow the gateway's present state.
    """
    with own_transaction(provider_id):
        rows = Method.objects.filter(provider_id=provider_id, connection_id=connection_id)
        method = rows.filter(method_id=method_id, state=MethodState.ACTIVE).first()
    if method is not None:
        _refresh_customer(provider_id, connection_id, method.customer_id, now)


def set_default_method(*, provider_id: int, tenant_id: int, public_id: str, now: datetime) -> None:
    """Make a method the one that later charges take, here and then at its gateway.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method.
        public_id: which.
        now: the present moment.

    Raises:
        MethodNotFound: the tenant has no such method.
        MethodNotActive: the gateway does not keep it any more.
        MethodFrozen: a payment by it is disputed.

    Idempotency: a tenant has one default method at most.
    """
    with own_transaction(provider_id):
        lock_methods(provider_id, tenant_id)
        row = _of(provider_id, tenant_id, public_id)
        if row.state == MethodState.DELETED:
            raise MethodNotFound
        if row.state != MethodState.ACTIVE:
            raise MethodNotActive
        if row.frozen_at is not None:
            raise MethodFrozen
        own = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
        own.filter(is_default=True).exclude(pk=row.pk).update(is_default=False)
        own.filter(pk=row.pk).update(is_default=True)
    mirror_default(provider_id=provider_id, tenant_id=tenant_id, now=now)


def delete_method(
    *, provider_id: int, tenant_id: int, public_id: str, drops_default: bool, now: datetime
) -> None:
    """Forget a method at the gateway, then here.

    Args:
        provider_id: whose; no transaction is open.
        tenant_id: whose method.
        public_id: which.
        drops_default: whoever asks was told that it is the default one, and that auto-pay goes off with it.
        now: the present moment.

    Raises:
        MethodNotFound: the tenant has no such method.
        MethodInUse: money by it is on its way, or may be.
        DefaultMethod: it is the default one and nobody was told.
        GatewayRefused, GatewayDown: the gateway did not forget it; it stays here too.

    Idempotency: what is deleted stays so; the gateway takes one that is gone.
    """
    with own_transaction(provider_id):
        row = _of(provider_id, tenant_id, public_id)
        if row.state == MethodState.DELETED:
            return
        if _is_charged(row):
            raise MethodInUse
        if row.is_default and not drops_default:
            raise DefaultMethod
        gateway = load_gateway(provider_id=provider_id, connection_id=row.connection_id)
    with asking(row, now):
        gateway.delete_method(row.customer_id, row.method_id)
    with own_transaction(provider_id):
        lock_methods(provider_id, tenant_id)
        rows = Method.objects.filter(provider_id=provider_id, pk=row.pk)
        # What auto-pay charges is gone; whoever deletes it was told so.
        if rows.filter(is_default=True).exists():
            put_auto_pay(provider_id, tenant_id, is_on=False, now=now)
        rows.update(state=MethodState.DELETED, is_default=False, state_at=now)


def _refresh_customer(
    provider_id: int, connection_id: int, customer_id: str, now: datetime
) -> None:
    with own_transaction(provider_id):
        gateway = load_gateway(provider_id=provider_id, connection_id=connection_id)
        # Only what was known before the gateway is asked can be missing in its answer.
        own = {
            "provider_id": provider_id,
            "connection_id": connection_id,
            "customer_id": customer_id,
        }
        rows = Method.objects.filter(**own, state__in=_KEPT)
        known = dict(rows.values_list("pk", "tenant_id"))
    with asking_at(provider_id, connection_id, now):
        found = {one.method_id: one for one in gateway.list_methods(customer_id)}
    with own_transaction(provider_id):
        payers = Payer.objects.filter(**own).values_list("tenant_id", flat=True)
        for tenant_id in sorted({*known.values(), *payers}):
            lock_methods(provider_id, tenant_id)
        rows = Method.objects.filter(**own, pk__in=list(known), state__in=_KEPT)
        for row in rows.order_by("pk").select_for_update():
            _follow(row, found.get(row.method_id), now)
        payer = Payer.objects.filter(**own).first()
        is_first = False
        if payer is not None:
            # Agreed to elsewhere, as in the gateway's own checkout; one that was deleted here stays so.
            for method in found.values():
                is_first |= insert_method(payer.tenant_id, provider_id, connection_id, method, now)
    if payer is not None and is_first:
        mirror_default(provider_id=provider_id, tenant_id=payer.tenant_id, now=now)


def _follow(row: Method, found: SavedMethod | None, now: datetime) -> None:
    state = MethodState.GONE if found is None else MethodState.ACTIVE
    if row.state != state:
        row.state, row.state_at = state, now
    if found is None:
        row.is_default = False
    else:
        for name, value in method_facts(found).items():
            setattr(row, name, value)
    row.save()


def _is_charged(row: Method) -> bool:
    own = {"provider_id": row.provider_id, "tenant_id": row.tenant_id}
    rows = Attempt.objects.filter(**own, connection_id=row.connection_id, state__in=_CHARGED)
    return rows.filter(method_id=row.method_id).exists()


def _of(provider_id: int, tenant_id: int, public_id: str) -> Method:
    row = Method.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, public_id=public_id
    ).first()
    if row is None:
        raise MethodNotFound
    return row
