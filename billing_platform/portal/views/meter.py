"""One meter: looked at and tried by everybody of the provider, renamed by who sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.meter_forms import MeterWordsForm, TrialForm, words_of
from billing_platform.portal.pages.meter import meter_page, sample_event
from billing_platform.portal.pages.plans import MAY_SELL
from billing_platform.portal.pages.trial import trial_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.errors import UnknownCatalogueError
from usage.services.meter_words import describe_meter

if TYPE_CHECKING:
    from django.http import HttpResponse

    from billing_platform.portal.pages.meter import MeterPage
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def meter(request: ProviderRequest, meter_id: int) -> HttpResponse:
    """Show what a meter counts, how, and who charges it."""
    return render(request, "portal/meter.html", {"page": _page(request, meter_id)})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def edit(request: ProviderRequest, meter_id: int) -> HttpResponse:
    """Change what a meter is called."""
    page = _page(request, meter_id)
    form = MeterWordsForm(request.POST or None, initial=words_of(page.meter))
    if form.is_valid():
        try:
            describe_meter(provider_id=request.provider.id, meter_id=meter_id, words=form.words())
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The words of the meter are changed."))
            return redirect("provider-meter", meter_id=meter_id)
    status = 422 if form.errors else 200
    return render(request, "portal/meter_edit.html", {"page": page, "form": form}, status=status)


@require_http_methods(["GET", "POST"])
@provider_member(*ProviderRole)
def attempt(request: ProviderRequest, meter_id: int) -> HttpResponse:
    """Try an event: say what would become of it, and store nothing."""
    page, moment = _page(request, meter_id), now()
    if request.method == "POST":
        form = TrialForm(request.POST)
    else:
        sample = sample_event(request.provider.id, page.meter, now=moment)
        form = TrialForm(initial={"event": sample})
    trial = None
    if form.is_valid():
        trial = trial_page(request.provider.id, form.cleaned_data["event"], now=moment)
    context = {"page": page, "form": form, "trial": trial}
    return render(request, "portal/meter_try.html", context, status=422 if form.errors else 200)


def _page(request: ProviderRequest, meter_id: int) -> MeterPage:
    try:
        return meter_page(
            request.provider.id,
            meter_id,
            role=request.membership.role,
            zone=request.provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
