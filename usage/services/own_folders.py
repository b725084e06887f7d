"""Let a provider watch folders of its own: beneath one that is only its, which the operators chose. Called by pages.

Whoever may name any folder may read any file that the worker may; so a provider names a folder beneath its own only,
and a pattern that stays inside of it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from usage.errors import (
    FolderNotAllowedError,
    InvalidPhoneSystemError,
    UnknownPhoneSystemError,
)
from usage.importers.asterisk_columns import NotAsteriskError, read_columns
from usage.models import CallFolder, CallMapping
from usage.services.call_folders import watch_folder

if TYPE_CHECKING:
    from datetime import datetime

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_SLUG: Final = re.compile(r"[A-Za-z0-9_-]+")
_NAME_MAX: Final = 200


def own_folders_root(slug: str) -> Path | None:
    """Return the folder beneath which a provider may name its own, or None where the operators chose none.

    Args:
        slug: the provider's.
    """
    root: str = settings.CALL_FOLDERS_ROOT
    return Path(root) / slug if root and _SLUG.fullmatch(slug) else None


@transaction.atomic
def watch_own_folder(
    *,
    provider_id: int,
    slug: str,
    name: str,
    pattern: str,
    columns: str,
    source: str,
    now: datetime,
) -> int:
    """Watch a folder beneath the provider's own.

    Args:
        provider_id: whose; its scope is open.
        slug: the provider's.
        name: the folder's, beneath the provider's own; it may not exist yet.
        pattern: which files, such as `Master.csv*`.
        columns: the order of columns; empty for cdr_csv's own.
        source: the code of a phone system.
        now: the present moment.

    Returns:
        The folder's id.

    Raises:
        FolderNotAllowedError: the operators chose no folder, or it does not lie beneath it.
        InvalidPhoneSystemError: the pattern or the columns cannot be read.
        UnknownPhoneSystemError: no such phone system.

    Idempotency: by folder and pattern.
    """
    root = own_folders_root(slug)
    if root is None or len(name) > _NAME_MAX or not _NAME.fullmatch(name):
        raise FolderNotAllowedError
    path = (root / name).resolve()
    # A link that somebody laid there must not lead out of it.
    if not path.is_relative_to(root.resolve()):
        raise FolderNotAllowedError
    _check(provider_id, pattern, columns, source)
    return watch_folder(
        provider_id=provider_id,
        path=path,
        pattern=pattern,
        columns=columns,
        source=source,
        now=now,
    )


@transaction.atomic
def change_folder(
    *, provider_id: int, folder_id: int, pattern: str, columns: str, source: str
) -> None:
    """Read a folder's files another way from now on; which folder it is does not change.

    Args:
        provider_id: whose; its scope is open.
        folder_id: which folder.
        pattern: which files.
        columns: the order of columns; empty for cdr_csv's own.
        source: the code of a phone system.

    Raises:
        UnknownPhoneSystemError: no such folder or phone system.
        InvalidPhoneSystemError: the pattern or the columns cannot be read, or the folder is watched with this pattern.
    """
    _check(provider_id, pattern, columns, source)
    folder = _folder(provider_id, folder_id)
    others = CallFolder.objects.filter(provider_id=provider_id, path=folder.path, pattern=pattern)
    if others.exclude(pk=folder.pk).exists():
        raise InvalidPhoneSystemError(message=_("These files of the folder are watched already."))
    folder.pattern, folder.columns, folder.source = pattern, columns, source
    folder.save()


@transaction.atomic
def switch_folder(*, provider_id: int, folder_id: int, is_active: bool) -> None:
    """Leave a folder alone, or watch it again; what was read of it stays known.

    Args:
        provider_id: whose; its scope is open.
        folder_id: which folder.
        is_active: whether it is watched from now on.

    Raises:
        UnknownPhoneSystemError: no such folder.

    Idempotency: it is what is asked for afterwards.
    """
    folder = _folder(provider_id, folder_id)
    folder.is_active = is_active
    folder.save()


def _check(provider_id: int, pattern: str, columns: str, source: str) -> None:
    if not pattern or len(pattern) > _NAME_MAX or "/" in pattern or "\\" in pattern:
        raise InvalidPhoneSystemError(
            message=_("Files are named without their folder, for instance Master.csv*.")
        )
    if pattern.strip(".") == "" or "**" in pattern or "\x00" in pattern:
        raise InvalidPhoneSystemError(message=_("This names no files."))
    if columns:
        try:
            read_columns(columns)
        except NotAsteriskError as error:
            raise InvalidPhoneSystemError(message=str(error)) from error
    if not CallMapping.objects.filter(provider_id=provider_id, source=source).exists():
        raise UnknownPhoneSystemError


def _folder(provider_id: int, folder_id: int) -> CallFolder:
    rows = CallFolder.objects.select_for_update().filter(provider_id=provider_id, pk=folder_id)
    folder = rows.first()
    if folder is None:
        raise UnknownPhoneSystemError
    return folder
