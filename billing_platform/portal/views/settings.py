"""A provider's settings: everybody of the provider reads them, owners change them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.forms import SettingForm, initial_value
from billing_platform.portal.pages.settings import setting_page, settings_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.errors import UnknownSettingError
from tenants.services.settings import reset_setting, set_setting

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def settings(request: ProviderRequest) -> HttpResponse:
    """Show the registry with the provider's values."""
    page = settings_page(
        request.provider.id,
        zone=request.provider.time_zone,
        may_edit=request.membership.role == ProviderRole.OWNER,
    )
    return render(request, "portal/settings.html", {"page": page})


@require_http_methods(["GET", "POST"])
@provider_member(ProviderRole.OWNER)
def setting(request: ProviderRequest, name: str) -> HttpResponse:
    """Change one setting."""
    try:
        page = setting_page(request.provider.id, name)
    except UnknownSettingError as error:
        raise Http404 from error
    first = {"value": initial_value(page.setting, page.value)}
    form = SettingForm(request.POST or None, setting=page.setting, initial=first)
    if form.is_valid():
        try:
            set_setting(
                provider_id=request.provider.id,
                name=name,
                value=form.setting_value(),
                now=now(),
                user_id=request.user.pk,
            )
        except DomainError as error:
            form.add_error("value", error.message)
        else:
            messages.success(request, _("The setting is saved."))
            return redirect("provider-settings")
    status = 422 if form.errors else 200
    return render(request, "portal/setting.html", {"page": page, "form": form}, status=status)


@require_POST
@provider_member(ProviderRole.OWNER)
def reset(request: ProviderRequest, name: str) -> HttpResponse:
    """Return one setting to its default."""
    try:
        reset_setting(provider_id=request.provider.id, name=name)
    except UnknownSettingError as error:
        raise Http404 from error
    messages.success(request, _("The setting stands at its default."))
    return redirect("provider-settings")
