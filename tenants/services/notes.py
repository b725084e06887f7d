"""Write notes about a tenant and pin them. Called by the provider's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from tenants.errors import InvalidNameError
from tenants.models import Note
from tenants.selectors.tenants import tenant_by_id

if TYPE_CHECKING:
    from datetime import datetime


@transaction.atomic
def add_note(
    *,
    provider_id: int,
    tenant_id: int,
    author_id: int,
    text: str,
    key: str,
    now: datetime,
    is_pinned: bool = False,
) -> None:
    """Write a note about a tenant.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        author_id: the user who writes.
        text: 1 to 2,000 characters.
        key: the form's own, at most 40 characters.
        now: the moment.
        is_pinned: whether it stands above the others.

    Raises:
        TenantNotFoundError: no such tenant.
        InvalidNameError: the text is empty, or holds a sign that cannot be stored.

    Idempotency: by key and tenant; a second call writes nothing.
    """
    tenant_by_id(provider_id, tenant_id)
    clean = text.strip()
    if not clean or "\x00" in clean:
        raise InvalidNameError(message=_("A note has at least one character."))
    row = Note(
        provider_id=provider_id,
        tenant_id=tenant_id,
        author_id=author_id,
        text=clean,
        is_pinned=is_pinned,
        key=key,
        created_at=now,
    )
    Note.objects.bulk_create([row], ignore_conflicts=True)


@transaction.atomic
def pin_note(*, provider_id: int, tenant_id: int, note_id: int, is_pinned: bool) -> bool:
    """Pin a note above the others, or unpin it.

    Args:
        provider_id: whose; its scope is open.
        tenant_id: the tenant.
        note_id: the note.
        is_pinned: whether it stands above.

    Returns:
        False when there is no such note of this tenant.

    Idempotency: by state.
    """
    notes = Note.objects.filter(provider_id=provider_id, tenant_id=tenant_id, pk=note_id)
    return bool(notes.update(is_pinned=is_pinned))
