"""A provider's bank lines: the queue, one of them, and what people decide about it."""

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
from billing_platform.portal.bank_forms import DecisionForm, MatchForm, ReturnForm
from billing_platform.portal.client_actions import MAY_POST
from billing_platform.portal.list_files import list_file
from billing_platform.portal.pages.address import row_number
from billing_platform.portal.pages.bank import bank_line_page, bank_page
from billing_platform.portal.pages.bank_csv import BANK_HEAD, bank_cells
from billing_platform.portal.pages.bank_filter import BankFilter
from invoicing.services.bank_decisions import (
    match_by_hand,
    return_by_hand,
    set_aside,
    take_match_back,
    take_up,
    tell_apart,
)
from payments.errors_bank import BankLineNotFound
from payments.selectors.bank_lines import line_by_public_id
from payments.services.bank_lines import Decision
from tenants.access import open_scope, provider_member, without_transaction
from tenants.enums import ProviderRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse, HttpResponseBase

    from billing_platform.portal.pages.bank import BankLinePage
    from payments.selectors.bank_lines import BankLineView
    from payments.selectors.bank_returns import Returnable
    from tenants.access import ProviderRequest
    from tenants.types import TenantView


@require_safe
@provider_member(*ProviderRole)
def bank(request: ProviderRequest) -> HttpResponse:
    """Show a page of lines."""
    wanted = BankFilter.of(request.GET, before=row_number(request.GET.get("before", "")))
    may_post = request.membership.role in MAY_POST
    page = bank_page(request.provider, wanted, may_post=may_post)
    return render(request, "portal/bank.html", {"page": page})


@require_safe
@provider_member(*ProviderRole)
def bank_csv(request: ProviderRequest) -> HttpResponseBase:
    """Send all lines that match."""
    rows = partial(bank_cells, request.provider, BankFilter.of(request.GET))
    return list_file(request, "bank", BANK_HEAD, rows)


@require_safe
@provider_member(*ProviderRole)
def line(request: ProviderRequest, line: str) -> HttpResponse:
    """Show a line with what became of it and what can be done."""
    return _show(request, line)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def match(request: ProviderRequest, line: str) -> HttpResponse:
    """Credit a line to an order or a client."""
    form = MatchForm(request.POST)

    def act(decision: Decision) -> str:
        is_credited = match_by_hand(
            provider_id=request.provider.id,
            line=line,
            target=form.cleaned_data["target"],
            decision=decision,
        )
        waits = _("This match needs a second person: it waits here and under Approvals.")
        return _("Matched and credited.") if is_credited else waits

    return _decide(request, line, form, act)


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def unmatch(request: ProviderRequest, line: str) -> HttpResponse:
    """Take a match back by a reversal."""

    def act(decision: Decision) -> None:
        take_match_back(provider_id=request.provider.id, line=line, decision=decision)

    return _decide(request, line, DecisionForm(request.POST), act, _("The match is taken back."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def book_return(request: ProviderRequest, line: str) -> HttpResponse:
    """Book a return of a payment that was credited."""
    with open_scope(request):
        page = _page(request, line)
    form = ReturnForm(request.POST, choices=_returned(page))

    def act(decision: Decision) -> None:
        return_by_hand(
            provider_id=request.provider.id,
            line=line,
            credited=form.lines(),
            decision=decision,
        )

    return _decide(request, line, form, act, _("The return is booked."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def aside(request: ProviderRequest, line: str) -> HttpResponse:
    """Say that a line is no payment of a client, or the same one as an equal line."""

    def act(decision: Decision) -> None:
        set_aside(provider_id=request.provider.id, line=line, decision=decision)

    return _decide(request, line, DecisionForm(request.POST), act, _("The line is set aside."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def another(request: ProviderRequest, line: str) -> HttpResponse:
    """Say that a possible duplicate is another payment."""

    def act(decision: Decision) -> None:
        tell_apart(provider_id=request.provider.id, line=line, decision=decision)

    return _decide(request, line, DecisionForm(request.POST), act, _("Noted as another payment."))


@require_POST
@without_transaction
@provider_member(*MAY_POST)
def again(request: ProviderRequest, line: str) -> HttpResponse:
    """Put a line that was set aside back into the queue."""
    try:
        decision = Decision(now=now(), user_id=int(request.user.pk))
        take_up(provider_id=request.provider.id, line=line, decision=decision)
    except BankLineNotFound as error:
        raise Http404 from error
    except DomainError as error:
        messages.error(request, error.message)
    return redirect("provider-bank-line", line=line)


def _decide(
    request: ProviderRequest,
    line: str,
    form: forms.Form,
    act: Callable[[Decision], str | None],
    done: str = "",
) -> HttpResponse:
    """Do what a valid form says; what is refused is said on the form, with what was typed kept."""
    with open_scope(request):
        _line(request, line)
    if form.is_valid():
        decision = Decision(
            now=now(), user_id=int(request.user.pk), reason=form.cleaned_data["reason"]
        )
        try:
            told = act(decision) or done
        except DomainError as error:
            form.add_error(None, error.message)
        else:
            messages.success(request, told)
            return redirect("provider-bank-line", line=line)
    with open_scope(request):
        return _show(request, line, form)


def _show(request: ProviderRequest, line: str, sent: forms.Form | None = None) -> HttpResponse:
    page = _page(request, line)
    forms_shown: dict[str, forms.Form] = {
        "match_form": MatchForm(auto_id="match_%s", initial=_suggested(page)),
        "decision_form": DecisionForm(auto_id="decision_%s"),
        "return_form": ReturnForm(choices=_returned(page), auto_id="return_%s"),
    }
    if sent is not None:
        names = {MatchForm: "match_form", ReturnForm: "return_form"}
        forms_shown[names.get(type(sent), "decision_form")] = sent
        if not _is_shown(page, sent):
            # Somebody else came first: the form is not there any more to say why.
            for words in sent.non_field_errors():
                messages.error(request, str(words))
    context = {"page": page, **forms_shown}
    return render(request, "portal/bank_line.html", context, status=422 if sent else 200)


def _is_shown(page: BankLinePage, sent: forms.Form) -> bool:
    if isinstance(sent, MatchForm):
        return page.may_match
    if isinstance(sent, ReturnForm):
        return page.may_return
    return page.may_answer or page.may_take_back or page.may_set_aside


def _page(request: ProviderRequest, line: str) -> BankLinePage:
    row = _line(request, line)
    may_post = request.membership.role in MAY_POST
    return bank_line_page(request.provider, row, may_post=may_post, user_id=int(request.user.pk))


def _line(request: ProviderRequest, line: str) -> BankLineView:
    try:
        return line_by_public_id(request.provider.id, line)
    except BankLineNotFound as error:
        raise Http404 from error


def _suggested(page: BankLinePage) -> dict[str, str]:
    """Return the order that fits, filled in, where there is only one; a person still says so."""
    if len(page.suggestions) != 1:
        return {}
    return {"target": page.suggestions[0][0].reference}


def _returned(page: BankLinePage) -> list[tuple[str, str]]:
    return [(each.line.public_id, _transfer_words(each, client)) for each, client in page.returned]


def _transfer_words(each: Returnable, client: TenantView | None) -> str:
    words = f"{each.line.booked_on.isoformat()} · {each.line.amount} · "
    if each.credit is None:
        return words + _("waits, nobody's yet") + (f" · {each.line.party_name}"[:60])
    name = client.name if client else "–"
    if each.left == each.line.amount:
        return words + name
    return words + name + " · " + _("%s is left") % each.left
