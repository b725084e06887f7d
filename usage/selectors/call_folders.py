"""Which providers have folders of calls to read. Called by the task that reads them."""

from __future__ import annotations

from usage.models import CallFolder


def providers_with_call_folders() -> list[int]:
    """Return the providers whose folders are watched; the system's scope is open."""
    folders = CallFolder.objects.filter(is_active=True)
    return list(folders.values_list("provider_id", flat=True).distinct().order_by("provider_id"))
