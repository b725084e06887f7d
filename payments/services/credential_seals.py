"""The secrets of a connection as they are kept: all of a row under one key, the newest. Called by who changes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from payments.errors import NoSealingKey
from payments.models import Connection, Credential
from payments.services.encryption import is_newest, reseal, seal, unseal
from payments.services.transactions import own_transaction

if TYPE_CHECKING:
    from datetime import datetime

_SECRETS: Final = ("secret_sealed", "previous_sealed")


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


def keep_credentials(row: Credential, plain: str, *, now: datetime, **more: Any) -> None:
    """Seal other credentials, and the secrets of the webhooks with them; a secret that no key opens is let go.

    Args:
        row: locked in an open transaction.
        plain: the credentials.
        now: the present moment; a secret whose time is over is let go as well.
        more: further columns.

    Raises:
        NoSealingKey: the environment names no key.
    """
    sealed = seal(plain)
    row.sealed = sealed.text
    _reseal_readable(row, now)
    _save(row, sealed.key_id, {"updated_at": now, **more})


def keep_secret(
    row: Credential,
    plain: str,
    until: datetime | None,
    *,
    now: datetime,
    is_made: bool = False,
    **more: Any,
) -> None:
    """Seal another secret of the webhooks, and all else with it; the one before counts until a time.

    Args:
        row: locked in an open transaction.
        plain: the secret.
        until: the end of the overlap, None to let go of the one before and keep the overlap that there is.
        now: the present moment; a secret whose time is over, or that no key opens, is let go.
        is_made: it was made here; who types it in stays with that.
        more: further columns.

    Raises:
        NoSealingKey: the environment names no key, or none that opens the credentials.
    """
    row.sealed = reseal(row.sealed).text
    _reseal_readable(row, now)
    before = unseal(row.secret_sealed) if row.secret_sealed else ""
    if until is not None and before not in ("", plain):
        row.previous_sealed, row.previous_until = row.secret_sealed, until
    row.is_secret_made = is_made or (row.is_secret_made and before == plain)
    sealed = seal(plain)
    row.secret_sealed, row.secret_hint = sealed.text, plain[-4:]
    _save(row, sealed.key_id, {"updated_at": now, **more})


def reseal_credentials(*, provider_id: int, now: datetime) -> Resealing:
    """Seal everything that an older key has sealed with the newest one.

    Args:
        provider_id: whose; no transaction is open.
        now: the present moment; a secret whose time is over is let go.

    Raises:
        NoSealingKey: the environment names no key.

    Idempotency: what the newest key has sealed is left as it is.
    """
    done, kept, lost = 0, 0, []
    with own_transaction(provider_id):
        rows = Credential.objects.filter(provider_id=provider_id).select_for_update()
        for row in rows.order_by("pk"):
            if _is_over(row, now):
                _let_go(row, "previous_sealed")
                row.save()
            try:
                if all(map(is_newest, _texts(row))):
                    kept += 1
                    continue
                for name in _SECRETS:
                    _reseal(row, name)
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


def _reseal_readable(row: Credential, now: datetime) -> None:
    """Seal the secrets anew, each for itself: what nobody can read any more, or need not, takes no other with it."""
    if _is_over(row, now):
        _let_go(row, "previous_sealed")
    for name in _SECRETS:
        try:
            _reseal(row, name)
        except NoSealingKey:
            _let_go(row, name)


def _is_over(row: Credential, now: datetime) -> bool:
    return row.previous_until is not None and row.previous_until <= now


def _reseal(row: Credential, name: str) -> None:
    if text := getattr(row, name):
        setattr(row, name, reseal(text).text)


def _let_go(row: Credential, name: str) -> None:
    if name == "secret_sealed":
        row.secret_sealed, row.secret_hint = "", ""
    else:
        row.previous_sealed, row.previous_until = "", None


def _save(row: Credential, key_id: str, more: dict[str, Any]) -> None:
    for name, value in more.items():
        setattr(row, name, value)
    row.key_id = key_id
    row.save()
