"""The queue of requests for refunds: seen and decided by those who may post money; above the limit by two of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.refund_requests import (
    REQUESTS_HEAD,
    queue_page,
    request_cells,
    request_page,
)
from billing_platform.portal.payment_forms import ApproveForm, RejectForm
from billing_platform.portal.refund_answers import tell_refund
from payments.enums import RequestState
from payments.errors import RequestNotFound
from payments.services.refund_decisions import (
    approve_request,
    confirm_request,
    decline_proposal,
    reject_request,
)
from payments.services.refund_ways import refund_choice
from payments.types import RefundTerms
from tenants.access import open_scope, provider_member, without_transaction

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse, HttpResponseBase, QueryDict

    from billing_platform.portal.pages.refund_requests import RequestPage
    from payments.selectors.refunds import RefundEffect
    from payments.services.refund_ways import RefundChoice
    from tenants.access import ProviderRequest


@require_safe
@provider_member(*MAY_POST)
def queue(request: ProviderRequest) -> HttpResponse:
    """Show what waits, or what was decided."""
    page = queue_page(request.provider, request.GET)
    return render(request, "portal/refund_requests.html", {"page": page})


@require_safe
@provider_member(*MAY_POST)
def queue_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all requests that wait, or all that were decided."""
    rows = partial(request_cells, request.provider, request.GET.get("state", ""))
    return list_file(request, "refund-requests", REQUESTS_HEAD, rows)


@require_safe
@without_transaction
@provider_member(*MAY_POST)
def one(request: ProviderRequest, wanted: str) -> HttpResponse:
    """Show a request with all that a decision needs."""
    page, choice = _of(request, wanted)
    return _shown(request, page, choice)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def approve(request: ProviderRequest, wanted: str) -> HttpResponse:
    """Show what an approval will do, and do it once it is confirmed; above the limit somebody else agrees first."""
    page, choice = _of(request, wanted)
    form = _form(page, choice, request.POST)
    if form is None or not page.is_open or page.waits:
        messages.error(request, _("This refund request was decided before."))
        return redirect("provider-refund-request", wanted=wanted)
    effect = form.effect() if form.is_valid() else None
    if effect is not None and "confirmed" in request.POST:
        if _approve(request, wanted, effect, form):
            return redirect("provider-refund-request", wanted=wanted)
        effect = None
    return _shown(request, page, choice, form=form, effect=effect)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def reject(request: ProviderRequest, wanted: str) -> HttpResponse:
    """Reject a request with a reason that its client reads."""
    page, choice = _of(request, wanted)
    form = RejectForm(request.POST)
    if not form.is_valid():
        return _shown(request, page, choice, reject_form=form)
    call = partial(reject_request, answer=form.cleaned_data["answer"])
    return _done(request, wanted, call, _("The request is rejected."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def confirm(request: ProviderRequest, wanted: str) -> HttpResponse:
    """Agree to what somebody else proposed; it is given back in the same moment."""
    page, _choice = _of(request, wanted)
    try:
        state = confirm_request(
            provider_id=request.provider.id,
            public_id=wanted,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        granted = page.row.granted or page.row.amount
        tell_refund(request, state, RefundTerms(amount=granted, destination=page.row.destination))
    return redirect("provider-refund-request", wanted=wanted)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def decline(request: ProviderRequest, wanted: str) -> HttpResponse:
    """Decline what somebody else proposed, or take one's own proposal back."""
    _of(request, wanted)
    return _done(request, wanted, decline_proposal, _("Nothing is given back."))


def _done(
    request: ProviderRequest, wanted: str, call: Callable[..., None], words: str
) -> HttpResponse:
    try:
        call(
            provider_id=request.provider.id,
            public_id=wanted,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, words)
    return redirect("provider-refund-request", wanted=wanted)


def _approve(
    request: ProviderRequest, wanted: str, effect: RefundEffect, form: ApproveForm
) -> bool:
    try:
        state = approve_request(
            provider_id=request.provider.id,
            public_id=wanted,
            terms=effect.terms,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        form.add_error("amount", error.message)
        return False
    if state == RequestState.WAITING:
        words = _("It is above what one person may decide and waits for a second one.")
        messages.success(request, words)
    else:
        tell_refund(request, state, effect.terms)
    return True


def _form(page: RequestPage, choice: RefundChoice, data: QueryDict | None) -> ApproveForm | None:
    if page.rest is None:
        return None
    most = page.rest.most if page.rest.most else page.rest.left
    amount = min(page.row.amount, most, key=lambda one: one.amount_minor)
    return ApproveForm(
        data,
        initial={"amount": amount.to_major()},
        rest=page.rest,
        choice=choice,
        asked=page.row.amount,
    )


def _shown(
    request: ProviderRequest,
    page: RequestPage,
    choice: RefundChoice,
    *,
    form: ApproveForm | None = None,
    effect: RefundEffect | None = None,
    reject_form: RejectForm | None = None,
) -> HttpResponse:
    form = form or _form(page, choice, None)
    context: dict[str, Any] = {
        "page": page,
        "choice": choice,
        "form": form,
        "effect": effect,
        "reject_form": reject_form or RejectForm(),
    }
    has_errors = bool((form and form.errors) or (reject_form and reject_form.errors))
    return render(request, "portal/refund_request.html", context, status=422 if has_errors else 200)


def _of(request: ProviderRequest, wanted: str) -> tuple[RequestPage, RefundChoice]:
    try:
        with open_scope(request):
            page = request_page(request.provider, wanted, user_id=int(request.user.pk))
            return page, refund_choice(request.provider.id, page.payment.id, now=now())
    except RequestNotFound as error:
        raise Http404 from error
