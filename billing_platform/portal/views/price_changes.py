"""The dated prices of a component: see them, write the next one, see what it means, and order it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from kombu.exceptions import OperationalError

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.pages.price_changes import (
    MAY_CHANGE,
    change_ask,
    may_continue,
    price_line_page,
)
from billing_platform.portal.price_change_form import PriceChangeForm
from billing_platform.portal.price_forms import (
    TIERED,
    figures_of,
    first_values,
    tier_forms,
    with_tier_rows,
)
from tenants.access import provider_member
from tenants.enums import ProviderRole
from usage.enums import PriceKind, PricingModel
from usage.errors import UnknownCatalogueError
from usage.services.price_changes import check_price_change, order_price_change
from usage.tasks import follow_prices

if TYPE_CHECKING:
    from django.forms import BaseFormSet
    from django.http import HttpResponse, QueryDict

    from billing_platform.portal.pages.price_changes import PriceLinePage
    from tenants.access import ProviderRequest


@dataclass(frozen=True, slots=True)
class _Editor:
    """The component and the forms of its next price."""

    page: PriceLinePage
    model: str
    form: PriceChangeForm
    tiers: BaseFormSet[Any] | None

    @property
    def is_whole(self) -> bool:
        """Whether everything that was typed can be read."""
        return self.form.is_valid() and (self.tiers is None or self.tiers.is_valid())

    def terms(self, request: ProviderRequest) -> dict[str, Any]:
        """Return what the services are told; the forms are whole."""
        rows = [each.cleaned_data for each in self.tiers.forms] if self.tiers is not None else []
        return {
            "provider_id": request.provider.id,
            "price_id": self.page.current.id,
            "figures": figures_of(self.form.cleaned_data, rows),
            "valid_from": self.form.valid_from,
            "model": self.model,
            "is_continuing": self.form.goes_on,
            "now": now(),
        }


@require_safe
@provider_member(*ProviderRole)
def line(request: ProviderRequest, line_id: int) -> HttpResponse:
    """Show the prices of a component in time, and how far its clients follow the last change."""
    return render(request, "portal/price_line.html", {"page": _page(request, line_id)})


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_CHANGE)
def change(request: ProviderRequest, line_id: int) -> HttpResponse:
    """Write the next price; once it is whole, show what it means and ask."""
    page = _page(request, line_id)
    pressed = request.POST.get("do", "look") if request.method == "POST" else ""
    editor = _editor(request, page, pressed)
    if pressed != "look":
        return _edit(request, editor)
    if not editor.is_whole:
        return _edit(request, editor, status=422)
    terms = editor.terms(request)
    try:
        old_id = check_price_change(**terms)
    except DomainError as error:
        editor.form.add_error(None, error.message)
        return _edit(request, editor, status=422)
    ask = change_ask(
        request.provider,
        page,
        old_id=old_id,
        model=editor.model,
        figures=terms["figures"],
        valid_from=terms["valid_from"],
        now=terms["now"],
    )
    return render(request, "portal/price_change_ask.html", {**_context(editor), "ask": ask})


@require_POST
@provider_member(*MAY_CHANGE)
def order(request: ProviderRequest, line_id: int) -> HttpResponse:
    """Enter the price, and let a job bring its clients in line."""
    page = _page(request, line_id)
    editor, key = _editor(request, page, ""), request.POST.get("key", "")[:40]
    if not editor.is_whole or not key:
        return _edit(request, editor, status=422)
    try:
        order_price_change(**editor.terms(request), key=key, asked_by=request.user.pk)
    except DomainError as error:
        editor.form.add_error(None, error.message)
        return _edit(request, editor, status=422)
    transaction.on_commit(partial(_ring, request.provider.id))
    messages.success(request, _("The price is entered."))
    return redirect("provider-price-line", line_id=line_id)


def _editor(request: ProviderRequest, page: PriceLinePage, pressed: str) -> _Editor:
    row, kind = page.current, page.current.kind
    model = request.GET.get("model", row.model)
    if model not in PricingModel.values or kind != PriceKind.USAGE:
        model = row.model
    is_tiered = kind == PriceKind.USAGE and model in TIERED
    posted: QueryDict | None = request.POST if request.method == "POST" else None
    if posted is not None and is_tiered:
        posted = with_tier_rows(posted, pressed)
    form = PriceChangeForm(
        posted,
        kind=kind,
        model=model,
        zone=request.provider.time_zone,
        now=now(),
        may_continue=may_continue(page),
        initial=first_values(row),
    )
    tiers = tier_forms(posted, row) if is_tiered else None
    return _Editor(page, model, form, tiers)


def _edit(request: ProviderRequest, editor: _Editor, status: int = 200) -> HttpResponse:
    return render(request, "portal/price_change.html", _context(editor), status=status)


def _context(editor: _Editor) -> dict[str, Any]:
    is_usage = editor.page.current.kind == PriceKind.USAGE
    return {
        "page": editor.page,
        "form": editor.form,
        "tiers": editor.tiers,
        "model": editor.model,
        "models": [
            {
                "label": each.label,
                "url": f"?model={each.value}",
                "is_current": each == editor.model,
            }
            for each in (PricingModel if is_usage else ())
        ],
    }


def _page(request: ProviderRequest, line_id: int) -> PriceLinePage:
    try:
        return price_line_page(request.provider, line_id, role=request.membership.role, now=now())
    except UnknownCatalogueError as error:
        raise Http404 from error


def _ring(provider_id: int) -> None:
    try:
        follow_prices.apply_async(kwargs={"provider_id": provider_id}, retry=False)
    except OperationalError:
        return  # the sweep of the next minute finds it
