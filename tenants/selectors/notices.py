"""What a person was told, newest first, and how much of it is new. Called by the list's page and by every frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from billing_platform.kernel.rows import fetch_all
from tenants.errors import NoticeNotFoundError
from tenants.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

# In the frame of every page: no further than a badge has room for.
NEW_MAX: Final = 99
_NEW: Final = """
SELECT count(*) FROM (
    SELECT FROM tenants_notice
     WHERE provider_id = %s AND tenant_id = %s AND user_id = %s AND read_at IS NULL LIMIT %s) x
"""


@dataclass(frozen=True, slots=True)
class NoticeView:
    """One notice; `about` and `thing` say where it leads."""

    id: int
    about: str
    thing: str
    subject: str
    created_at: datetime
    read_at: datetime | None


def notices_of(
    provider_id: int, tenant_id: int, user_id: int, *, before: int = 0, limit: int
) -> list[NoticeView]:
    """Return what one person was told in a portal, newest first.

    Args:
        provider_id: whose; the person's scope is open.
        tenant_id: in whose portal; 0 for the provider's own.
        user_id: who was told.
        before: only older ones than this number; 0 for the newest.
        limit: how many at most.
    """
    rows = Notice.objects.filter(provider_id=provider_id, tenant_id=tenant_id, user_id=user_id)
    if before:
        rows = rows.filter(pk__lt=before)
    return [_view(row) for row in rows.order_by("-pk")[:limit]]


def notice_of(provider_id: int, tenant_id: int, user_id: int, notice_id: int) -> NoticeView:
    """Return one notice of a person.

    Args:
        provider_id: whose; the person's scope is open.
        tenant_id: in whose portal; 0 for the provider's own.
        user_id: who was told.
        notice_id: its number.

    Raises:
        NoticeNotFoundError: the person has no such notice here.
    """
    rows = Notice.objects.filter(provider_id=provider_id, tenant_id=tenant_id, user_id=user_id)
    row = rows.filter(pk=notice_id).first()
    if row is None:
        raise NoticeNotFoundError
    return _view(row)


def count_new(provider_id: int, tenant_id: int, user_id: int) -> int:
    """Return how much of what a person was told is new, counted up to `NEW_MAX`.

    Args:
        provider_id: whose; the person's scope is open.
        tenant_id: in whose portal; 0 for the provider's own.
        user_id: who was told.
    """
    ((count,),) = fetch_all(_NEW, [provider_id, tenant_id, user_id, NEW_MAX])
    return int(count)


def _view(row: Notice) -> NoticeView:
    return NoticeView(
        id=row.pk,
        about=row.about,
        thing=row.thing,
        subject=row.subject,
        created_at=row.created_at,
        read_at=row.read_at,
    )
