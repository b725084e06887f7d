"""One answer for many bank lines that may be second copies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from billing_platform.kernel.clock import now
from billing_platform.portal.bank_forms import EqualForm
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.bank_equal import equal_page
from invoicing.services.bank_answers import answer_equal_lines
from payments.services.bank_lines import Decision
from tenants.access import open_scope, provider_member, without_transaction

if TYPE_CHECKING:
    from django.http import HttpResponse

    from tenants.access import ProviderRequest


@require_safe
@provider_member(*MAY_POST)
def equal(request: ProviderRequest) -> HttpResponse:
    """Show every line about which it is asked."""
    page = equal_page(request.provider, before=row_number(request.GET.get("before", "")))
    return render(request, "portal/bank_equal.html", {"page": page, "form": EqualForm()})


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def same(request: ProviderRequest) -> HttpResponse:
    """Say that the chosen ones are the same payments as before."""
    return _answer(request, are_same=True)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def others(request: ProviderRequest) -> HttpResponse:
    """Say that the chosen ones are other payments."""
    return _answer(request, are_same=False)


def _answer(request: ProviderRequest, *, are_same: bool) -> HttpResponse:
    """Answer, and say of each line what became of it; sent again, it says that each was answered before."""
    form = EqualForm({"reason": request.POST.get("reason"), "line": request.POST.getlist("line")})
    answers = []
    if form.is_valid():
        answers = answer_equal_lines(
            provider_id=request.provider.id,
            lines=form.cleaned_data["line"],
            are_same=are_same,
            decision=Decision(
                now=now(), user_id=int(request.user.pk), reason=form.cleaned_data["reason"]
            ),
        )
        shown = EqualForm()
    else:
        shown = form
    with open_scope(request):
        before = row_number(request.POST.get("before", ""))
        page = equal_page(request.provider, before=before, answers=answers)
        context = {"page": page, "form": shown}
        return render(request, "portal/bank_equal.html", context, status=200 if answers else 422)
