"""Keep what people were told by mail, and note what they have seen. Called by who mails, and by the list's page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tenants.models import Notice

if TYPE_CHECKING:
    from datetime import datetime

_REMEMBERED: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a person was told.

    Attributes:
        tenant_id: in whose portal it stands; 0 for the provider's own.
        about: the mail's kind.
        thing: the public id of what it is about, or empty.
        subject: what happened, one line in the person's language.
    """

    provider_id: int
    tenant_id: int
    user_id: int
    about: str
    thing: str
    subject: str


def keep_notice(told: Told, *, key: str, now: datetime) -> None:
    """Keep what a mail tells a person, in the mail's transaction.

    Args:
        told: to whom and what; the provider's scope, or the person's own, is open.
        key: of the mail.
        now: the moment of what happened.

    Idempotency: by key per provider.
    """
    most = Notice._meta.get_field("subject").max_length
    row = Notice(
        provider_id=told.provider_id,
        tenant_id=told.tenant_id,
        user_id=told.user_id,
        about=told.about,
        thing=told.thing,
        subject=told.subject[:most],
        key=key,
        created_at=now,
    )
    Notice.objects.bulk_create([row], ignore_conflicts=True)


def read_notices(
    *, provider_id: int, tenant_id: int, user_id: int, now: datetime, notice_id: int | None = None
) -> int:
    """Note that a person has seen to one notice, or to all of them.

    Args:
        provider_id: whose portal; the person's scope is open.
        tenant_id: in whose portal they stand; 0 for the provider's own.
        user_id: who was told; nobody else's notices are touched.
        now: the present moment.
        notice_id: the number of one; None for all.

    Returns:
        How many were new.

    Idempotency: the first moment stays.
    """
    new = Notice.objects.filter(
        provider_id=provider_id, tenant_id=tenant_id, user_id=user_id, read_at__isnull=True
    )
    if notice_id is not None:
        new = new.filter(pk=notice_id)
    return new.update(read_at=now)


def forget_notices(*, provider_id: int, now: datetime) -> int:
    """Remove notices of more than a year ago.

    Args:
        provider_id: whose; its scope is open.
        now: the moment of the run.

    Returns:
        How many were removed.
    """
    old = Notice.objects.filter(provider_id=provider_id, created_at__lt=now - _REMEMBERED)
    return old.delete()[0]
