"""A provider's plans and their versions: looked at by everybody of the provider, changed by who sells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.plan_preview import client_for_preview, plan_preview
from billing_platform.portal.pages.plans import MAY_SELL, find_plan, plan_page
from billing_platform.portal.price_forms import PlanForm
from billing_platform.portal.undo import tell_undoable
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.errors import UnknownCatalogueError
from usage.selectors.catalogue import list_plans
from usage.services.drafts import archive_plan, copy_version, drop_draft
from usage.services.plans import create_plan, draft_version, retire_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def plans(request: ProviderRequest) -> HttpResponse:
    """Show what the provider sells."""
    page = {
        "plans": list_plans(request.provider.id, now=now()),
        "may_sell": request.membership.role in MAY_SELL,
    }
    return render(request, "portal/plans.html", {"page": page})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_SELL)
def new_plan(request: ProviderRequest) -> HttpResponse:
    """Make a plan with its first draft."""
    form = PlanForm(request.POST or None)
    if form.is_valid():
        code, name = form.cleaned_data["code"], form.cleaned_data["name"]
        taken = {plan.code for plan in list_plans(request.provider.id, now=now())}
        if code in taken:
            form.add_error("code", _("A plan of this code exists already."))
        else:
            provider_id = request.provider.id
            plan_id = create_plan(provider_id=provider_id, code=code, name=name, now=now())
            draft_version(provider_id=provider_id, plan_id=plan_id, now=now())
            messages.success(request, _("The plan is made. Add what it charges."))
            return redirect("provider-plan", plan_id=plan_id)
    status = 422 if form.errors else 200
    return render(request, "portal/new_plan.html", {"form": form}, status=status)


@require_safe
@provider_member(*ProviderRole)
def plan(request: ProviderRequest, plan_id: int) -> HttpResponse:
    """Show a plan with one of its versions, the newest unless another is asked for."""
    try:
        page = plan_page(
            request.provider.id,
            plan_id,
            version_id=row_number(request.GET.get("version", "")),
            role=request.membership.role,
            zone=request.provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
    return render(request, "portal/plan.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def preview(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Show what a client's last period would have cost; the client that pays most unless another is asked for."""
    provider, wanted = request.provider, request.GET.get("client", "").strip()
    try:
        plan = plan_page(
            provider.id,
            plan_id,
            version_id=version_id,
            role=request.membership.role,
            zone=provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
    tenant = client_for_preview(provider.id, plan_id, wanted)
    prices = [line.row for line in plan.prices]
    found = plan_preview(provider, tenant, prices, now=now()) if tenant is not None else None
    is_known = tenant is not None
    wanted = tenant.external_id if tenant is not None else wanted
    context = {"page": plan, "is_known": is_known, "preview": found, "wanted": wanted}
    return render(request, "portal/plan_preview.html", context)


@require_POST
@provider_member(*MAY_SELL)
def archive(request: ProviderRequest, plan_id: int) -> HttpResponse:
    """Take a plan off sale, or bring it back, as the form says; one that is there already stays as it is."""
    try:
        found = find_plan(request.provider.id, plan_id, now=now())
    except UnknownCatalogueError as error:
        raise Http404 from error
    moment = None if request.POST.get("to") == "live" else now()
    if (moment is None) is (found.archived_at is None):
        return redirect("provider-plan", plan_id=plan_id)
    archive_plan(provider_id=request.provider.id, plan_id=plan_id, now=moment)
    words = _("The plan is archived; who has it keeps it.") if moment else _("The plan is back.")
    tell_undoable(request, words, url=request.path, to="live" if moment else "archived")
    return redirect("provider-plan", plan_id=plan_id)


@require_POST
@provider_member(*MAY_SELL)
def copy(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Begin a new version with another one's prices."""

    def work() -> str:
        copy_version(provider_id=request.provider.id, version_id=version_id, now=now())
        return _("A draft with the same prices is made; change it and put it on sale.")

    return _do(request, plan_id, work)


@require_POST
@provider_member(*MAY_SELL)
def retire(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Take a version off sale."""

    def work() -> str:
        retire_version(provider_id=request.provider.id, version_id=version_id)
        return _("The version is off sale; who has it keeps it.")

    return _do(request, plan_id, work, version_id)


@require_POST
@provider_member(*MAY_SELL)
def drop(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Drop a draft."""

    def work() -> str:
        drop_draft(provider_id=request.provider.id, version_id=version_id)
        return _("The draft is gone.")

    return _do(request, plan_id, work)


def _do(
    request: ProviderRequest, plan_id: int, work: Callable[[], str], version_id: int = 0
) -> HttpResponse:
    try:
        messages.success(request, work())
    except UnknownCatalogueError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    query = {"version": version_id} if version_id else {}
    return redirect(reverse("provider-plan", kwargs={"plan_id": plan_id}, query=query))
