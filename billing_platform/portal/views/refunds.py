"""The provider's people give a payment back, or a part of it: asked, shown what will happen, then done once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.payment_forms import RefundForm
from billing_platform.portal.refund_answers import tell_refund
from payments.enums import RefundState
from payments.errors import PaymentNotFound, RefundNeedsSecond
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable, refunds_of
from payments.services.refund_decisions import propose_refund
from payments.services.refund_giving_up import give_up_refund
from payments.services.refund_ways import refund_choice
from payments.services.refunds import give_back
from tenants.access import open_scope, provider_member, without_transaction

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.selectors.refunds import Refundable, RefundEffect
    from payments.services.refund_ways import RefundChoice
    from payments.types import PaymentView, RefundTerms
    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@provider_member(*MAY_POST)
def refund(request: ProviderRequest, payment: str) -> HttpResponse:
    """Ask how much, where and why, show what will happen, and give it back once per form that was opened."""
    with open_scope(request):
        row, rest = _of(request, payment)
        choice = refund_choice(request.provider.id, row.id, now=now())
    context: dict[str, Any] = {"row": row, "rest": rest, "choice": choice}
    if rest is None:
        return render(request, "portal/refund.html", context)
    form = _form(request, rest, choice)
    effect = form.effect() if form.is_valid() else None
    if effect is not None and "confirmed" in request.POST:
        if _give(request, row, effect, form):
            return redirect("provider-payment", payment=payment)
        effect = None
    status = 422 if form.errors else 200
    context |= {"form": form, "effect": effect}
    return render(request, "portal/refund.html", context, status=status)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def give_up(request: ProviderRequest, payment: str) -> HttpResponse:
    """Take a refund for not made that its gateway never answered."""
    with open_scope(request):
        row, _rest = _of(request, payment)
        own = {one.public_id for one in refunds_of(request.provider.id, [row.id])}
    wanted = request.POST.get("refund", "")
    if wanted not in own:
        raise Http404
    try:
        state = give_up_refund(
            provider_id=request.provider.id,
            public_id=wanted,
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        messages.error(request, error.message)
    else:
        is_failed = state == RefundState.FAILED
        messages.success(
            request,
            _("The balance has its money again.") if is_failed else _("It moved on."),
        )
    return redirect("provider-payment", payment=payment)


def _form(request: ProviderRequest, rest: Refundable, choice: RefundChoice) -> RefundForm:
    first = {
        "key": secrets.token_urlsafe(16),
        "amount": (rest.most if rest.most else rest.left).to_major(),
    }
    return RefundForm(request.POST or None, initial=first, rest=rest, choice=choice)


def _give(
    request: ProviderRequest, row: PaymentView, effect: RefundEffect, form: RefundForm
) -> bool:
    terms = effect.terms
    try:
        state = give_back(
            provider_id=request.provider.id,
            public_id=row.public_id,
            amount=terms.amount,
            destination=terms.destination,
            overdraws=terms.overdraws,
            reason=form.cleaned_data["reason"],
            request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
            user_id=int(request.user.pk),
            now=now(),
        )
    except RefundNeedsSecond:
        return _propose(request, row, terms, form)
    except DomainError as error:
        form.add_error("amount", error.message)
        return False
    tell_refund(request, state, terms)
    return True


def _propose(
    request: ProviderRequest, row: PaymentView, terms: RefundTerms, form: RefundForm
) -> bool:
    """Ask a second person for what is above the limit of one."""
    try:
        propose_refund(
            provider_id=request.provider.id,
            payment=row.public_id,
            terms=terms,
            reason=form.cleaned_data["reason"],
            request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        form.add_error("amount", error.message)
        return False
    words = _("It is above what one person may decide and waits for a second one.")
    messages.success(request, words)
    return True


def _of(request: ProviderRequest, payment: str) -> tuple[PaymentView, Refundable | None]:
    try:
        row = payment_by_public_id(request.provider.id, payment)
    except PaymentNotFound as error:
        raise Http404 from error
    return row, refundable(row, request.provider.id)
