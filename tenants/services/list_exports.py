"""Have lists written to files by workers: ask, claim, count, end, forget. Called by pages and the portals' tasks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from django.core.files.storage import storages

from billing_platform.kernel.locks import hold_name
from billing_platform.kernel.scope import provider_scope, system_scope
from tenants.enums import ExportFailure, ExportState
from tenants.errors import TooManyExportsError
from tenants.models import ListExport
from tenants.models.list_export import OPEN

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.files.storage import Storage

STORAGE: Final = "uploads"
OPEN_MAX: Final = 5
# So many are written at once in the whole installation: whoever may see a list must not stop all other jobs with it.
WRITERS_MAX: Final = 1
# A worker that has counted nothing for so long is taken to be dead; packing a workbook of a million rows takes minutes.
LEASE: Final = timedelta(minutes=10)
# A list that so many workers in a row broke off at is not tried again.
STALLS_MAX: Final = 5
KEPT: Final = timedelta(days=7)
_REMEMBERED: Final = timedelta(days=90)
_CLAIM: Final = "tenants.list_exports"
# A file that is being stored at this moment is named by no row yet.
_STORING: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedList:
    """A list that somebody wants as a file: its address, and how the file is called and mailed about.

    Attributes:
        tenant_id: in whose portal; 0 for the provider's own.
        page_url: where the mail leads to.
    """

    provider_id: int
    tenant_id: int
    user_id: int
    path: str
    query: str
    name: str
    language: str
    page_url: str


class TakenOverError(RuntimeError):
    """Another worker writes the file by now."""


def export_storage() -> Storage:
    """Return where files of lists are kept; they have no address."""
    return storages[STORAGE]


def ask_for_export(asked: AskedList, *, now: datetime) -> int:
    """Note that somebody wants a list as a file.

    Args:
        asked: which list; the person's scope is open.
        now: the present moment.

    Returns:
        The number of the export.

    Raises:
        TooManyExportsError: five files are being written for this person already.

    Idempotency: by the address, while its file is not written; two presses make one export.
    """
    digest = sha256(f"{asked.path}?{asked.query} {asked.language}".encode()).hexdigest()
    owner = {
        "provider_id": asked.provider_id,
        "tenant_id": asked.tenant_id,
        "user_id": asked.user_id,
    }
    mine = ListExport.objects.filter(**owner, state__in=OPEN)
    if mine.exclude(digest=digest).count() >= OPEN_MAX:
        raise TooManyExportsError
    row = ListExport(
        **owner,
        path=asked.path,
        query=asked.query,
        digest=digest,
        name=asked.name,
        language=asked.language,
        page_url=asked.page_url,
        asked_at=now,
    )
    ListExport.objects.bulk_create([row], ignore_conflicts=True)
    return mine.get(digest=digest).pk


def claim_export(*, provider_id: int, export_id: int, now: datetime) -> ListExport | None:
    """Take an export that no worker holds.

    Args:
        provider_id: whose; no scope is open.
        export_id: its number.
        now: the present moment.

    Returns:
        The export with its new fence; None when it has ended, when another worker holds it, when as many as may be are
        being written (then it waits on), or when it broke off too often and ends by that.
    """
    with provider_scope(provider_id):
        # Of two that would each be the last one, the second waits and counts the first.
        hold_name(_CLAIM, 0)
        rows = ListExport.objects.select_for_update()
        row = rows.filter(provider_id=provider_id, pk=export_id, state__in=OPEN).first()
        if row is None or (row.lease_until is not None and row.lease_until > now):
            return None
        if row.stalls >= STALLS_MAX:
            _end(row, ExportState.FAILED, now, ExportFailure.STALLED)
            return None
        if _writers(now) >= WRITERS_MAX:
            return None
        row.state = ExportState.WRITING
        row.fence += 1
        row.stalls += 1
        row.rows = 0  # what the worker before wrote is lost with it
        row.lease_until = now + LEASE
        row.save()
    return row


def count_rows(export: ListExport, count: int, *, now: datetime) -> None:
    """Note that more rows are written, and that the worker is alive.

    Args:
        export: claimed; its person's scope is open.
        count: how many more.
        now: the present moment.

    Raises:
        TakenOverError: another worker holds it by now.
    """
    row = _still_ours(export)
    row.rows += count
    row.lease_until = now + LEASE
    row.save(update_fields=["rows", "lease_until"])


def finish_export(export: ListExport, *, stored_name: str, size: int, now: datetime) -> ListExport:
    """Note where the file is kept.

    Args:
        export: claimed; its person's scope is open.
        stored_name: in the storage.
        size: bytes.
        now: the present moment.

    Raises:
        TakenOverError: another worker holds it by now.
    """
    row = _still_ours(export)
    row.stored_name, row.size = stored_name, size
    row.expires_at = now + KEPT
    _end(row, ExportState.DONE, now)
    return row


def fail_export(export: ListExport, failure: ExportFailure, *, now: datetime) -> None:
    """Note why there is no file.

    Args:
        export: claimed; no scope is open.
        failure: why.
        now: the present moment.

    Raises:
        TakenOverError: another worker holds it by now.
    """
    with provider_scope(export.provider_id):
        _end(_still_ours(export), ExportState.FAILED, now, failure)


def forget_exports(*, provider_id: int, now: datetime) -> int:
    """Remove files that are old enough, files that no export names, and what is known of exports long ago.

    Args:
        provider_id: whose; each step opens its scope itself.
        now: the moment of the run.

    Returns:
        How many files were removed.

    Idempotency: by state.
    """
    with provider_scope(provider_id):
        mine = ListExport.objects.filter(provider_id=provider_id)
        old = list(
            mine.filter(expires_at__lte=now)
            .exclude(stored_name="")
            .values_list("pk", "stored_name")
        )
    for _, name in old:
        export_storage().delete(name)  # before the row forgets its name
    with provider_scope(provider_id):
        mine.filter(pk__in=[number for number, _ in old]).update(stored_name="")
        mine.filter(finished_at__lte=now - _REMEMBERED, stored_name="").delete()
    return len(old) + _remove_strays(provider_id, now)


def export_folder(provider_id: int) -> str:
    """Return the folder of a provider's files in the storage."""
    return f"exports/{provider_id}"


def _remove_strays(provider_id: int, now: datetime) -> int:
    """Remove files whose worker ended before it noted them."""
    storage, folder = export_storage(), export_folder(provider_id)
    try:
        found = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
    except FileNotFoundError:
        return 0
    with provider_scope(provider_id):
        mine = ListExport.objects.filter(provider_id=provider_id, stored_name__in=found)
        strays = found - set(mine.values_list("stored_name", flat=True))
    old = [name for name in strays if storage.get_modified_time(name) < now - _STORING]
    for name in old:
        storage.delete(name)
    return len(old)


def _writers(now: datetime) -> int:
    with system_scope():
        return ListExport.objects.filter(state=ExportState.WRITING, lease_until__gt=now).count()


def _still_ours(export: ListExport) -> ListExport:
    rows = ListExport.objects.select_for_update()
    row = rows.get(provider_id=export.provider_id, pk=export.pk)
    if row.state != ExportState.WRITING or row.fence != export.fence:
        raise TakenOverError
    return row


def _end(
    row: ListExport, state: ExportState, now: datetime, failure: ExportFailure | None = None
) -> None:
    row.state = state
    row.failure = failure.value if failure else ""
    row.finished_at = now
    row.save()
