"""A provider's API keys: made, shown once, revoked. Owners only."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.forms import ApiKeyForm
from billing_platform.portal.pages.api_keys import api_keys_page
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.fresh_login import NOT_FRESH, confirm_url
from tenants.services.api_keys import create_api_key, revoke_api_key

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest
    from tenants.types import NewApiKey


@never_cache
@require_http_methods(["GET", "POST"])
@provider_member(ProviderRole.OWNER)
def api_keys(request: ProviderRequest) -> HttpResponse:
    """Show the keys; a POST makes one, whose text is in this answer and nowhere else.

    What was typed here is no secret: a login that is too old gets it back, to be sent again once it is confirmed.
    """
    confirm = confirm_url(request, request.path)
    form = ApiKeyForm(request.POST or None)
    fresh = None
    if form.is_bound and confirm:
        form.add_error(None, _(NOT_FRESH))
    elif form.is_valid():
        try:
            fresh = _create(request, form)
        except DomainError as error:
            form.add_error("name", error.message)
        else:
            form = ApiKeyForm()
    page = api_keys_page(
        request.provider.id,
        zone=request.provider.time_zone,
        base_url=f"{request.scheme}://{request.get_host()}",
        now=now(),
        fresh=fresh,
    )
    context = {"page": page, "form": form, "confirm_url": confirm}
    return render(request, "portal/api_keys.html", context, status=422 if form.errors else 200)


@require_POST
@provider_member(ProviderRole.OWNER)
def revoke(request: ProviderRequest, key_id: int) -> HttpResponse:
    """End a key at once; a second click finds it ended."""
    if revoke_api_key(provider_id=request.provider.id, key_id=key_id, now=now()):
        messages.success(request, _("The key is revoked. Calls with it are refused from now on."))
    else:
        messages.warning(request, _("No such key is active."))
    return redirect("provider-api-keys")


def _create(request: ProviderRequest, form: ApiKeyForm) -> NewApiKey:
    days = form.cleaned_data["days"]
    moment = now()
    return create_api_key(
        provider_id=request.provider.id,
        name=form.cleaned_data["name"],
        scopes=form.cleaned_data["scopes"],
        expires_at=moment + timedelta(days=days) if days else None,
        rotate=form.cleaned_data["rotate"],
        now=moment,
    )
