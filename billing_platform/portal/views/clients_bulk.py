"""Suspend several clients at once, or let them return: chosen on the list, confirmed by name, told one by one."""

from __future__ import annotations

from dataclasses import astuple
from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.pages.clients import MAY_SUSPEND
from billing_platform.portal.pages.clients_filter import ClientFilter
from billing_platform.portal.pages.list_links import SIZES
from tenants.access import provider_member
from tenants.selectors.tenants import tenants_by_public_id
from tenants.services.bulk_suspension import TenantResult, resume_each, suspend_each

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpResponse

    from tenants.access import ProviderRequest

NOTE_MAX: Final = 500
# As many as the longest page has.
_CHOSEN_MAX: Final = max(SIZES)
_KEPT: Final = "clients_bulk_result"


@require_safe
@provider_member(*MAY_SUSPEND)
def selected(request: ProviderRequest) -> HttpResponse:
    """Show who was chosen, and what may be done with them."""
    wanted = request.GET.getlist("client")[:_CHOSEN_MAX]
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
        public_ids=request.POST.getlist("client")[:_CHOSEN_MAX],
        note=request.POST.get("note", "").strip().replace("\x00", "")[:NOTE_MAX],
        now=now(),
    )
    return _told(request, results, is_suspend=True)


@require_POST
@provider_member(*MAY_SUSPEND)
def resume(request: ProviderRequest) -> HttpResponse:
    """Lift the chosen clients' suspensions by hand."""
    results = resume_each(
        provider_id=request.provider.id,
        public_ids=request.POST.getlist("client")[:_CHOSEN_MAX],
        now=now(),
    )
    return _told(request, results, is_suspend=False)


@require_safe
@provider_member(*MAY_SUSPEND)
def result(request: ProviderRequest) -> HttpResponse:
    """Show what came of each client in the last action of this kind; whoever did none is sent to the list."""
    kept = request.session.get(_KEPT, {})
    if kept.get("provider") != request.provider.id:
        return redirect("provider-clients")
    rows = [TenantResult(*row) for row in kept["rows"]]
    context = {
        "is_suspend": kept["is_suspend"],
        "rows": rows,
        "done": sum(not row.refusal for row in rows),
        "failed": [row.public_id for row in rows if row.refusal and row.name != row.public_id],
        "back": kept["back"],
        "back_fields": ClientFilter.of(QueryDict(kept["back"].removeprefix("?"))).fields(),
    }
    return render(request, "portal/clients_result.html", context)


def _told(
    request: ProviderRequest, results: Sequence[TenantResult], *, is_suspend: bool
) -> HttpResponse:
    back = ClientFilter.of(QueryDict(request.POST.get("back", "").removeprefix("?"))).query()
    if not results:
        messages.warning(request, _("Choose at least one client."))
        return redirect(reverse("provider-clients") + back)
    # Kept for the page that follows, so that loading it again does nothing again.
    request.session[_KEPT] = {
        "provider": request.provider.id,
        "is_suspend": is_suspend,
        "back": back,
        "rows": [astuple(each) for each in results],
    }
    return redirect("provider-clients-result")
