"""What a person was told, in either portal: the list, and what is noted as seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.notices import notice_target, notices_page
from tenants.access import any_member
from tenants.errors import NoticeNotFoundError
from tenants.services.notices import read_notices

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import MemberRequest


@require_safe
@any_member
def notifications(request: MemberRequest) -> HttpResponse:
    """Show a page of the own notifications."""
    page = notices_page(request, before=row_number(request.GET.get("before", "")))
    return render(request, "portal/notifications.html", {"page": page})


@require_POST
@any_member
def read_all(request: MemberRequest) -> HttpResponse:
    """Note that the person has seen to everything."""
    _read(request, None)
    return redirect("notifications")


@require_POST
@any_member
def open_one(request: MemberRequest, notice_id: int) -> HttpResponse:
    """Note that the person has seen to one notification, and go where it leads."""
    try:
        target = notice_target(request, notice_id)
    except NoticeNotFoundError as error:
        raise Http404 from error
    _read(request, notice_id)
    return redirect(target)


def _read(request: MemberRequest, notice_id: int | None) -> None:
    # Through somebody else's eyes nothing is seen to: it would be hidden from the one it is for.
    if getattr(request.user, "is_hijacked", False):
        raise PermissionDenied
    member = request.membership
    read_notices(
        provider_id=member.provider_id,
        tenant_id=member.tenant_id or 0,
        user_id=request.user.pk,
        now=now(),
        notice_id=notice_id,
    )
