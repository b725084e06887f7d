"""Write the file of a long list, as the person who asked for it, and tell that person once. Called by a task."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.http import Http404, QueryDict
from django.template.loader import render_to_string
from django.urls import resolve
from django.utils.translation import gettext as _
from django.utils.translation import override

from billing_platform.kernel.clock import now as wall_clock
from billing_platform.kernel.mail import send_mail
from billing_platform.kernel.markers import marker
from billing_platform.portal.formats import format_count
from billing_platform.portal.list_batches import next_rows
from billing_platform.portal.list_files import XLSX, ListRequest, UnreadList, file_parts
from billing_platform.portal.list_temp import temporary_file
from tenants.enums import ExportFailure
from tenants.scopes import scope_of
from tenants.selectors.members import active_user
from tenants.selectors.memberships import memberships_of
from tenants.selectors.providers import provider_view
from tenants.selectors.tenants import tenant_by_id
from tenants.services.list_exports import (
    KEPT,
    TakenOverError,
    claim_export,
    count_rows,
    export_folder,
    export_storage,
    fail_export,
    finish_export,
)
from tenants.services.mails import compose_mail
from tenants.services.notices import Told, keep_notice

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from billing_platform.portal.list_cells import Cell
    from tenants.models import ListExport, User
    from tenants.types import Membership

# Rows that are read in one transaction, with a sign of life.
BATCH = 2_000
# A test kills the writing at each of these.
MARKERS: Final = ("export.claimed", "export.counted", "export.stored")
_DAY: Final = timedelta(days=1)


def write_export(
    *, provider_id: int, export_id: int, clock: Callable[[], datetime] = wall_clock
) -> bool:
    """Write the file of a list that somebody asked for, from its first row on.

    Args:
        provider_id: whose; each batch opens the scope of who asked.
        export_id: its number.
        clock: tells the time; this is the edge.

    Returns:
        Whether this worker brought it to its end, good or bad; False when there was nothing to do, or when another
        worker holds it.

    Idempotency: by the export; its mail is sent once, with its end.
    """
    export = claim_export(provider_id=provider_id, export_id=export_id, now=clock())
    if export is None:
        return False
    marker("export.claimed")
    failure = ExportFailure.GONE
    with suppress(TakenOverError):
        try:
            with override(export.language):
                _write(export, clock)
        except (Http404, PermissionDenied) as error:
            if isinstance(error, PermissionDenied):
                failure = ExportFailure.FORBIDDEN
            fail_export(export, failure, now=clock())
        return True
    return False


def unread_list(path: str, query: str, *, user: User, membership: Membership) -> UnreadList:
    """Ask a list's own view for its list, as a person.

    Args:
        path: of the list's file.
        query: its filters.
        user: who asks.
        membership: as whom; its scope is open.

    Raises:
        PermissionDenied: the person may not see the list.
        Http404: there is no such list any more.
    """
    match = resolve(path)
    request = ListRequest()
    request.method = "GET"
    request.path = request.path_info = path
    request.GET = QueryDict(query)
    request.user = user
    request.provider = provider_view(membership.provider_id)
    request.membership, request.memberships = membership, (membership,)
    if membership.tenant_id is not None:
        tenant = tenant_by_id(membership.provider_id, membership.tenant_id)
        request.tenant = tenant  # type: ignore[attr-defined]  # as the middleware does
    answer = match.func(request, *match.args, **match.kwargs)
    if not isinstance(answer, UnreadList):
        raise Http404
    return answer


def _write(export: ListExport, clock: Callable[[], datetime]) -> None:
    user, membership = _person(export)
    with scope_of(membership):
        found = unread_list(export.path, export.query, user=user, membership=membership)
    ending = XLSX if export.name.endswith(f".{XLSX}") else ""
    with temporary_file() as file:
        rows = _counted(export, membership, found, clock)
        for part in file_parts(ending, found.head, rows):
            file.write(part)
        size = file.tell()
        file.seek(0)
        name = f"{export_folder(export.provider_id)}/{uuid4().hex}"
        stored = export_storage().save(name, File(file))
    marker("export.stored")
    try:
        with scope_of(membership):
            done = finish_export(export, stored_name=stored, size=size, now=clock())
            _tell(done, user, clock())
    except TakenOverError:
        # Any other error may be that of a COMMIT whose outcome nobody knows; a file that no row names goes by night.
        export_storage().delete(stored)
        raise


def _person(export: ListExport) -> tuple[User, Membership]:
    """Return who asked, and as whom.

    Raises:
        PermissionDenied: the person may not log in any more, or is no member there any more.
    """
    place = (export.provider_id, export.tenant_id)
    user = active_user(export.user_id)
    for row in memberships_of(export.user_id) if user else ():
        if user and (row.provider_id, row.tenant_id or 0) == place:
            return user, row
    raise PermissionDenied


def _counted(
    export: ListExport, membership: Membership, found: UnreadList, clock: Callable[[], datetime]
) -> Iterator[Sequence[Cell]]:
    """Yield the rows of a list, each batch read in a transaction of its own."""
    with scope_of(membership):
        left = iter(found.rows())
    while True:
        with scope_of(membership):
            batch, is_whole = next_rows(left, most=BATCH)
            count_rows(export, len(batch), now=clock())
        marker("export.counted")
        yield from batch
        if is_whole:
            return


def _tell(export: ListExport, user: User, now: datetime) -> None:
    shown = {
        "name": export.name,
        "rows": format_count(export.rows),
        "days": KEPT // _DAY,
        "url": export.page_url,
    }
    subject = _("Your file %(name)s is ready") % {"name": export.name}
    text = render_to_string("emails/list_export.txt", shown)
    provider, key = provider_view(export.provider_id), f"list-export/{export.pk}"
    send_mail(
        provider_id=export.provider_id,
        tenant_id=export.tenant_id,
        mail=compose_mail(provider, to=user.email, subject=subject, text=text),
        key=key,
        now=now,
    )
    told = Told(
        provider_id=export.provider_id,
        tenant_id=export.tenant_id,
        user_id=user.pk,
        about="list_export",
        thing="",
        subject=subject,
    )
    keep_notice(told, key=key, now=now)
