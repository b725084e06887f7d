"""A provider's charging runs: looked at by everybody of the provider, started by who may post money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.job_runs import MAY_CHARGE, job_runs_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.tasks import charge_now

if TYPE_CHECKING:
    from django.http import HttpResponse

    from billing_platform.portal.pages.job_runs import JobRunsPage
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def job_runs(request: ProviderRequest) -> HttpResponse:
    """Show the last runs."""
    return render(request, "portal/job_runs.html", {"page": _page(request)})


@require_POST
@provider_member(*MAY_CHARGE)
def charge(request: ProviderRequest) -> HttpResponse:
    """Ring for a run up to the last full hour; what is charged already is not charged again, however often it rings."""
    if _page(request).running is not None:
        messages.info(request, _("A run is under way already; it charges everything that is due."))
        return redirect("provider-jobs")
    try:
        charge_now.apply_async(kwargs={"provider_id": request.provider.id}, retry=False)
    except OperationalError:
        words = _("The run could not be handed over just now; the next one starts by itself.")
        messages.error(request, words)
    else:
        messages.success(request, _("A run was asked for; it begins within seconds."))
    return redirect("provider-jobs")


def _page(request: ProviderRequest) -> JobRunsPage:
    return job_runs_page(request.provider, role=request.membership.role, now=now())
