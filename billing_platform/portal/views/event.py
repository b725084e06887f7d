"""One event that was not counted: what was sent and why it was refused; tried again, or dismissed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.event import parked_event_page, refused_event_page
from billing_platform.portal.pages.events import MAY_REPLAY
from billing_platform.portal.pages.retried import retried_words
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.selectors.refused import refused_event
from usage.services.retries import dismiss_one, retry_one

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def parked(request: ProviderRequest, parked_id: int) -> HttpResponse:
    """Show a parked event."""
    provider = request.provider
    page = parked_event_page(provider.id, parked_id, zone=provider.time_zone)
    if page is None:
        raise Http404
    return render(request, "portal/event.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def refused(request: ProviderRequest, refused_id: int) -> HttpResponse:
    """Show a rejected or conflicting event."""
    provider, role = request.provider, request.membership.role
    page = refused_event_page(provider.id, refused_id, role=role, zone=provider.time_zone)
    if page is None:
        raise Http404
    return render(request, "portal/event.html", {"page": page})


@require_POST
@provider_member(*MAY_REPLAY)
def retry(request: ProviderRequest, refused_id: int) -> HttpResponse:
    """Bring a rejected event in anew."""
    _require(request, refused_id)
    report = retry_one(
        provider_id=request.provider.id, number=refused_id, user_id=request.user.pk, now=now()
    )
    if report.tried:
        messages.success(request, retried_words(report))
    else:
        messages.info(request, _("It cannot be tried again."))
    return redirect("provider-event", refused_id=refused_id)


@require_POST
@provider_member(*MAY_REPLAY)
def dismiss(request: ProviderRequest, refused_id: int) -> HttpResponse:
    """Take a refused event off the list."""
    _require(request, refused_id)
    if dismiss_one(
        provider_id=request.provider.id, number=refused_id, user_id=request.user.pk, now=now()
    ):
        messages.success(request, _("Dismissed."))
    else:
        messages.info(request, _("It had left the list already."))
    return redirect("provider-event", refused_id=refused_id)


def _require(request: ProviderRequest, refused_id: int) -> None:
    if refused_event(request.provider.id, refused_id) is None:
        raise Http404
