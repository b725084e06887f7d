"""A provider's taxes: everybody of the provider reads them, owners and billing staff change them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError, NotFoundError
from billing_platform.portal.pages.client_choice import choose_client
from billing_platform.portal.pages.taxes import MAY_TAX, review_lines, tax_preview, taxes_page
from billing_platform.portal.tax_forms import (
    CategoryForm,
    PreviewForm,
    RateForm,
    RegistrationForm,
    ReviewForm,
)
from tax.selectors.rates import categories_of
from tax.services.rates import drop_rate, end_rate, save_category, set_rate, take_over
from tax.services.registrations import add_registration, end_registration
from tenants.access import provider_member
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from django import forms
    from django.http import HttpResponse

    from billing_platform.portal.pages.taxes import TaxPreview
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def taxes(request: ProviderRequest) -> HttpResponse:
    """Show registrations, rates, categories and settings."""
    return _show(request, CategoryForm())


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_TAX)
def new_rate(request: ProviderRequest) -> HttpResponse:
    """Let a rate hold from a day on."""
    categories = categories_of(request.provider.id)
    first = {"name": "VAT", "begins": _today(request)}
    form = RateForm(request.POST or None, categories=categories, initial=first)
    if form.is_valid() and _done(
        form, lambda: set_rate(provider_id=request.provider.id, now=now(), **form.cleaned_data)
    ):
        messages.success(request, _("The rate is saved."))
        return redirect("provider-taxes")
    return _form(request, form, _("New rate"), "provider-tax-rate-new")


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_TAX)
def new_registration(request: ProviderRequest) -> HttpResponse:
    """Note where the provider is registered."""
    form = RegistrationForm(request.POST or None, initial={"begins": _today(request)})
    if form.is_valid() and _done(
        form,
        lambda: add_registration(
            provider_id=request.provider.id, now=now(), **_registration(form.cleaned_data)
        ),
    ):
        messages.success(request, _("The registration is saved."))
        return redirect("provider-taxes")
    return _form(request, form, _("New registration"), "provider-tax-registration-new")


@require_POST
@provider_member(*MAY_TAX)
def end(request: ProviderRequest, what: str) -> HttpResponse:
    """Let a rate or a registration hold no longer, from today on."""
    ends: Callable[..., None] = end_rate if what == "rates" else end_registration
    return _changed(request, partial(ends, ends=_today(request)), _("It holds no longer."))


@require_POST
@provider_member(*MAY_TAX)
def drop(request: ProviderRequest) -> HttpResponse:
    """Take a planned rate back."""
    return _changed(
        request, partial(drop_rate, today=_today(request)), _("The planned rate is taken back.")
    )


@require_POST
@provider_member(*MAY_TAX)
def category(request: ProviderRequest) -> HttpResponse:
    """Make a category, or change its words."""
    form = CategoryForm(request.POST)
    if form.is_valid() and _done(
        form, lambda: save_category(provider_id=request.provider.id, now=now(), **form.cleaned_data)
    ):
        messages.success(request, _("The category is saved."))
        return redirect("provider-taxes")
    return _show(request, form, status=422)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_TAX)
def review(request: ProviderRequest) -> HttpResponse:
    """Show proposed rates beside the provider's own, and take the chosen ones over."""
    today = _today(request)
    lines = review_lines(request.provider.id, today=today)
    countries = [line.row.country for line in lines]
    form = ReviewForm(request.POST or None, countries=countries, initial={"begins": today})
    if form.is_valid():
        chosen = set(form.cleaned_data["countries"])
        count = take_over(
            provider_id=request.provider.id,
            proposals=[line.row for line in lines if line.row.country in chosen],
            begins=form.cleaned_data["begins"],
            now=now(),
        )
        messages.success(request, _("Rates taken over: %s") % count)
        return redirect("provider-taxes")
    context = {"lines": lines, "form": form}
    return render(request, "portal/tax_review.html", context, status=422 if form.errors else 200)


@require_safe
@provider_member(*ProviderRole)
def preview(request: ProviderRequest) -> HttpResponse:
    """Say what tax a customer would bear on an amount, and why."""
    first = {
        "currency": request.provider.currency,
        "day": _today(request),
        "category": "standard",
        "basis": "net",
        "amount": 100,
    }
    categories = categories_of(request.provider.id)
    data = {**first, **request.GET.dict()} if "client" in request.GET else None
    form = PreviewForm(data, categories=categories, initial=first)
    found = _preview(request, form) if data and form.is_valid() else None
    context = {"form": form, "preview": found}
    return render(request, "portal/tax_preview.html", context)


def _preview(request: ProviderRequest, form: PreviewForm) -> TaxPreview | None:
    asked = form.cleaned_data
    choice = choose_client(request.provider.id, asked["client"], now=now())
    if choice.client is None:
        form.add_error("client", _("No client, or more than one, is called so."))
        return None
    try:
        return tax_preview(
            choice.client,
            asked["money"],
            category=asked["category"],
            includes_tax=asked["basis"] == "gross",
            day=asked["day"],
        )
    except DomainError as error:
        form.add_error(None, error.message)
        return None


def _changed(request: ProviderRequest, change: Callable[..., None], words: str) -> HttpResponse:
    """Change the row that was sent, say so or why not, and show the page again."""
    try:
        change(provider_id=request.provider.id, public_id=request.POST.get("row", ""))
    except NotFoundError as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, words)
    return redirect("provider-taxes")


def _registration(clean: dict[str, Any]) -> dict[str, Any]:
    return {**clean, "region": clean["region"].strip().upper()}


def _done(form: forms.Form, work: Callable[[], object]) -> bool:
    try:
        work()
    except DomainError as error:
        form.add_error(None, error.message)
        return False
    return True


def _show(request: ProviderRequest, form: CategoryForm, status: int = 200) -> HttpResponse:
    page = taxes_page(request.provider, role=request.membership.role, today=_today(request))
    return render(request, "portal/taxes.html", {"page": page, "form": form}, status=status)


def _form(request: ProviderRequest, form: forms.Form, heading: str, route: str) -> HttpResponse:
    context = {"form": form, "heading": heading, "route": route}
    return render(request, "portal/tax_form.html", context, status=422 if form.errors else 200)


def _today(request: ProviderRequest) -> date:
    moment: datetime = now()
    return moment.astimezone(ZoneInfo(request.provider.time_zone)).date()
