"""Make, check and revoke the keys with which a provider's systems call the API."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, Final

from django.db import transaction

from billing_platform.kernel.locks import lock_rows
from billing_platform.kernel.rows import fetch_one
from billing_platform.kernel.scope import provider_scope
from tenants.enums import KeyScope
from tenants.errors import (
    KeyExistsError,
    KeyRefusedError,
    MissingKeyScopeError,
    TooManyKeysError,
    UnknownKeyScopeError,
)
from tenants.models import ApiKey, Provider
from tenants.services.providers import check_name
from tenants.types import ApiKeyIdentity, NewApiKey

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_START: Final = "bk_"
_LENGTH: Final = len(_START) + 43
_SLOTS: Final = (1, 2)


@transaction.atomic
def create_api_key(
    *,
    provider_id: int,
    now: datetime,
    name: str = "default",
    scopes: Sequence[str] = tuple(KeyScope.values),
    expires_at: datetime | None = None,
    rotate: bool = False,
) -> NewApiKey:
    """Make a key; its text is in the answer and nowhere else.

    Args:
        provider_id: whose; its scope is open.
        now: the moment of creation.
        name: what it is for; two keys of one name may live at once.
        scopes: what it may do, of KeyScope.
        expires_at: when it ends by itself; None for never.
        rotate: allow a second key beside a living one, for the change-over.

    Raises:
        KeyExistsError: a key of this name lives and no rotation was asked for.
        TooManyKeysError: two keys of this name live already.
        UnknownKeyScopeError: one of the scopes does not exist.
        InvalidNameError: the name cannot be used.

    Idempotency: none; without `rotate` a second call with the same name is refused.
    """
    if not scopes or not set(scopes) <= set(KeyScope.values):
        raise UnknownKeyScopeError
    clean = check_name(name, most=64)
    # The provider's row is the queue of those who count its keys.
    lock_rows(Provider.objects.all(), [provider_id])
    slot = _free_slot(provider_id, clean, now=now, rotate=rotate)
    raw = _START + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        provider_id=provider_id,
        name=clean,
        slot=slot,
        prefix=raw[:11],
        digest=_digest(raw),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    return NewApiKey(row.pk, clean, row.prefix, tuple(row.scopes), expires_at, raw)


def _free_slot(provider_id: int, name: str, *, now: datetime, rotate: bool) -> int:
    keys = ApiKey.objects.filter(provider_id=provider_id, name=name, revoked_at__isnull=True)
    keys.filter(expires_at__lte=now).update(revoked_at=now)
    taken = set(keys.values_list("slot", flat=True))
    if taken and not rotate:
        raise KeyExistsError
    free = [slot for slot in _SLOTS if slot not in taken]
    if not free:
        raise TooManyKeysError
    return free[0]


def revoke_api_key(*, provider_id: int, key_id: int, now: datetime) -> bool:
    """End a key at once.

    Args:
        provider_id: whose; its scope is open.
        key_id: the key's row.
        now: the moment it ends.

    Returns:
        Whether the key lived until now.

    Idempotency: by state.
    """
    living = ApiKey.objects.filter(provider_id=provider_id, pk=key_id, revoked_at__isnull=True)
    return bool(living.update(revoked_at=now))


def authenticate(raw: str, *, now: datetime) -> ApiKeyIdentity:
    """Return whose key this is; needs no scope.

    Args:
        raw: the key as it was sent.
        now: the moment of the call.

    Raises:
        KeyRefusedError: missing, unknown, revoked or expired.
    """
    if len(raw) != _LENGTH or not raw.startswith(_START):
        raise KeyRefusedError
    row = fetch_one(
        "SELECT provider_id, key_id, scopes, is_marked FROM lookup_api_key(%s, %s)",
        [_digest(raw), now],
    )
    if row is None:
        raise KeyRefusedError
    provider_id, key_id, scopes, is_marked = row
    if not is_marked:
        with provider_scope(provider_id):
            ApiKey.objects.filter(provider_id=provider_id, pk=key_id).update(last_used_at=now)
    return ApiKeyIdentity(provider_id, key_id, frozenset(scopes))


def require_scope(identity: ApiKeyIdentity, scope: str) -> None:
    """Refuse a key that may not do something.

    Args:
        identity: who calls.
        scope: one of KeyScope.

    Raises:
        MissingKeyScopeError: the key lacks the scope.
    """
    if scope not in identity.scopes:
        raise MissingKeyScopeError(message=f"This API key lacks the scope {scope}.")


def _digest(raw: str) -> bytes:
    return hashlib.sha256(raw.encode("utf-8", "surrogatepass")).digest()
