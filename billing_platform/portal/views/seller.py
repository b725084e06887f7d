"""A provider's own company, as its documents name it: for owners."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.seller_forms import SELLER_FIELDS, SellerForm
from invoicing.selectors.representatives import representative_of
from invoicing.services.representatives import save_company
from tenants.access import provider_member
from tenants.enums import ProviderRole
from tenants.fresh_login import NOT_FRESH, confirm_url
from tenants.selectors.providers import legal_identity

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_http_methods(["GET", "HEAD", "POST"])
@provider_member(ProviderRole.OWNER)
def seller(request: ProviderRequest) -> HttpResponse:
    """Show the company, and change it; where money goes only for who said a short time ago who they are."""
    stored = legal_identity(request.provider.id)
    form = SellerForm(
        request.POST if request.method == "POST" else None,
        stored=stored,
        representative=representative_of(request.provider.id),
    )
    confirm = confirm_url(request, request.path) if form.moves_money() else ""
    if confirm:
        form.add_error("bank_iban", _(NOT_FRESH))
    if form.is_valid() and _save(request, form):
        messages.success(request, _("The company is saved. Documents name it so from now on."))
        return redirect("provider-seller")
    context = {"form": form, "is_complete": stored.is_complete, "confirm_url": confirm}
    return render(request, "portal/seller.html", context, status=422 if form.errors else 200)


def _save(request: ProviderRequest, form: SellerForm) -> bool:
    try:
        save_company(
            provider_id=request.provider.id,
            identity=form.identity(),
            representative=form.representative(),
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        form.add_error(SELLER_FIELDS.get(error.code), _(error.message))
        return False
    return True
