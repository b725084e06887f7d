"""Remove uploaded files and what is noted of their rows when they are old; counts stay. Called by a nightly task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import execute
from billing_platform.kernel.scope import provider_scope
from tenants.registry import INGESTION_UPLOAD_DAYS
from tenants.selectors.settings import get_setting
from usage.models import UsageUpload
from usage.models.upload import OPEN
from usage.services.uploads import upload_storage

if TYPE_CHECKING:
    from datetime import datetime

BATCH: Final = 10_000
# A file that is being stored at this moment has no row yet.
_STORING: Final = timedelta(days=1)
_FORGET_ROWS: Final = """
DELETE FROM usage_upload_row WHERE ctid = ANY (ARRAY(
    SELECT r.ctid FROM usage_upload_row r
     WHERE r.provider_id = %(provider)s AND r.upload_id = ANY (%(uploads)s) LIMIT %(batch)s))
"""


@dataclass(frozen=True)
class ErasedUploads:
    """How many uploads lost their file and their rows, and how many files that no upload names were removed."""

    uploads: int
    strays: int


def erase_uploads(*, provider_id: int, now: datetime) -> ErasedUploads:
    """Remove the files of uploads that ended longer ago than the provider keeps them, and their error rows.

    Args:
        provider_id: whose; each step opens its scope itself.
        now: the moment of the run; the provider's setting `ingestion.upload_days` counts back from it.

    Returns:
        What was removed. A file that a younger upload reads as well stays until that one is old enough.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        days = get_setting(provider_id, INGESTION_UPLOAD_DAYS)
        mine = UsageUpload.objects.filter(provider_id=provider_id).exclude(stored_name="")
        before = now - timedelta(days=days)
        young = mine.filter(finished_at__gte=before) | mine.filter(state__in=OPEN)
        kept = set(young.values_list("stored_name", flat=True))
        old = dict(mine.filter(finished_at__lt=before).values_list("pk", "stored_name"))
    for name in set(old.values()) - kept:
        upload_storage().delete(
            name
        )  # before the row forgets its name, else it would stay for ever
    _forget(provider_id, [number for number, name in old.items() if name not in kept])
    return ErasedUploads(
        sum(name not in kept for name in old.values()), _remove_strays(provider_id, now)
    )


def _forget(provider_id: int, uploads: list[int]) -> None:
    params = {"provider": provider_id, "uploads": uploads, "batch": BATCH}
    erased = BATCH
    while uploads and erased == BATCH:
        with provider_scope(provider_id):
            erased = execute(_FORGET_ROWS, params)
    with provider_scope(provider_id):
        UsageUpload.objects.filter(provider_id=provider_id, pk__in=uploads).update(stored_name="")


def _remove_strays(provider_id: int, now: datetime) -> int:
    """Remove files whose upload was never noted, since the process ended in between."""
    storage, folder = upload_storage(), str(provider_id)
    try:
        found = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    except FileNotFoundError:
        return 0
    with provider_scope(provider_id):
        mine = UsageUpload.objects.filter(provider_id=provider_id, stored_name__in=found)
        strays = found - set(mine.values_list("stored_name", flat=True))
    removed = 0
    for name in strays:
        if storage.get_modified_time(name) < now - _STORING:
            storage.delete(name)
            removed += 1
    return removed
