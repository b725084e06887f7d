"""A provider's parked events: looked at by everybody of the provider, replayed by who may change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.formats import format_count
from billing_platform.portal.pages.parked_events import (
    MAY_REPLAY,
    EventFilter,
    parked_events_page,
)
from billing_platform.portal.views.lookups import row_number
from billing_platform.portal.words import PARKING_REASONS
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.services.parking import replay_batch

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def events(request: ProviderRequest) -> HttpResponse:
    """Show parked events."""
    page = parked_events_page(
        request.provider.id,
        wanted=_wanted(request),
        role=request.membership.role,
        zone=request.provider.time_zone,
    )
    return render(request, "portal/parked_events.html", {"page": page})


@require_POST
@provider_member(*MAY_REPLAY)
def replay(request: ProviderRequest) -> HttpResponse:
    """Count what can be counted by now, without waiting for the minute's own replay."""
    report = replay_batch(provider_id=request.provider.id, now=now())
    if report.counted or report.refused:
        messages.success(
            request,
            _("%(counted)s counted, %(refused)s refused.")
            % {
                "counted": format_count(report.counted),
                "refused": format_count(report.refused),
            },
        )
    else:
        messages.info(request, "Nothing can be counted yet: what is missing is still missing.")
    return redirect("provider-events")


def _wanted(request: ProviderRequest) -> EventFilter:
    reason, after = request.GET.get("reason", ""), request.GET.get("after", "")
    return EventFilter(
        refused=request.GET.get("refused") == "1",
        reason=reason if reason in PARKING_REASONS else "",
        after=row_number(after),
    )
