"""A client's payment methods as the provider's people see them: shown to all of them, removed by who may post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.pages.client_tabs import client_tabs
from billing_platform.portal.pages.methods import deletion_of, method_lines
from billing_platform.portal.pages.recharges import recharges_page
from billing_platform.portal.views.lookups import client_of
from payments.errors import MethodNotFound
from payments.selectors.methods import method_by_public_id
from payments.services.methods import delete_method
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.types import MethodView
    from tenants.access import ProviderRequest
    from tenants.types import TenantView

_PAGE = "provider-client-methods"


@require_safe
@provider_member(*ProviderRole)
def methods(request: ProviderRequest, public_id: str) -> HttpResponse:
    """Show what the client has set up, whether it pays by itself, and what its auto-recharge does."""
    tenant = client_of(request, public_id)
    context = {
        "tenant": tenant,
        "tabs": client_tabs(request.provider.id, tenant.public_id, _PAGE),
        "lines": method_lines(tenant, now=now()),
        "recharges": recharges_page(tenant, now=now()),
        "may_remove": request.membership.role in MAY_POST,
    }
    return render(request, "portal/client_methods.html", context)


@require_http_methods(["GET", "POST"])
@without_transaction
@provider_member(*MAY_POST)
def remove(request: ProviderRequest, public_id: str, method: str) -> HttpResponse:
    """Ask whether a method is to be removed, and remove it at the gateway and here; the audit log keeps who did."""
    with open_scope(request):
        tenant = client_of(request, public_id)
        row = _method(tenant, method)
        asked = deletion_of(row, tenant)
    if request.method == "GET":
        context = {"tenant": tenant, "page": asked}
        return render(request, "portal/client_method_remove.html", context)
    try:
        delete_method(
            provider_id=tenant.provider_id,
            tenant_id=tenant.id,
            public_id=method,
            drops_default=request.POST.get("drops_default") == "1",
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment method is removed."))
    return redirect(_PAGE, public_id=tenant.public_id)


def _method(tenant: TenantView, method: str) -> MethodView:
    try:
        return method_by_public_id(tenant.provider_id, tenant.id, method)
    except MethodNotFound as error:
        raise Http404 from error
