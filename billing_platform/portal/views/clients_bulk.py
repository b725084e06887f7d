"""Suspend several clients at once, or let them return: chosen on the list, confirmed by name, told one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.clients import MAY_SUSPEND, PAGE_ROWS
from billing_platform.portal.pages.clients_filter import ClientFilter
from tenants.access import provider_member
from tenants.selectors.tenants import tenants_by_public_id
from tenants.services.bulk_suspension import resume_each, suspend_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.services.bulk_suspension import TenantResult

NOTE_MAX: Final = 500


@require_safe
@provider_member(*MAY_SUSPEND)
def selected(request: ProviderRequest) -> HttpResponse:
    """Show who was chosen, and what may be done with them."""
    wanted = request.GET.getlist("client")[:PAGE_ROWS]
    back = ClientFilter.of(request.GET).query()
    tenants = tenants_by_public_id(request.provider.id, wanted)
    if not tenants:
        messages.warning(request, _("Choose at least one client."))
        return redirect(reverse("provider-clients") + back)
    context = {"tenants": tenants, "back": back, "note_max": NOTE_MAX}
    return render(request, "portal/clients_selected.html", context)


@require_POST
@provider_member(*MAY_SUSPEND)
def suspend(request: ProviderRequest) -> HttpResponse:
    """Suspend the chosen clients."""
    results = suspend_each(
        provider_id=request.provider.id,
        public_ids=request.POST.getlist("client")[:PAGE_ROWS],
        note=request.POST.get("note", "").strip().replace("\x00", "")[:NOTE_MAX],
        now=now(),
    )
    return _told(request, results, _("%(done)s of %(all)s suspended: %(names)s."))


@require_POST
@provider_member(*MAY_SUSPEND)
def resume(request: ProviderRequest) -> HttpResponse:
    """Lift the chosen clients' suspensions by hand."""
    results = resume_each(
        provider_id=request.provider.id,
        public_ids=request.POST.getlist("client")[:PAGE_ROWS],
        now=now(),
    )
    return _told(request, results, _("%(done)s of %(all)s no longer suspended by hand: %(names)s."))


def _told(request: ProviderRequest, results: Sequence[TenantResult], done: str) -> HttpResponse:
    good = [result.name for result in results if not result.refusal]
    if good:
        messages.success(
            request, done % {"done": len(good), "all": len(results), "names": ", ".join(good)}
        )
    for result in results:
        if result.refusal:
            messages.error(request, f"{result.name}: {result.refusal}")
    if not results:
        messages.warning(request, _("Choose at least one client."))
    back = ClientFilter.of(QueryDict(request.POST.get("back", "").removeprefix("?")))
    return redirect(reverse("provider-clients") + back.query())
