"""Folders of calls: whose are read, and how far. Called by the task that reads them, and by pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Max

from usage.models import CallFile, CallFolder

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class FolderProgress:
    """How many folders of a provider are watched, and when something was read last; None before."""

    folders: int
    read_at: datetime | None


def providers_with_call_folders() -> list[int]:
    """Return the providers whose folders are watched; the system's scope is open."""
    folders = CallFolder.objects.filter(is_active=True)
    return list(folders.values_list("provider_id", flat=True).distinct().order_by("provider_id"))


def folder_progress(provider_id: int) -> FolderProgress:
    """Return how a provider's folders are read.

    Args:
        provider_id: whose; its scope is open.
    """
    folders = CallFolder.objects.filter(provider_id=provider_id, is_active=True).count()
    files = CallFile.objects.filter(provider_id=provider_id)
    return FolderProgress(folders, files.aggregate(last=Max("read_at"))["last"])
