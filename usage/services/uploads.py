"""Take in uploaded files of usage, have one read again, or stop its reading. Called by the provider's pages."""

from __future__ import annotations

import logging
from hashlib import sha256
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.core.files.storage import storages

from billing_platform.kernel.scope import provider_scope
from usage.enums import UploadFormat, UploadState
from usage.errors import (
    AlreadyUploadedError,
    UnknownUploadError,
    UploadNotReadableError,
    UploadNotStoredError,
)
from usage.models import UsageUpload
from usage.models.upload import OPEN

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files import File
    from django.core.files.storage import Storage

log = logging.getLogger(__name__)

STORAGE: Final = "uploads"
_NAME_MAX: Final = 255
# Whose reading counted what there was to count.
_COUNTED: Final = (*OPEN, UploadState.DONE)


def upload_storage() -> Storage:
    """Return where uploaded files are kept; they have no address."""
    return storages[STORAGE]


def receive_upload(
    *,
    provider_id: int,
    user_id: int,
    file: File[bytes],
    upload_format: UploadFormat,
    columns: str = "",
    source: str = "",
    now: datetime,
) -> int:
    """Store a file that is to be read, and note that it waits.

    Args:
        provider_id: whose; no scope is open, for storing a large file takes long.
        user_id: who sent it.
        file: its name is shown, never used.
        upload_format: what it is written in.
        columns: the order of columns of call records, as `read_columns` takes it; empty for their own.
        source: the code of the PBX's event source, for call records.
        now: the moment of receipt.

    Returns:
        The upload's number.

    Raises:
        AlreadyUploadedError: the same content waits, is being read, or was read to its end and is still stored.
        UploadNotStoredError: it could not be stored; nothing of it is kept.

    Idempotency: by the content; of two at the same time one is taken.
    """
    digest = _digest(file)
    with provider_scope(provider_id):
        attempt = _next_attempt(provider_id, digest)
    storage = upload_storage()
    try:
        stored = storage.save(f"{provider_id}/{uuid4().hex}", file)
    except OSError as error:
        log.exception("A file of %s bytes could not be stored.", file.size)
        raise UploadNotStoredError from error
    is_ours = False
    try:
        with provider_scope(provider_id):
            upload, is_ours = UsageUpload.objects.get_or_create(
                provider_id=provider_id,
                digest=digest,
                attempt=attempt,
                defaults={
                    "name": _shown(file.name or ""),
                    "size": file.size,
                    "stored_name": stored,
                    "format": upload_format,
                    "columns": columns,
                    "source": source,
                    "uploaded_by_id": user_id,
                    "created_at": now,
                },
            )
    finally:
        if not is_ours:
            storage.delete(stored)
    if not is_ours:
        raise AlreadyUploadedError(upload.pk)
    return upload.pk


def read_again(*, provider_id: int, upload_id: int, user_id: int, now: datetime) -> int:
    """Have a stored file read once more, as an upload of its own; what was counted is a duplicate then.

    Args:
        provider_id: whose; its scope is open.
        upload_id: an upload that has ended.
        user_id: who asks for it.
        now: the present moment.

    Returns:
        The number of the newer upload.

    Raises:
        UnknownUploadError: the provider has no such upload.
        UploadNotReadableError: it has not ended, or its file is not stored any more.

    Idempotency: by the content and the attempt; two clicks make one upload.
    """
    former = _locked(provider_id, upload_id)
    if former.state in OPEN or not former.stored_name:
        raise UploadNotReadableError
    upload, _ = UsageUpload.objects.get_or_create(
        provider_id=provider_id,
        digest=former.digest,
        attempt=former.attempt + 1,
        defaults={
            "name": former.name,
            "size": former.size,
            "stored_name": former.stored_name,
            "format": former.format,
            "columns": former.columns,
            "source": former.source,
            "uploaded_by_id": user_id,
            "created_at": now,
        },
    )
    return upload.pk


def cancel_upload(*, provider_id: int, upload_id: int, now: datetime) -> bool:
    """Stop the reading of an upload behind the rows that were counted; these stay counted.

    Args:
        provider_id: whose; its scope is open.
        upload_id: its number.
        now: the present moment.

    Returns:
        Whether it was stopped; False when it had ended already.

    Raises:
        UnknownUploadError: the provider has no such upload.

    Idempotency: by state.
    """
    upload = _locked(provider_id, upload_id)
    if upload.state not in OPEN:
        return False
    upload.state = UploadState.CANCELLED
    upload.finished_at = now
    upload.save(update_fields=["state", "finished_at"])
    return True


def _locked(provider_id: int, upload_id: int) -> UsageUpload:
    rows = UsageUpload.objects.select_for_update()
    upload = rows.filter(provider_id=provider_id, pk=upload_id).first()
    if upload is None:
        raise UnknownUploadError
    return upload


def _next_attempt(provider_id: int, digest: str) -> int:
    same = UsageUpload.objects.filter(provider_id=provider_id, digest=digest)
    newest = same.order_by("-attempt").first()
    if newest is None:
        return 1
    if newest.state in _COUNTED and newest.stored_name:
        raise AlreadyUploadedError(newest.pk)
    return newest.attempt + 1


def _digest(file: File[bytes]) -> str:
    digest = sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _shown(name: str) -> str:
    """Return a file's name as it may stand on a page."""
    printable = "".join(sign if sign.isprintable() else "\ufffd" for sign in name)
    return printable[-_NAME_MAX:]
