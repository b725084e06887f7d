"""A provider's events that were not counted: looked at by everybody of it, tried again by who may change something."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.formats import format_count
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.events import MAY_REPLAY, events_page
from billing_platform.portal.pages.events_csv import event_cells, events_head
from billing_platform.portal.pages.events_filter import EventFilter, Tab
from billing_platform.portal.pages.retried import retried_words
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.services.parking import replay_batch
from usage.services.retries import RETRY_MAX, dismiss_refused, retry_refused

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def events(request: ProviderRequest) -> HttpResponse:
    """Show a list of events."""
    page = events_page(
        request.provider.id,
        wanted=EventFilter.of(request.GET),
        role=request.membership.role,
        zone=request.provider.time_zone,
    )
    return render(request, "portal/events.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def events_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all events that the filters leave."""
    provider, wanted = request.provider, EventFilter.of(request.GET)
    rows = partial(event_cells, provider.id, wanted, provider.time_zone)
    name = f"{wanted.tab.value}-events"
    return list_file(request, name, events_head(wanted), rows)


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
        messages.info(request, _("Nothing can be counted yet: what is missing is still missing."))
    return redirect("provider-events")


@require_POST
@provider_member(*MAY_REPLAY)
def retry(request: ProviderRequest) -> HttpResponse:
    """Try again what the filters of the address leave, and show the result of each."""
    provider, wanted, at = request.provider, EventFilter.of(request.GET), now()
    report = retry_refused(
        provider_id=provider.id,
        query=wanted.refused(provider.time_zone),
        user_id=request.user.pk,
        now=at,
    )
    path = reverse("provider-events")
    if not report.tried:
        messages.info(request, _("None of these can be tried again."))
        return redirect(f"{path}{wanted.query()}")
    messages.success(request, retried_words(report))
    if report.tried == RETRY_MAX:
        messages.info(request, _("There may be more; try the rest again."))
    return redirect(f"{path}{EventFilter(tab=Tab.REJECTED, tried=at).query()}")


@require_POST
@provider_member(*MAY_REPLAY)
def dismiss(request: ProviderRequest) -> HttpResponse:
    """Take what the filters of the address leave off the list."""
    provider, wanted = request.provider, EventFilter.of(request.GET)
    dismissed = 0
    if wanted.tab != Tab.PARKED:
        dismissed = dismiss_refused(
            provider_id=provider.id,
            query=wanted.refused(provider.time_zone),
            user_id=request.user.pk,
            now=now(),
        )
    words = ngettext("%(count)s event dismissed.", "%(count)s events dismissed.", dismissed)
    messages.success(request, words % {"count": format_count(dismissed)})
    return redirect(f"{reverse('provider-events')}{EventFilter(tab=wanted.tab).query()}")
