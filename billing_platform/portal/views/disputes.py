"""A provider's disputes: the queue, one with its timeline, and what people do about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.dispute import dispute_page
from billing_platform.portal.pages.disputes import DISPUTES_HEAD, dispute_cells, disputes_page
from billing_platform.portal.pages.payments_filter import PaymentFilter
from billing_platform.portal.views.asking import ask_gateway
from payments.errors import DisputeNotFound
from payments.selectors.disputes import GROUPS, dispute_by_public_id
from payments.services.disputes import accept_dispute, ask_dispute, release_method
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from django.http import HttpResponse, HttpResponseBase

    from payments.selectors.disputes import DisputeView
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*ProviderRole)
def disputes(request: ProviderRequest) -> HttpResponse:
    """Show a page of disputes."""
    page = disputes_page(request.provider, PaymentFilter.of(request.GET, GROUPS), now=now())
    return render(request, "portal/disputes.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def disputes_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all disputes that match."""
    rows = partial(dispute_cells, request.provider, PaymentFilter.of(request.GET, GROUPS))
    return list_file(request, "disputes", DISPUTES_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def dispute(request: ProviderRequest, dispute: str) -> HttpResponse:
    """Show a dispute with its timeline."""
    may_post = request.membership.role in MAY_POST
    row = _of(request, dispute)
    page = dispute_page(request.provider, row, may_post=may_post, now=now())
    return render(request, "portal/dispute.html", {"page": page})


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def ask(request: ProviderRequest, dispute: str) -> HttpResponse:
    """Ask the gateway now where the dispute stands."""
    with open_scope(request):
        row = _of(request, dispute)
    question = partial(ask_dispute, provider_id=request.provider.id, dispute_id=row.id, now=now())
    ask_gateway(request, row.state, question)
    return redirect("provider-dispute", dispute=dispute)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def accept(request: ProviderRequest, dispute: str) -> HttpResponse:
    """Post what has left the gateway: the client bears what is left of the payment, the provider the rest."""
    with open_scope(request):
        row = _of(request, dispute)
    seen = Money(row_number(request.POST.get("seen", "")), row.withdrawn.currency)
    try:
        accept_dispute(
            provider_id=request.provider.id,
            public_id=row.public_id,
            seen=seen,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("%s posted.") % seen)
    return redirect("provider-dispute", dispute=dispute)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def release(request: ProviderRequest, dispute: str) -> HttpResponse:
    """Let the method of a dispute that was won be charged again."""
    with open_scope(request):
        row = _of(request, dispute)
    try:
        release_method(provider_id=request.provider.id, public_id=row.public_id)
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The payment method may be charged again."))
    return redirect("provider-dispute", dispute=dispute)


def _of(request: ProviderRequest, dispute: str) -> DisputeView:
    try:
        return dispute_by_public_id(request.provider.id, dispute)
    except DisputeNotFound as error:
        raise Http404 from error
