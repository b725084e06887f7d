"""A customer saves payment methods on the gateways' pages, chooses the default one and deletes them."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.foreign_scripts import let_in
from billing_platform.portal.pages.company_tabs import ACCOUNTING, company_tabs
from billing_platform.portal.pages.methods import deletion_of, methods_page
from billing_platform.portal.payment_words import card_failures, failure_words
from billing_platform.portal.views.leading import led_on
from billing_platform.portal.views.payer import back_url, payer_of
from payments.enums import SetupState
from payments.errors import MethodNotFound
from payments.selectors.connections import offered_connections
from payments.selectors.methods import has_methods, method_by_public_id, setup_by_public_id
from payments.services.method_setup import start_method_setup, take_up_setup
from payments.services.methods import delete_method, refresh_methods, set_default_method
from payments.types import SetupTerms
from tenants.access import open_scope, tenant_member, without_transaction
from tenants.enums import TenantRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from payments.types import MethodView, SetupView
    from tenants.access import TenantRequest

_KEY_LENGTH_MAX = 40


@require_safe
@tenant_member(TenantRole.ADMIN)
def methods(request: TenantRequest) -> HttpResponseBase:
    """Show what is saved, and where more can be saved."""
    page = methods_page(request.tenant, key=secrets.token_urlsafe(16), now=now())
    context = {"page": page, "tabs": company_tabs(ACCOUNTING), "reasons": card_failures()}
    answer = render(request, "portal/methods.html", context)
    # It holds a key that stands for one page or form: going back to it has to fetch a fresh one.
    answer.headers["Cache-Control"] = "private, no-store"
    return let_in(request, answer, page.scripts)


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def start(request: TenantRequest) -> HttpResponse:
    """Open the gateway's page on which a method is saved, one per form and way."""
    way = way_of(request)
    try:
        setup = start_method_setup(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            terms=setup_terms(request, way, "page"),
            payer=payer_of(request),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
        return redirect("billing-methods")
    return redirect("billing-method-continue", setup=setup)


@require_safe
@tenant_member(TenantRole.ADMIN)
def go_on(request: TenantRequest, setup: str) -> HttpResponse:
    """Send the customer to the gateway's page while it is open."""
    row = _setup(request, setup)
    if row.state != SetupState.OPEN or not row.checkout_url:
        return redirect("billing-methods")
    answer = render(request, "portal/method_continue.html", {"url": row.checkout_url})
    return led_on(answer, row.checkout_url)


@require_safe
@without_transaction
@tenant_member(TenantRole.ADMIN)
def come_back(request: TenantRequest, setup: str) -> HttpResponse:
    """Ask the gateway what its page saved; the address itself proves nothing."""
    with open_scope(request):
        row = _setup(request, setup)
    try:
        state = take_up_setup(provider_id=request.provider.id, setup_id=row.id, now=now())
    except DomainError:
        words = _("The gateway could not be asked what was saved. Please refresh in a few minutes.")
        messages.warning(request, words)
    else:
        with open_scope(request):
            why = failure_words(_setup(request, setup).failure_code)
        if state == SetupState.DONE:
            messages.success(request, _("The payment method is saved."))
        elif why:
            messages.error(request, _("No payment method was saved.") + " " + why)
        else:
            messages.info(request, _("No payment method was saved."))
    return redirect("billing-methods")


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def refresh(request: TenantRequest) -> HttpResponse:
    """Compare the methods with what the gateways keep."""
    with open_scope(request):
        if not has_methods(request.provider.id, request.tenant.id):
            messages.info(request, _("There is nothing to compare yet."))
            return redirect("billing-methods")
    try:
        refresh_methods(provider_id=request.provider.id, tenant_id=request.tenant.id, now=now())
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("Compared with what the gateways keep."))
    return redirect("billing-methods")


@require_POST
@without_transaction
@tenant_member(TenantRole.ADMIN)
def make_default(request: TenantRequest, method: str) -> HttpResponse:
    """Make a method the one that later charges take."""
    with open_scope(request):
        _method(request, method)
    try:
        set_default_method(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            public_id=method,
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("This is the default payment method now."))
    return redirect("billing-methods")


@require_http_methods(["GET", "POST"])
@without_transaction
@tenant_member(TenantRole.ADMIN)
def delete(request: TenantRequest, method: str) -> HttpResponse:
    """Ask whether a method is to be deleted, and delete it at the gateway and here."""
    if request.method == "GET":
        with open_scope(request):
            page = deletion_of(_method(request, method), request.tenant)
        return render(request, "portal/method_delete.html", {"page": page})
    try:
        delete_method(
            provider_id=request.provider.id,
            tenant_id=request.tenant.id,
            public_id=method,
            drops_default=request.POST.get("drops_default") == "1",
            now=now(),
        )
    except MethodNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment method is deleted."))
    return redirect("billing-methods")


def way_of(request: TenantRequest) -> str:
    """Return the way to pay that a form names.

    Args:
        request: without a transaction.

    Raises:
        Http404: the provider offers no such way.
    """
    way = request.POST.get("way", "")
    with open_scope(request):
        if way not in {one.public_id for one in offered_connections(request.provider.id)}:
            raise Http404
    return way


def setup_terms(request: TenantRequest, way: str, place: str) -> SetupTerms:
    """Return what a form asks for: each opens one page and one form of ours per way.

    Args:
        request: with the form's key.
        way: the way to pay.
        place: where the method is entered, `page` or `card`.
    """
    key = request.POST.get("key", "")[:_KEY_LENGTH_MAX] or secrets.token_urlsafe(16)
    return SetupTerms(
        connection=way,
        currency=request.tenant.currency,
        request_key=f"{place}:{request.user.pk}:{key}:{way}"[:100],
        return_url=back_url(request, "billing-method-return", "setup"),
    )


def _method(request: TenantRequest, method: str) -> MethodView:
    try:
        return method_by_public_id(request.provider.id, request.tenant.id, method)
    except MethodNotFound as error:
        raise Http404 from error


def _setup(request: TenantRequest, setup: str) -> SetupView:
    try:
        return setup_by_public_id(request.provider.id, request.tenant.id, setup)
    except MethodNotFound as error:
        raise Http404 from error
