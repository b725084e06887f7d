"""A provider's brand and host names: everybody of the provider sees them, owners change them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.brand_forms import BrandForm, HostForm, LogoForm
from billing_platform.portal.pages.brand import brand_page as page_of
from tenants.access import provider_member, without_transaction
from tenants.enums import ProviderRole
from tenants.middleware import host_name
from tenants.services.hosts import ask_for_host, prove_host, remove_host
from tenants.services.logos import remove_logo, set_logo
from tenants.services.providers import set_brand

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.services.logos import Theme

_THEMES: Final[tuple[Theme, ...]] = ("light", "dark")


@require_safe
@provider_member(*ProviderRole)
def brand_page(request: ProviderRequest) -> HttpResponse:
    """Show the brand, its colours and the host names."""
    return _page(request)


@require_POST
@provider_member(ProviderRole.OWNER)
def save(request: ProviderRequest) -> HttpResponse:
    """Change the brand; with `preview` only show what its colour would look like."""
    form = BrandForm(request.POST, provider=request.provider)
    is_preview = "preview" in request.POST
    if form.is_valid() and not is_preview and _save(request, form):
        messages.success(request, _("The brand is saved."))
        return redirect("provider-brand")
    color = form.cleaned_data.get("brand_color", "")
    return _page(request, form=form, color=color, status=422 if form.errors else 200)


@require_POST
@provider_member(ProviderRole.OWNER)
def logos(request: ProviderRequest) -> HttpResponse:
    """Show the logos that are uploaded, or with `remove` one no longer."""
    if request.POST.get("remove") in _THEMES:
        theme: Theme = "dark" if request.POST["remove"] == "dark" else "light"
        remove_logo(provider_id=request.provider.id, theme=theme)
        messages.success(request, _("The logo is removed."))
        return redirect("provider-brand")
    form = LogoForm(request.POST, request.FILES, auto_id="logo_%s")
    if form.is_valid() and _save_logos(request, form):
        messages.success(request, _("The logo is saved."))
        return redirect("provider-brand")
    return _page(request, logo_form=form, status=422)


@require_POST
@provider_member(ProviderRole.OWNER)
def host_add(request: ProviderRequest) -> HttpResponse:
    """Ask for one more host name."""
    form = HostForm(request.POST, auto_id="host_%s")
    if form.is_valid():
        name = form.cleaned_data["name"]
        try:
            ask_for_host(provider_id=request.provider.id, name=name, now=now())
        except DomainError as error:
            form.add_error("name", _(error.message))
        else:
            words = _("Now set the record that is shown at the name, in its DNS.")
            messages.success(request, words)
            return redirect("provider-brand")
    return _page(request, host_form=form, status=422)


@require_POST
@without_transaction
@provider_member(ProviderRole.OWNER)
def host_check(request: ProviderRequest, host_id: int) -> HttpResponse:
    """Ask DNS now whether a host name is the provider's."""
    is_proved = prove_host(provider_id=request.provider.id, host_id=host_id, now=now())
    if is_proved:
        messages.success(request, _("The host name is proved and shows your brand."))
    elif is_proved is None:
        messages.warning(request, _("There is no such host name."))
    else:
        messages.warning(request, _("The host name is not proved yet; its line says why."))
    return redirect("provider-brand")


@require_POST
@provider_member(ProviderRole.OWNER)
def host_remove(request: ProviderRequest, host_id: int) -> HttpResponse:
    """Show the brand on a host name no longer; a second click finds it gone."""
    try:
        is_removed = remove_host(
            provider_id=request.provider.id, host_id=host_id, current=host_name(request)
        )
    except DomainError as error:
        messages.error(request, _(error.message))
    else:
        if is_removed:
            messages.success(request, _("The host name is removed."))
        else:
            messages.warning(request, _("There is no such host name."))
    return redirect("provider-brand")


def _save(request: ProviderRequest, form: BrandForm) -> bool:
    try:
        set_brand(provider_id=request.provider.id, **form.cleaned_data)
    except DomainError as error:
        form.add_error(None, _(error.message))
        return False
    return True


def _save_logos(request: ProviderRequest, form: LogoForm) -> bool:
    for theme in _THEMES:
        upload = form.cleaned_data[theme]
        if not upload:
            continue
        try:
            # One savepoint for both is not needed: a logo that is good is kept, and the page says which was not.
            set_logo(provider_id=request.provider.id, theme=theme, upload=upload.read(), now=now())
        except DomainError as error:
            form.add_error(theme, _(error.message))
    return not form.errors


def _page(
    request: ProviderRequest,
    *,
    form: BrandForm | None = None,
    host_form: HostForm | None = None,
    logo_form: LogoForm | None = None,
    color: str = "",
    status: int = 200,
) -> HttpResponse:
    page = page_of(
        request.provider,
        color=color or request.provider.brand_color,
        host=host_name(request),
        may_edit=request.membership.role == ProviderRole.OWNER,
    )
    context = {
        "page": page,
        "form": form or BrandForm(provider=request.provider),
        "host_form": host_form or HostForm(auto_id="host_%s"),
        "logo_form": logo_form or LogoForm(auto_id="logo_%s"),
    }
    return render(request, "portal/brand.html", context, status=status)
