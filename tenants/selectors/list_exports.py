"""Files of long lists that people asked for. Read by their pages and by the sweep."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

from tenants.enums import ExportFailure, ExportState
from tenants.errors import ExportNotFoundError
from tenants.models import ListExport
from tenants.models.list_export import OPEN

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class ExportView:
    """One export.

    Attributes:
        number: the row's id.
        path, query: the list's address.
        stored_name: empty while there is no file, or no more.
        rows: written so far.
        expires_at: when the file is removed.
    """

    number: int
    path: str
    query: str
    name: str
    asked_at: datetime
    state: ExportState
    failure: str
    stored_name: str
    size: int
    rows: int
    finished_at: datetime | None
    expires_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits or is being written."""
        return self.state in OPEN

    @property
    def failure_words(self) -> str:
        """Why there is no file, in words; empty where nothing failed."""
        return str(ExportFailure(self.failure).label) if self.failure else ""

    def is_kept(self, now: datetime) -> bool:
        """Return whether the file can be had."""
        return bool(self.stored_name) and self.expires_at is not None and now < self.expires_at


def exports_of(
    provider_id: int, tenant_id: int, user_id: int, *, limit: int = 50
) -> list[ExportView]:
    """Return what one person asked for in a portal, newest first.

    Args:
        provider_id: whose; the person's scope is open.
        tenant_id: in whose portal; 0 for the provider's own.
        user_id: who asked.
        limit: how many at most.
    """
    rows = ListExport.objects.filter(provider_id=provider_id, tenant_id=tenant_id, user_id=user_id)
    return [_view(row) for row in rows.order_by("-pk")[:limit]]


def kept_export(
    provider_id: int, tenant_id: int, user_id: int, export_id: int, *, now: datetime
) -> ExportView:
    """Return an export of a person whose file can be had.

    Args:
        provider_id: whose; the person's scope is open.
        tenant_id: in whose portal; 0 for the provider's own.
        user_id: who asked.
        export_id: its number.
        now: the present moment.

    Raises:
        ExportNotFoundError: the person has no such export here, or its file is not written or not kept any more.
    """
    rows = ListExport.objects.filter(provider_id=provider_id, tenant_id=tenant_id, user_id=user_id)
    row = rows.filter(pk=export_id).first()
    if row is None or not _view(row).is_kept(now):
        raise ExportNotFoundError
    return _view(row)


def open_exports(now: datetime) -> list[tuple[int, int]]:
    """Return provider and number of every export that no worker holds, oldest first; the system's scope is open.

    Args:
        now: the present moment.
    """
    rows = ListExport.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lte=now), state__in=OPEN
    )
    return list(rows.order_by("pk").values_list("provider_id", "pk"))


def _view(row: ListExport) -> ExportView:
    return ExportView(
        number=row.pk,
        path=row.path,
        query=row.query,
        name=row.name,
        asked_at=row.asked_at,
        state=ExportState(row.state),
        failure=row.failure,
        stored_name=row.stored_name,
        size=row.size,
        rows=row.rows,
        finished_at=row.finished_at,
        expires_at=row.expires_at,
    )
