"""Events of gateways that could not be worked off: the list, and what people do about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.gateway_events import gateway_events_page
from payments.enums import EventState
from payments.errors import EventNotFound
from payments.services.stored_events import set_event_aside, take_up_given_up
from payments.services.webhooks import process_event
from tenants.access import provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def gateway_events(request: ProviderRequest) -> HttpResponse:
    """Show the events that were given up."""
    may_post = request.membership.role in MAY_POST
    page = gateway_events_page(request.provider, request.GET, may_post=may_post)
    return render(request, "portal/gateway_events.html", {"page": page})


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def again(request: ProviderRequest) -> HttpResponse:
    """Work one off again; what it did is not done twice."""
    try:
        state = process_event(
            provider_id=request.provider.id,
            event_id=row_number(request.POST.get("event", "")),
            now=now(),
            again=True,
        )
    except EventNotFound as error:
        raise Http404 from error
    if state in (EventState.PROCESSED, EventState.IGNORED):
        messages.success(request, _("Worked off."))
    else:
        messages.error(request, _("It still cannot be worked off. It is tried again by itself."))
    return redirect("provider-gateway-events")


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def all_again(request: ProviderRequest) -> HttpResponse:
    """Let all be worked off again by the poller."""
    count = take_up_given_up(provider_id=request.provider.id, now=now())
    words = ngettext(
        "%(count)s event is worked off from now on.",
        "%(count)s events are worked off from now on.",
        count,
    )
    messages.success(request, words % {"count": format_count(count)})
    return redirect("provider-gateway-events")


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def aside(request: ProviderRequest) -> HttpResponse:
    """End one that nobody needs."""
    try:
        set_event_aside(
            provider_id=request.provider.id,
            event_id=row_number(request.POST.get("event", "")),
            person=request.user.email,
            now=now(),
        )
    except EventNotFound as error:
        raise Http404 from error
    messages.success(request, _("Set aside."))
    return redirect("provider-gateway-events")
