"""Put a version on sale with a choice for those who have the plan, and see what came of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.plan_move import MOVE_HEAD, move_cells, move_page
from billing_platform.portal.pages.plan_sale import sale_page
from billing_platform.portal.pages.plans import MAY_SELL, plan_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.enums import MoveStart, VersionState
from usage.errors import UnknownCatalogueError
from usage.selectors.plan_moves import find_move
from usage.services.plan_move_orders import sell_version, stop_move
from usage.tasks import move_subscribers

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from billing_platform.portal.pages.plans import PlanPage
    from tenants.access import ProviderRequest

STAY: Final = "stay"


class SaleForm(forms.Form):
    """What becomes of those who have the plan; left out, they stay."""

    subscribers = forms.ChoiceField(choices=[(STAY, STAY), *MoveStart.choices], required=False)
    key = forms.CharField(max_length=40, required=False)

    @property
    def starts(self) -> str:
        """When they move; empty when they stay."""
        chosen: str = self.cleaned_data["subscribers"]
        return "" if chosen == STAY else chosen


@require_safe
@provider_member(*MAY_SELL)
def sell(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Show who has the plan, and ask what becomes of them."""
    plan = _plan(request, plan_id, version_id)
    if plan.version is None or plan.version.state == VersionState.RETIRED or not plan.prices:
        raise Http404
    page = sale_page(request.provider, plan, plan.version, now=now())
    return render(request, "portal/plan_sale.html", {"page": page})


@require_POST
@provider_member(*MAY_SELL)
def activate(request: ProviderRequest, plan_id: int, version_id: int) -> HttpResponse:
    """Put a version on sale, and have its plan's clients moved when that was chosen; from now on it never changes."""
    form, provider_id = SaleForm(request.POST), request.provider.id
    back = reverse("provider-plan", kwargs={"plan_id": plan_id}, query={"version": version_id})
    if not form.is_valid() or (form.starts and not form.cleaned_data["key"]):
        messages.error(request, _("Choose what becomes of the clients of this plan."))
        return redirect("provider-plan-sell", plan_id=plan_id, version_id=version_id)
    _plan(request, plan_id, version_id)
    try:
        move_id = sell_version(
            provider_id=provider_id,
            version_id=version_id,
            starts=form.starts,
            key=form.cleaned_data["key"],
            asked_by=request.user.pk,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(back)
    if move_id is None:
        messages.success(request, _("The version is on sale. It does not change any more."))
        return redirect(back)
    transaction.on_commit(partial(_ring, provider_id))
    messages.success(request, _("The version is on sale, and its clients are being moved."))
    return redirect("provider-plan-move", move_id=move_id)


@require_safe
@provider_member(*ProviderRole)
def move(request: ProviderRequest, move_id: int) -> HttpResponse:
    """Show how far a move is, client by client."""
    try:
        page = move_page(
            request.provider.id,
            move_id,
            role=request.membership.role,
            outcome=request.GET.get("outcome", ""),
            after=row_number(request.GET.get("after", "")),
            zone=request.provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
    return render(request, "portal/plan_move.html", {"page": page})


@require_POST
@provider_member(*MAY_SELL)
def stop(request: ProviderRequest, move_id: int) -> HttpResponse:
    """Stop a move behind the clients that were looked at."""
    try:
        is_stopped = stop_move(
            provider_id=request.provider.id,
            move_id=move_id,
            stopped_by=request.user.pk,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
    if is_stopped:
        messages.success(request, _("The move is stopped; what was moved stays moved."))
    else:
        messages.info(request, _("The move has ended already."))
    return redirect("provider-plan-move", move_id=move_id)


@require_safe
@provider_member(*ProviderRole)
def move_csv(request: ProviderRequest, move_id: int) -> HttpResponseBase:
    """Send what came of each client."""
    try:
        find_move(request.provider.id, move_id)
    except UnknownCatalogueError as error:
        raise Http404 from error
    rows = partial(move_cells, request.provider.id, move_id)
    return list_file(request, "moved-clients", MOVE_HEAD, rows)


def _ring(provider_id: int) -> None:
    try:
        move_subscribers.apply_async(kwargs={"provider_id": provider_id}, retry=False)
    except OperationalError:
        return  # the sweep of the next minute finds it


def _plan(request: ProviderRequest, plan_id: int, version_id: int) -> PlanPage:
    try:
        return plan_page(
            request.provider.id,
            plan_id,
            version_id=version_id,
            role=request.membership.role,
            zone=request.provider.time_zone,
            now=now(),
        )
    except UnknownCatalogueError as error:
        raise Http404 from error
