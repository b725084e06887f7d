"""The secrets of a connection as they are kept: all of a row under one key, the newest. Called by who changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from payments.errors import NoSealingKey
from payments.models import Connection, Credential
from payments.services.encryption import is_newest, reseal, seal, unseal
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Resealing:
    """What became of a provider's secrets.

    Attributes:
        done: how many connections had secrets under an older key.
        kept: how many had none.
        lost: public ids of the connections whose secrets no key opens.
    """

    done: int
    kept: int
    lost: tuple[str, ...]


def keep_credentials(row: Credential, plain: str, **more: Any) -> None:
    """Seal other credentials, and the secrets of the webhooks with them; a secret that no key opens is let go.

    Args:
        row: locked in an open transaction.
        plain: the credentials.
        more: further columns.

    Raises:
        NoSealingKey: the environment names no key.
    """
    sealed = seal(plain)
    row.sealed = sealed.text
    try:
        _reseal_secrets(row)
    except NoSealingKey:
        # Nobody can read it any more; with it the connection could not be used at all.
        row.secret_sealed, row.secret_hint = "", ""
        row.previous_sealed, row.previous_until = "", None
    _save(row, sealed.key_id, more)


def keep_secret(row: Credential, plain: str, until: datetime | None, **more: Any) -> None:
    """Seal another secret of the webhooks, and all else with it; the one before counts until a time.

    Args:
        row: locked in an open transaction.
        plain: the secret.
        until: the end of the overlap, None to let go of the one before and keep the overlap that there is.
        more: further columns.

    Raises:
        NoSealingKey: the environment names no key, or none that opens what is there.
    """
    _reseal_secrets(row)
    row.sealed = reseal(row.sealed).text
    is_other = bool(row.secret_sealed) and unseal(row.secret_sealed) != plain
    if until is not None and is_other:
        row.previous_sealed, row.previous_until = row.secret_sealed, until
    sealed = seal(plain)
    row.secret_sealed, row.secret_hint = sealed.text, plain[-4:]
    _save(row, sealed.key_id, more)


def reseal_credentials(*, provider_id: int) -> Resealing:
    """Seal everything that an older key has sealed with the newest one.

    Args:
        provider_id: whose; no transaction is open.

    Raises:
        NoSealingKey: the environment names no key.

    Idempotency: what the newest key has sealed is left as it is.
    """
    done, kept, lost = 0, 0, []
    with own_transaction(provider_id):
        rows = Credential.objects.filter(provider_id=provider_id).select_for_update()
        for row in rows.order_by("pk"):
            try:
                if all(map(is_newest, _texts(row))):
                    kept += 1
                    continue
                _reseal_secrets(row)
                sealed = reseal(row.sealed)
            except NoSealingKey:
                connections = Connection.objects.filter(provider_id=provider_id)
                lost.append(connections.get(pk=row.connection_id).public_id)
                continue
            row.sealed = sealed.text
            _save(row, sealed.key_id, {})
            done += 1
    return Resealing(done, kept, tuple(lost))


def _texts(row: Credential) -> list[str]:
    return [text for text in (row.sealed, row.secret_sealed, row.previous_sealed) if text]


def _reseal_secrets(row: Credential) -> None:
    for name in ("secret_sealed", "previous_sealed"):
        if text := getattr(row, name):
            setattr(row, name, reseal(text).text)


def _save(row: Credential, key_id: str, more: dict[str, Any]) -> None:
    for name, value in more.items():
        setattr(row, name, value)
    row.key_id = key_id
    row.save()
