"""The provider's people give a payment back, or a part of it: asked, shown what will happen, then done once."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from billing_platform.kernel.clock import now
from billing_platform.kernel.errors import DomainError
from billing_platform.kernel.money import Money
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.payment_forms import RefundForm
from payments.enums import RefundState
from payments.errors import AmountRefused, PaymentNotFound, RefundNotCovered, RefundTooLarge
from payments.selectors.payments import payment_by_public_id
from payments.selectors.refunds import refundable
from payments.services.refunds import give_back
from tenants.access import open_scope, provider_member, without_transaction

if TYPE_CHECKING:
    from django.http import HttpResponse

    from payments.selectors.refunds import Refundable
    from payments.types import PaymentView
    from tenants.access import ProviderRequest


@require_http_methods(["GET", "POST"])
@without_transaction
@provider_member(*MAY_POST)
def refund(request: ProviderRequest, payment: str) -> HttpResponse:
    """Ask how much and why, show what will happen, and give it back once per form that was opened."""
    with open_scope(request):
        row, rest = _of(request, payment)
    first: dict[str, Any] = {"key": secrets.token_urlsafe(16)}
    if rest is not None and rest.most.amount_minor > 0:
        first["amount"] = rest.most.to_major()
    form = RefundForm(request.POST or None, initial=first)
    amount = None
    if rest is not None and form.is_valid():
        if "confirmed" in request.POST:
            if _give(request, row, rest, form):
                return redirect("provider-payment", payment=payment)
        else:
            amount = _checked(form, rest)
    context = {"row": row, "rest": rest, "form": form, "amount": amount}
    status = 422 if form.errors else 200
    return render(request, "portal/refund.html", context, status=status)


def _checked(form: RefundForm, rest: Refundable) -> Money | None:
    """Return the amount that may be confirmed; the service checks again under its lock."""
    try:
        amount = Money.from_major(form.cleaned_data["amount"], rest.left.currency)
        if amount.amount_minor <= 0:
            raise AmountRefused(message=_("Give back more than nothing."))
        if amount.amount_minor > rest.left.amount_minor:
            raise RefundTooLarge
        if amount.amount_minor > rest.available.amount_minor:
            raise RefundNotCovered
    except DomainError as error:
        form.add_error("amount", error.message)
        return None
    return amount


def _give(request: ProviderRequest, row: PaymentView, rest: Refundable, form: RefundForm) -> bool:
    try:
        amount = Money.from_major(form.cleaned_data["amount"], rest.left.currency)
        state = give_back(
            provider_id=request.provider.id,
            public_id=row.public_id,
            amount=amount,
            reason=form.cleaned_data["reason"],
            request_key=f"form:{request.user.pk}:{form.cleaned_data['key']}",
            user_id=int(request.user.pk),
            now=now(),
        )
    except DomainError as error:
        form.add_error("amount", error.message)
        return False
    if state == RefundState.FAILED:
        words = _("The gateway refused the refund. The balance has its money again.")
        messages.error(request, words)
    elif state == RefundState.SUCCEEDED:
        messages.success(request, _("%s refunded.") % amount)
    else:
        messages.success(request, _("The refund of %s is on its way.") % amount)
    return True


def _of(request: ProviderRequest, payment: str) -> tuple[PaymentView, Refundable | None]:
    try:
        row = payment_by_public_id(request.provider.id, payment)
    except PaymentNotFound as error:
        raise Http404 from error
    return row, refundable(row, request.provider.id)
