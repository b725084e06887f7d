"""A provider's rates of exchange: everybody of the provider reads them, owners and billing staff store them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.exchange_forms import ExchangeFileForm, ExchangeRateForm
from billing_platform.portal.pages.taxes import MAY_TAX
from billing_platform.portal.upload_limit import has_too_large_file
from tax.selectors.exchange import exchange_rates
from tax.services.exchange_rates import add_exchange_rates, import_exchange_rates
from tax.types_exchange import QuotedRate
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.selectors.providers import provider_day

if TYPE_CHECKING:
    from django import forms
    from django.http import HttpResponse

    from tenants.access import ProviderRequest

_SHOWN: Final = 200


@require_safe
@provider_member(*ProviderRole)
def rates(request: ProviderRequest) -> HttpResponse:
    """Show the newest rates."""
    context = {
        "rates": exchange_rates(request.provider.id, limit=_SHOWN),
        "limit": _SHOWN,
        "may_change": request.membership.role in MAY_TAX,
    }
    return render(request, "portal/exchange_rates.html", context)


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_TAX)
def new_rate(request: ProviderRequest) -> HttpResponse:
    """Store the rate of a day."""
    moment = now()
    today = provider_day(request.provider.id, moment)
    first = {"base": "EUR", "quote": request.provider.currency, "on": today}
    form = ExchangeRateForm(request.POST or None, initial=first)
    if form.is_valid():
        try:
            add_exchange_rates(
                provider_id=request.provider.id,
                rates=[QuotedRate(**form.cleaned_data)],
                today=today,
                user_id=int(request.user.pk),
                now=moment,
            )
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, _("The rate is saved."))
            return redirect("provider-exchange-rates")
    return _form(request, form, _("New rate of exchange"), "provider-exchange-rate-new")


@require_http_methods(["GET", "POST"])
@provider_member(*MAY_TAX)
def upload(request: ProviderRequest) -> HttpResponse:
    """Store the rates of a file."""
    heading = _("Upload rates of exchange")
    route = "provider-exchange-rates-upload"
    if request.method == "GET":
        return _form(request, ExchangeFileForm(initial={"source": "ECB"}), heading, route)
    form = ExchangeFileForm(request.POST, request.FILES, is_too_large=has_too_large_file(request))
    if form.is_valid():
        moment = now()
        try:
            count = import_exchange_rates(
                provider_id=request.provider.id,
                data=form.cleaned_data["file"].read(),
                source=form.cleaned_data["source"],
                today=provider_day(request.provider.id, moment),
                user_id=int(request.user.pk),
                now=moment,
            )
        except DomainError as error:
            form.add_error("file", error.message)
        else:
            words = ngettext("%s new rate of exchange.", "%s new rates of exchange.", count)
            messages.success(request, words % count)
            return redirect("provider-exchange-rates")
    return _form(request, form, heading, route)


def _form(request: ProviderRequest, form: forms.Form, heading: str, route: str) -> HttpResponse:
    words = _(
        "CSV with the columns date, base, quote and rate; or the European Central Bank’s own table, with a column for"
        " each currency. Rates that hold already are left out."
    )
    context: dict[str, Any] = {"form": form, "heading": heading, "route": route}
    if form.is_multipart():
        context["words"] = words
    return render(request, "portal/tax_form.html", context, status=422 if form.errors else 200)
