"""A tenant's saved methods, and the pages on which they are saved."""

from __future__ import annotations

from payments.enums import MethodState, SetupState
from payments.errors import MethodNotFound
from payments.models import Connection, Method, MethodSetup
from payments.types import MethodView, SetupView


def methods_of(provider_id: int, tenant_id: int) -> list[MethodView]:
    """Return a tenant's methods, the default one first, without deleted ones.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose methods.
    """
    rows = Method.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    kept = rows.exclude(state=MethodState.DELETED).order_by("-is_default", "pk")
    ways = Connection.objects.filter(provider_id=provider_id)
    named = {way.pk: way for way in ways}
    return [_view(row, named[row.connection_id]) for row in kept]


def has_methods(provider_id: int, tenant_id: int) -> bool:
    """Return whether a tenant has a method, or a page that may have saved one.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose methods.
    """
    own = {"provider_id": provider_id, "tenant_id": tenant_id}
    kept = Method.objects.filter(**own).exclude(state=MethodState.DELETED)
    return kept.exists() or MethodSetup.objects.filter(**own, state=SetupState.OPEN).exists()


def method_by_public_id(provider_id: int, tenant_id: int, public_id: str) -> MethodView:
    """Return one of a tenant's methods.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose method.
        public_id: which.

    Raises:
        MethodNotFound: the tenant has no such method, or deleted it.
    """
    for view in methods_of(provider_id, tenant_id):
        if view.public_id == public_id:
            return view
    raise MethodNotFound


def setup_by_public_id(provider_id: int, tenant_id: int, public_id: str) -> SetupView:
    """Return a page on which a tenant saves a method.

    Args:
        provider_id: whose; its scope, or the tenant's, is open.
        tenant_id: whose page.
        public_id: which.

    Raises:
        MethodNotFound: the tenant has no such page.
    """
    row = MethodSetup.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, public_id=public_id
    ).first()
    if row is None:
        raise MethodNotFound
    return SetupView(
        id=row.pk,
        public_id=row.public_id,
        state=row.state,
        checkout_url=row.checkout_url,
        failure_code=row.failure_code,
    )


def _view(row: Method, connection: Connection) -> MethodView:
    has_end = row.expires_year is not None and row.expires_month is not None
    return MethodView(
        public_id=row.public_id,
        connection=connection.label,
        way=connection.public_id,
        kind=row.kind,
        brand=row.brand,
        last4=row.last4,
        expires=(row.expires_year or 0, row.expires_month or 0) if has_end else None,
        holder=row.holder,
        bank_name=row.bank_name,
        payer=row.payer,
        number=row.number,
        is_default=row.is_default,
        is_frozen=row.frozen_at is not None,
        state=row.state,
        created_at=row.created_at,
    )
