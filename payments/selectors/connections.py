"""Connections: those that customers may pay with, and all of them for the provider's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from billing_platform.kernel.rows import fetch_one
from payments.enums import ConnectionState
from payments.errors import ConnectionNotFound
from payments.models import Connection, Credential
from payments.types import ConnectionView

if TYPE_CHECKING:
    from django.db.models import QuerySet


def offered_connections(provider_id: int) -> list[ConnectionView]:
    """Return the ways to pay, in the provider's order, without a word of their secrets.

    Args:
        provider_id: whose; its scope, or a tenant's, is open.
    """
    return [_view(row, None) for row in _rows(provider_id).filter(state=ConnectionState.OK)]


def list_connections(provider_id: int) -> list[ConnectionView]:
    """Return all connections in order, with what may be shown of their secrets.

    Args:
        provider_id: whose; its scope is open.
    """
    secrets = {row.connection_id: row for row in Credential.objects.filter(provider_id=provider_id)}
    return [_view(row, secrets.get(row.pk)) for row in _rows(provider_id)]


def broken_connections(provider_id: int) -> list[ConnectionView]:
    """Return the connections whose key the gateway refuses, in the provider's order.

    Args:
        provider_id: whose; its scope is open.
    """
    return [_view(row, None) for row in _rows(provider_id).filter(state=ConnectionState.BROKEN)]


def connection_by_public_id(provider_id: int, public_id: str) -> ConnectionView:
    """Return a connection with what may be shown of its secrets.

    Args:
        provider_id: whose; its scope is open.
        public_id: which.

    Raises:
        ConnectionNotFound: the provider has no such connection.
    """
    found = [row for row in list_connections(provider_id) if row.public_id == public_id]
    if not found:
        raise ConnectionNotFound
    return found[0]


def connection_of_webhook(gateway: str, token: str) -> tuple[int, int]:
    """Return the provider and the connection that a webhook's address names; needs no scope.

    Args:
        gateway: the gateway's code in the address.
        token: the opaque part of it.

    Raises:
        ConnectionNotFound: there is none, or of another gateway.
    """
    row = fetch_one("SELECT provider_id, connection_id, gateway FROM lookup_webhook(%s)", [token])
    if row is None or row[2] != gateway:
        raise ConnectionNotFound
    return int(row[0]), int(row[1])


def _rows(provider_id: int) -> QuerySet[Connection]:
    return Connection.objects.filter(provider_id=provider_id).order_by("position", "pk")


def _view(row: Connection, secret: Credential | None) -> ConnectionView:
    return ConnectionView(
        id=row.pk,
        public_id=row.public_id,
        gateway=row.gateway,
        label=row.label,
        position=row.position,
        is_live=row.is_live,
        account_id=row.account_id,
        state=row.state,
        state_at=row.state_at,
        state_note=row.state_note,
        hints=secret.hints if secret else {},
        webhook_token=secret.webhook_token if secret else "",
        webhook_id=secret.webhook_id if secret else "",
        webhook_url=secret.webhook_url if secret else "",
        secret_hint=secret.secret_hint if secret else "",
        secret_mark=secret.secret_mark if secret else "",
        previous_until=secret.previous_until if secret else None,
    )
