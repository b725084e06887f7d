"""One request, one effect: the Idempotency-Key of the API. Called by API handlers around the service they call.

The answer is stored in the transaction that did the work, and a lock of that transaction tells that the work still
runs. So a killed process leaves nothing behind: neither half an effect nor a key that is taken for ever. Work that
calls the world outside keeps its own intent under its own key; this module is for work inside the database.

Source: draft-ietf-httpapi-idempotency-key-header.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.http import HttpResponse

from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.kernel_rows import NO_TENANT, kernel_rows_of
from billing_platform.kernel.locks import try_lock_name
from billing_platform.kernel.rows import execute, fetch_one
from billing_platform.kernel.scope import system_scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

_KEY: Final = re.compile(r"[\x21-\x7e]{1,255}")


class InvalidKeyError(DomainError):
    """The key has no usable shape."""

    code = "idempotency_key_invalid"
    message = "An Idempotency-Key is 1 to 255 visible ASCII characters."
    http_status = 400


class KeyReusedError(DomainError):
    """The key was used for another request."""

    code = "idempotency_key_reused"
    message = "This Idempotency-Key belongs to a request with other content."
    http_status = 422


class StillRunningError(DomainError):
    """The first request with this key has not been answered yet."""

    code = "request_still_running"
    message = "The first request with this Idempotency-Key is still being worked on."
    http_status = 409
    retry_after_s = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestKey:
    """What makes two requests the same: who asks, the key, and a digest of what is asked."""

    provider_id: int
    key: str
    request_hash: str
    tenant_id: int = NO_TENANT

    def lock_number(self) -> int:
        """Return the number of the lock under which the request is worked on, a signed 64-bit integer."""
        name = f"idempotency/{self.provider_id}/{self.tenant_id}/{self.key}"
        return int.from_bytes(sha256(name.encode()).digest()[:8], signed=True)


def request_hash(request: HttpRequest) -> str:
    """Return the digest of a request's method, path with query, and body.

    Args:
        request: a request whose body can still be read.
    """
    head = f"{request.method} {request.get_full_path()}\n".encode()
    return sha256(head + request.body).hexdigest()


def answer_once(
    request: HttpRequest,
    *,
    provider_id: int,
    now: datetime,
    respond: Callable[[], HttpResponse],
    tenant_id: int = NO_TENANT,
) -> HttpResponse:
    """Answer a request, and answer its repetitions with the same words without doing the work again.

    Only answers below 400 are kept, so that a client may mend a refused request under the same key.

    Args:
        request: without an `Idempotency-Key` it is simply answered.
        provider_id: who asks; the key is unique per provider and tenant.
        now: the present moment.
        respond: does the work and returns a short answer in UTF-8; database work only.
        tenant_id: the tenant who asks, 0 when the provider does.

    Returns:
        The answer; a repeated one carries the header `Idempotent-Replayed: true`.

    Raises:
        InvalidKeyError: the key has no usable shape.
        KeyReusedError: the key belongs to another request.
        StillRunningError: the first request with this key is being worked on.

    Idempotency:
        By key per provider and tenant, until `forget_answers` drops it.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return respond()
    if not _KEY.fullmatch(key):
        raise InvalidKeyError
    request_key = RequestKey(
        provider_id=provider_id, tenant_id=tenant_id, key=key, request_hash=request_hash(request)
    )
    with transaction.atomic():
        if not try_lock_name(request_key.lock_number()):
            raise StillRunningError
        answer = _find(request_key)
        if answer is None:
            answer = respond()
            if answer.status_code < 400:
                _store(request_key, answer, now)
    return answer


def forget_answers(*, before: datetime) -> int:
    """Drop answers given long ago. Runs as worker.

    Args:
        before: answers given before this moment; at least thirty days back.

    Returns:
        How many were dropped.
    """
    with system_scope():
        return execute("DELETE FROM kernel_idempotency WHERE created_at < %s", [before])


def _find(request_key: RequestKey) -> HttpResponse | None:
    with kernel_rows_of(request_key.provider_id):
        row = fetch_one(
            "SELECT request_hash, status, content_type, body FROM kernel_idempotency"
            " WHERE provider_id = %s AND tenant_id = %s AND key = %s",
            [request_key.provider_id, request_key.tenant_id, request_key.key],
        )
    if row is None:
        return None
    stored_hash, status, content_type, body = row
    if stored_hash != request_key.request_hash:
        raise KeyReusedError
    return HttpResponse(
        body, status=status, content_type=content_type, headers={"Idempotent-Replayed": "true"}
    )


def _store(request_key: RequestKey, answer: HttpResponse, now: datetime) -> None:
    with kernel_rows_of(request_key.provider_id):
        execute(
            "INSERT INTO kernel_idempotency"
            " (provider_id, tenant_id, key, request_hash, status, content_type, body, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [
                request_key.provider_id,
                request_key.tenant_id,
                request_key.key,
                request_key.request_hash,
                answer.status_code,
                answer.headers["Content-Type"],
                answer.content.decode(),
                now,
            ],
        )
