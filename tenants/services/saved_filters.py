"""Keep filters of the list of tenants under a name, change them, drop them, open one first. Called by pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from billing_platform.kernel.rows import execute
from tenants.enums import ProviderRole
from tenants.errors import (
    FilterNameTakenError,
    InvalidNameError,
    SavedFilterNotFoundError,
    TooManyFiltersError,
)
from tenants.models import DefaultFilter, SavedFilter

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

FILTERS_MAX: Final = 50
_NAME_MAX: Final = 80
# One statement, so that two clicks at once leave one default.
_CHOOSE: Final = """
INSERT INTO tenants_default_filter (provider_id, user_id, saved_filter_id) VALUES (%s, %s, %s)
ON CONFLICT (provider_id, user_id) DO UPDATE SET saved_filter_id = excluded.saved_filter_id
"""


@transaction.atomic
def save_filter(
    *,
    provider_id: int,
    user_id: int,
    role: str,
    name: str,
    query: str,
    now: datetime,
    is_shared: bool = False,
) -> int:
    """Keep a filter under a name.

    Args:
        provider_id: whose list; its scope is open.
        user_id: the author.
        role: the author's, of ProviderRole; only an owner shares.
        name: 1 to 80 characters, once per person.
        query: the query of the list's address, not empty.
        now: the moment.
        is_shared: whether all people of the provider see it.

    Returns:
        Its number.

    Raises:
        InvalidNameError: no name, or a sign that cannot be stored.
        FilterNameTakenError: the person keeps another filter under this name.
        TooManyFiltersError: the person keeps 50 already.

    Idempotency: by name; the same filter again changes nothing.
    """
    row = SavedFilter(
        provider_id=provider_id,
        user_id=user_id,
        name=_clean(name),
        query=query,
        is_shared=is_shared and role == ProviderRole.OWNER,
        created_at=now,
    )
    kept = SavedFilter.objects.filter(provider_id=provider_id, user_id=user_id)
    is_full = kept.count() >= FILTERS_MAX
    if is_full and not kept.filter(name=row.name).exists():
        raise TooManyFiltersError
    SavedFilter.objects.bulk_create([row], ignore_conflicts=True)
    found = kept.get(name=row.name)
    if (found.query, found.is_shared) != (row.query, row.is_shared):
        raise FilterNameTakenError
    return found.pk


@transaction.atomic
def change_filter(
    *, provider_id: int, user_id: int, role: str, filter_id: int, name: str, is_shared: bool
) -> None:
    """Give a saved filter another name, and share it or take it back.

    Args:
        provider_id: whose list; its scope is open.
        user_id: who changes it: its author, or an owner when it is shared.
        role: of ProviderRole; only an owner shares.
        filter_id: which.
        name: 1 to 80 characters.
        is_shared: whether all people of the provider see it; an owner's word only.

    Raises:
        SavedFilterNotFoundError: no such filter that this person may change.
        InvalidNameError: no name, or a sign that cannot be stored.
        FilterNameTakenError: the author keeps another filter under this name.

    Idempotency: by state.
    """
    row = _changeable(provider_id, user_id, role).filter(pk=filter_id).first()
    if row is None:
        raise SavedFilterNotFoundError
    row.name = _clean(name)
    row.is_shared = is_shared and role == ProviderRole.OWNER
    try:
        with transaction.atomic():
            row.save(update_fields=["name", "is_shared"])
    except IntegrityError as error:
        raise FilterNameTakenError from error
    if not row.is_shared:
        others = DefaultFilter.objects.filter(provider_id=provider_id, saved_filter_id=filter_id)
        others.exclude(user_id=row.user_id).delete()


@transaction.atomic
def drop_filter(*, provider_id: int, user_id: int, role: str, filter_id: int) -> None:
    """Drop a saved filter; for whom it was the default, the list opens with everybody again.

    Args:
        provider_id: whose list; its scope is open.
        user_id: who drops it: its author, or an owner when it is shared.
        role: of ProviderRole.
        filter_id: which.

    Raises:
        SavedFilterNotFoundError: no such filter that this person may drop.
    """
    row = _changeable(provider_id, user_id, role).filter(pk=filter_id).first()
    if row is None:
        raise SavedFilterNotFoundError
    DefaultFilter.objects.filter(provider_id=provider_id, saved_filter_id=filter_id).delete()
    row.delete()


@transaction.atomic
def choose_default(*, provider_id: int, user_id: int, filter_id: int) -> None:
    """Let the list open with a saved filter for one person.

    Args:
        provider_id: whose list; its scope is open.
        user_id: for whom.
        filter_id: the person's own filter, or a shared one; 0 for none.

    Raises:
        SavedFilterNotFoundError: no such filter that this person may open.

    Idempotency: by state.
    """
    if not filter_id:
        DefaultFilter.objects.filter(provider_id=provider_id, user_id=user_id).delete()
        return
    may_open = Q(user_id=user_id) | Q(is_shared=True)
    # Held, so that nobody drops it before it is somebody's default.
    rows = SavedFilter.objects.select_for_update(no_key=True).filter(
        may_open, provider_id=provider_id, pk=filter_id
    )
    if rows.first() is None:
        raise SavedFilterNotFoundError
    execute(_CHOOSE, [provider_id, user_id, filter_id])


def _changeable(provider_id: int, user_id: int, role: str) -> QuerySet[SavedFilter]:
    """Return what a person may change: the own private ones, and every shared one when it is an owner."""
    mine = Q(user_id=user_id, is_shared=False)
    if role == ProviderRole.OWNER:
        mine |= Q(is_shared=True)
    rows = SavedFilter.objects.select_for_update().filter(mine, provider_id=provider_id)
    return rows.order_by("pk")


def _clean(name: str) -> str:
    clean = " ".join(name.split())
    if not 0 < len(clean) <= _NAME_MAX or "\x00" in clean:
        raise InvalidNameError
    return clean
