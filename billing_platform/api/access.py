"""Who may call the API, and how often: keys as bearer tokens, a bucket of calls per key and process."""

from __future__ import annotations

from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, Final, cast

from ninja.security import HttpBearer

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from tenants.errors import KeyRefusedError
from tenants.services.api_keys import authenticate, require_scope

if TYPE_CHECKING:
    from collections.abc import Hashable

    from django.http import HttpRequest

    from tenants.types import ApiKeyIdentity

CALLS_PER_S: Final = 100
CALLS_AT_ONCE: Final = 300
# Guesses at keys: per address, far below what makes a 256-bit key findable, enough for a mistyped one.
REFUSALS_PER_S: Final = 1
REFUSALS_AT_ONCE: Final = 60
_CALLERS_MAX: Final = 10_000


class TooManyCallsError(DomainError):
    """The caller is faster than it may be."""

    code = "too_many_calls"
    message = "Too many calls; send usage in batches of up to 1,000 events."
    http_status = 429
    retry_after_s = 1


class Buckets:
    """Token buckets by caller, kept in this process: with several processes the limit holds for each of them."""

    def __init__(self, *, per_s: int, at_once: int) -> None:
        self._per_s = per_s
        self._at_once = at_once
        self._levels: dict[Hashable, tuple[int, int]] = {}
        self._lock = Lock()

    def take(self, caller: Hashable, *, at_us: int) -> bool:
        """Return whether the caller may go on, and count the call.

        Args:
            caller: a key's id or an address.
            at_us: the present moment of a clock that never goes back, in microseconds.
        """
        with self._lock:
            if len(self._levels) > _CALLERS_MAX:
                self._levels.clear()
            full = self._at_once * 1_000_000
            level, since = self._levels.get(caller, (full, at_us))
            level = min(full, level + (at_us - since) * self._per_s)
            allowed = level >= 1_000_000
            self._levels[caller] = (level - 1_000_000 if allowed else level, at_us)
            return allowed

    def forget(self) -> None:
        """Let every caller begin anew."""
        with self._lock:
            self._levels.clear()


CALLS: Final = Buckets(per_s=CALLS_PER_S, at_once=CALLS_AT_ONCE)
REFUSALS: Final = Buckets(per_s=REFUSALS_PER_S, at_once=REFUSALS_AT_ONCE)


class ApiKeyAuth(HttpBearer):
    """`Authorization: Bearer <key>`."""

    openapi_name = "ApiKey"

    def authenticate(self, request: HttpRequest, token: str) -> ApiKeyIdentity:
        """Return whose key this is.

        Raises:
            KeyRefusedError: missing, unknown, revoked or expired.
            TooManyCallsError: too many calls with this key, or too many refused ones from this address.
        """
        at_us = round(monotonic() * 1_000_000)
        try:
            identity = authenticate(token, now=now())
        except KeyRefusedError:
            if not REFUSALS.take(request.META.get("REMOTE_ADDR", ""), at_us=at_us):
                raise TooManyCallsError(retry_after_s=60) from None
            raise
        if not CALLS.take(identity.key_id, at_us=at_us):
            raise TooManyCallsError
        return identity


def identity_of(request: HttpRequest, scope: str) -> ApiKeyIdentity:
    """Return who calls, once authenticated.

    Args:
        request: the call.
        scope: what the key must be allowed to do, one of `tenants.enums.KeyScope`.

    Raises:
        MissingKeyScopeError: the key lacks the scope.
    """
    identity = cast("ApiKeyIdentity", request.auth)  # type: ignore[attr-defined]  # set by ninja
    require_scope(identity, scope)
    return identity
