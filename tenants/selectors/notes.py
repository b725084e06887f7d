"""What a provider's people wrote about a tenant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenants.models import Note

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class NoteView:
    """A note with who wrote it."""

    id: int
    author: str
    text: str
    is_pinned: bool
    created_at: datetime


def list_notes(provider_id: int, tenant_id: int, *, limit: int) -> list[NoteView]:
    """Return notes about a tenant, pinned ones first, then the newest.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        limit: how many at most.
    """
    rows = Note.objects.filter(provider_id=provider_id, tenant_id=tenant_id)
    fields = ("pk", "author__email", "text", "is_pinned", "created_at")
    ordered = rows.order_by("-is_pinned", "-pk").values_list(*fields)
    return [NoteView(*row) for row in ordered[:limit]]
