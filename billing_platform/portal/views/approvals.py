"""Credit and corrections that wait for a second person: seen, approved and declined by those who may post money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.enums import ApprovalState
from accounts.errors import UnknownApprovalError
from accounts.selectors.approvals import list_approvals
from accounts.services.approvals import approve, decline
from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.bank_requests import asked_matches
from billing_platform.portal.pages.document_corrections import asked_corrections
from billing_platform.portal.words import POSTING_KINDS
from tenants.access import provider_member
from tenants.selectors.changes import emails_of
from tenants.selectors.tenants import tenants_by_id

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.selectors.approvals import ApprovalView
    from tenants.access import ProviderRequest
    from tenants.types import TenantView

_SHOWN: Final = 100
_NONE: Final = 0


@dataclass(frozen=True, slots=True)
class ApprovalLine:
    """A request in words; `is_own` when the person who looks asked for it."""

    row: ApprovalView
    client: TenantView | None
    kind: str
    asked_by: str
    decided_by: str
    is_own: bool


@require_safe
@provider_member(*MAY_POST)
def approvals(request: ProviderRequest) -> HttpResponse:
    """Show what waits, and what was decided lately."""
    rows = list_approvals(request.provider.id, limit=_SHOWN)
    clients = tenants_by_id(request.provider.id, {row.tenant_id for row in rows})
    people = {row.requested_by for row in rows} | {row.decided_by or _NONE for row in rows}
    emails = emails_of(people - {_NONE})
    lines = [
        ApprovalLine(
            row=row,
            client=clients.get(row.tenant_id),
            kind=str(POSTING_KINDS[row.kind]),
            asked_by=emails.get(row.requested_by, ""),
            decided_by=emails.get(row.decided_by or _NONE, ""),
            is_own=row.requested_by == request.user.pk,
        )
        for row in rows
    ]
    page = {
        "waiting": [line for line in lines if line.row.state == ApprovalState.WAITING],
        "decided": [line for line in lines if line.row.state != ApprovalState.WAITING],
        "corrections": asked_corrections(
            request.provider.id, user_id=int(request.user.pk), limit=_SHOWN
        ),
        "matches": asked_matches(request.provider.id, user_id=int(request.user.pk), limit=_SHOWN),
        "zone": request.provider.time_zone,
    }
    return render(request, "portal/approvals.html", {"page": page})


@require_POST
@provider_member(*MAY_POST)
def approve_one(request: ProviderRequest) -> HttpResponse:
    """Approve what somebody else asked for; it is posted in the same moment."""
    try:
        approve(
            provider_id=request.provider.id,
            approval_id=row_number(request.POST.get("approval", "")),
            user_id=int(request.user.pk),
            now=now(),
        )
    except UnknownApprovalError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Approved and posted."))
    return redirect("provider-approvals")


@require_POST
@provider_member(*MAY_POST)
def decline_one(request: ProviderRequest) -> HttpResponse:
    """Decline a request, or withdraw one's own."""
    try:
        decline(
            provider_id=request.provider.id,
            approval_id=row_number(request.POST.get("approval", "")),
            user_id=int(request.user.pk),
            now=now(),
        )
    except UnknownApprovalError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Nothing is posted."))
    return redirect("provider-approvals")
