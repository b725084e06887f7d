"""The address and the secret of a connection's webhooks: registered by API where possible, else entered by hand."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _

from billing_platform.kernel.errors import DomainError
from payments.errors import InvalidCredentials
from payments.errors_gateways import GatewayDown, GatewayRefused
from payments.errors_secrets import SecretChanged
from payments.models import Credential
from payments.services.asking import asking_at
from payments.services.connections import connection_row
from payments.services.credential_seals import keep_secret
from payments.services.gateways import load_gateway
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

# Of a gateway that cannot be called now: Stripe signs with both secrets for as long after a roll.
_OVERLAP: Final = timedelta(hours=24)
SECRET_LENGTH: Final = (8, 256)
SECRET_BYTES: Final = 32


def set_up_webhook(*, provider_id: int, public_id: str, url: str, now: datetime) -> None:
    """Register our address at the gateway and keep the secret that it gives; an address of before is taken back.

    The secret before it counts for a while, as long as the gateway says, so that nothing on its way is refused.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the connection.
        url: our address, whole.
        now: the present moment.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        GatewayRefused: the gateway has no API for it, or the key lacks a scope; the message names it.
        GatewayDown: it does not answer. An address that was registered all the same carries a secret that nobody has.

    Idempotency: each call registers anew and takes the one before back.
    """
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
        gateway = load_gateway(provider_id=provider_id, connection_id=row.pk)
        before = Credential.objects.get(provider_id=provider_id, connection_id=row.pk).webhook_id
    try:
        with asking_at(provider_id, row.pk, now):
            made = gateway.create_webhook(url)
    except GatewayRefused as error:
        raise GatewayRefused(error.code, error.sentence) from error
    # A gateway that signs without a shared secret is verified by the id of the address.
    secret = made.secret or made.webhook_id
    fields = {"webhook_id": made.webhook_id, "webhook_url": url}
    _keep(provider_id, row.pk, secret, now, fields)
    if before and before != made.webhook_id:
        try:
            with asking_at(provider_id, row.pk, now):
                gateway.delete_webhook(before)
        except (GatewayRefused, GatewayDown) as error:
            raise GatewayRefused(
                message=_("The new address works; the one before could not be taken back.")
            ) from error


def save_secret(*, provider_id: int, public_id: str, secret: str, now: datetime) -> None:
    """Keep a webhook secret that somebody copied from the gateway's dashboard; the one before counts for a while.

    How long its gateway says. What was typed within that time gives way to it at once: it was mistyped, and the one
    before it goes on to count. A secret that was made here never gives way so.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the connection.
        secret: 8 to 256 visible characters.
        now: the present moment.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        InvalidCredentials: it cannot be a secret.
        NoSealingKey: the installation cannot keep secrets.

    Idempotency: the last one counts.
    """
    secret = secret.strip()
    least, most = SECRET_LENGTH
    if not (least <= len(secret) <= most and secret.isascii() and secret.isprintable()):
        raise InvalidCredentials(message=_("This does not look like a webhook secret."))
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
    _keep(provider_id, row.pk, secret, now, {}, by_hand=True)


def make_secret(*, provider_id: int, public_id: str, seen: str, now: datetime) -> str:
    """Make a webhook secret that nobody can guess, to be entered in the gateway's dashboard; it is told once.

    Args:
        provider_id: whose; no transaction is open.
        public_id: of the connection.
        seen: the mark of the secret that it is to replace, as `ConnectionView.secret_mark` had it.
        now: the present moment.

    Returns:
        The secret, 43 letters of 32 random bytes.

    Raises:
        ConnectionNotFound: the provider has no such connection.
        GatewayRefused: the gateway makes the secret itself, when the address is registered.
        SecretChanged: the secret is another one by now; nothing is made.
        UnknownGateway, WrongMode, NoSealingKey, InvalidCredentials: the gateway cannot be called.

    Idempotency: by `seen`: the same call again makes nothing. The one before counts as long as its gateway says,
    whenever it was made.
    """
    with own_transaction(provider_id):
        row = connection_row(provider_id, public_id)
        gateway = load_gateway(provider_id=provider_id, connection_id=row.pk)
    if gateway.capabilities.sets_up_webhooks:
        words = _("This gateway makes the secret itself. Set its webhooks up instead.")
        raise GatewayRefused(message=words)
    made = secrets.token_urlsafe(SECRET_BYTES)
    _keep(provider_id, row.pk, made, now, {}, seen=seen)
    return made


def _keep(
    provider_id: int,
    connection_id: int,
    secret: str,
    now: datetime,
    fields: dict[str, Any],
    *,
    by_hand: bool = False,
    seen: str | None = None,
) -> None:
    with own_transaction(provider_id):
        rows = Credential.objects.select_for_update().filter(provider_id=provider_id)
        row = rows.get(connection_id=connection_id)
        if seen is not None and seen != row.secret_mark:
            raise SecretChanged
        overlaps = row.previous_until is not None and row.previous_until > now
        # One that was made may stand in the gateway's dashboard since a moment ago: it is never a mistyped one.
        is_mistyped = by_hand and overlaps and not row.is_secret_made
        until = None if is_mistyped else now + _overlap(provider_id, connection_id)
        keep_secret(row, secret, until, now=now, is_made=seen is not None, **fields)


def _overlap(provider_id: int, connection_id: int) -> timedelta:
    """Return how long a secret that is replaced still counts, as its gateway says."""
    try:
        gateway = load_gateway(provider_id=provider_id, connection_id=connection_id)
    except DomainError:
        return _OVERLAP
    return gateway.capabilities.secret_overlap
